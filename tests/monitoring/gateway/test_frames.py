"""The parser against every golden frame, and against what streams do to frames."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.monitoring.gateway import frames
from backend.monitoring.gateway.frames import Fault, Frame, FrameError, Parser
from tests.monitoring.gateway.vectors import BY_NAME, GOOD, VECTORS, parts, raw

NEXT_GOOD = raw("c_uitd_status_all_normal")

# What the gateway owes to each malformed vector, from its "expect".
FAULTS = {
    "m_bad_checksum": Fault.CHECKSUM,
    "m_one_bit_flip_in_body": Fault.CHECKSUM,
    "m_length_says_less": Fault.END,
    "m_wrong_end_marker": Fault.END,
    "m_reserved_command_7": Fault.COMMAND,
    "m_command_0": Fault.COMMAND,
    "m_adu_1025": Fault.LENGTH,
    "pub_go_bad_checksum": Fault.CHECKSUM,
    "pub_go_reader_checksum_63": Fault.CHECKSUM,
    "pub_go_bad_tail": Fault.END,
    "pub_sanjiang_heartbeat_b_reply": Fault.CHECKSUM,
    "pub_vendor_nonstandard_parsergb": Fault.CHECKSUM,
}
INCOMPLETE = {
    "m_truncated_in_adu", "m_truncated_before_end_marker", "m_truncated_header_20_bytes",
    "m_length_says_10_more", "m_only_start",
}  # fmt: skip


def good(found: list[Frame | FrameError]) -> list[Frame]:
    return [f for f in found if isinstance(f, Frame)]


def bad(found: list[Frame | FrameError]) -> list[FrameError]:
    return [f for f in found if isinstance(f, FrameError)]


@pytest.mark.parametrize("vector", GOOD, ids=lambda v: v["name"])
def test_good_vector_is_one_frame_with_its_fields(vector):
    parser = Parser()
    [frame] = parser.feed(bytes.fromhex(vector["hex"]))
    want = vector["decoded"]
    assert isinstance(frame, Frame)
    assert frame.serial == want["seq"]
    assert frame.version == (want["version_major"], want["version_user"])
    assert frame.sent_time.hex() == want["time"]["raw"]
    assert (frame.source, frame.destination) == (want["src_int"], want["dst_int"])
    assert (frame.command, len(frame.adu)) == (want["command"], want["adu_len"])
    assert (parser.skipped, parser.rest) == (0, b"")


@pytest.mark.parametrize("name", FAULTS)
def test_bad_vector_is_denied_once_and_the_next_good_frame_is_read(name):
    parser = Parser()
    found = parser.feed(raw(name)) + parser.feed(NEXT_GOOD) + parser.expire()
    [error] = bad(found)
    assert error.fault is FAULTS[name]
    assert error.is_deniable is (name != "pub_sanjiang_heartbeat_b_reply")  # that one is itself a confirm
    assert [f.raw for f in good(found)] == [NEXT_GOOD]


@pytest.mark.parametrize("name", sorted(INCOMPLETE))
def test_half_a_frame_waits_and_is_dropped_in_silence(name):
    parser = Parser()
    assert parser.feed(raw(name)) == []
    assert parser.rest
    assert not any(e.is_deniable for e in bad(parser.expire()))
    assert not parser.rest
    assert good(parser.feed(NEXT_GOOD)) == [Frame(NEXT_GOOD)]


def test_a_swallowed_frame_is_saved_when_the_phantom_expires():
    parser = Parser()
    found = parser.feed(raw("m_length_says_10_more") + NEXT_GOOD[:9]) + parser.feed(NEXT_GOOD[9:])
    found += parser.expire()
    assert good(found) == [Frame(NEXT_GOOD)]


def test_a_wrong_start_is_skipped_in_silence():
    parser = Parser()
    found = parser.feed(raw("m_wrong_start") + NEXT_GOOD)
    assert found == [Frame(NEXT_GOOD)]
    assert parser.skipped == len(raw("m_wrong_start"))


@pytest.mark.parametrize("vector", [v for v in VECTORS if "valid_frames" in v], ids=lambda v: v["name"])
def test_glued_and_split_vectors(vector):
    parser = Parser()
    found = [f for part in parts(vector) for f in parser.feed(part)]
    assert [f.serial for f in good(found)] == vector["expected_frame_seqs"]
    assert not bad(found)


def test_every_vector_is_looked_at():
    """A vector that no test above names must at least be one sound frame (its body is test_bodies' business)."""
    seen = set(FAULTS) | INCOMPLETE | {v["name"] for v in GOOD} | {"m_wrong_start", "m_empty"}
    for name, vector in BY_NAME.items():
        if name in seen or "valid_frames" in vector:
            continue
        assert vector["frame_valid"], name
        assert len(good(Parser().feed(raw(name)))) == 1, name


@pytest.mark.parametrize("vector", GOOD, ids=lambda v: v["name"])
def test_split_at_every_byte(vector):
    data = bytes.fromhex(vector["hex"])
    for at in range(len(data) + 1):
        parser = Parser()
        assert parser.feed(data[:at]) + parser.feed(data[at:]) == [Frame(data)], at


def test_byte_by_byte():
    data = b"".join(bytes.fromhex(v["hex"]) for v in GOOD)
    parser = Parser()
    found = [f for n in range(len(data)) for f in parser.feed(data[n : n + 1])]
    assert [f.raw for f in good(found)] == [bytes.fromhex(v["hex"]) for v in GOOD]


@pytest.mark.parametrize("vector", [v for v in GOOD if v["hex_len"] < 200], ids=lambda v: v["name"])
def test_every_byte_corrupted_gives_no_such_frame_and_the_next_one_is_read(vector):
    data = bytes.fromhex(vector["hex"])
    for at in range(len(data)):
        for flip in (0x01, 0x80, 0xFF):
            broken = data[:at] + bytes((data[at] ^ flip,)) + data[at + 1 :]
            parser = Parser()
            found = good(parser.feed(broken + NEXT_GOOD) + parser.expire())
            assert found == [Frame(NEXT_GOOD)], (at, flip)


headers = st.fixed_dictionaries(
    {
        "serial": st.integers(0, 0xFFFF),
        "source": st.integers(0, 2**48 - 1),
        "destination": st.integers(0, 2**48 - 1),
        "command": st.sampled_from([1, 2, 3, 4, 5, 6, 128, 255]),
        "adu": st.binary(max_size=80) | st.binary(min_size=1020, max_size=1024),
        "time": st.binary(min_size=6, max_size=6),
        "version": st.tuples(st.integers(0, 255), st.integers(0, 255)),
    }
)


@settings(max_examples=150, deadline=None)
@given(headers)
def test_round_trip(fields):
    [frame] = Parser().feed(frames.build(**fields))
    assert isinstance(frame, Frame)
    assert {
        "serial": frame.serial,
        "source": frame.source,
        "destination": frame.destination,
        "command": frame.command,
        "adu": frame.adu,
        "time": frame.sent_time,
        "version": frame.version,
    } == fields


@settings(max_examples=100, deadline=None)
@given(st.lists(headers, min_size=1, max_size=6), st.lists(st.integers(1, 90), min_size=1, max_size=8))
def test_glue_and_cuts_do_not_matter(many, cuts):
    raws = [frames.build(**fields) for fields in many]
    data, parser, found, n = b"".join(raws), Parser(), [], 0
    while data:
        cut = cuts[n % len(cuts)]
        found += parser.feed(data[:cut])
        data, n = data[cut:], n + 1
    assert [f.raw for f in found] == raws


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=400)
    | st.lists(st.sampled_from([b"@@", b"##", b"\0\0", b"\x02", b"@"]), max_size=80).map(b"".join)
)
def test_garbage_never_fails_never_grows_and_lets_the_next_frame_through(noise):
    parser = Parser()
    parser.feed(noise)
    found = parser.feed(NEXT_GOOD) + parser.expire()
    assert Frame(NEXT_GOOD) in found
    assert not parser.rest


def test_a_flood_of_starts_is_bounded():
    parser = Parser()
    errors = bad(parser.feed(b"@" * 100_000))
    assert len(errors) <= 100_000 // frames.HEADER + 1
    assert len(parser.rest) <= frames.MAX_FRAME


def test_answer_repeats_the_serial_and_swaps_addresses():
    got = frames.answer(raw("pub_smoke_fire_component"), frames.CONFIRM, bytes.fromhex("233a091a090c"))
    assert got == raw("pub_center_confirm")
    got = frames.answer(raw("pub_smoke_fire_component"), frames.DENY, bytes.fromhex("233a091a090c"))
    assert got == raw("pub_center_deny")


def test_an_oversized_body_is_refused_when_built():
    with pytest.raises(ValueError, match="1025"):
        frames.build(serial=1, source=1, destination=2, command=2, adu=bytes(1025))


@given(st.binary(max_size=frames.MAX_FRAME))
def test_the_checksum_is_the_low_byte_of_the_sum(inner: bytes):
    assert frames.checksum(inner) == sum(inner) & 0xFF


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 258, frames.MAX_FRAME])
def test_the_checksum_of_the_largest_sums(size: int):
    assert frames.checksum(b"\xff" * size) == 255 * size & 0xFF
