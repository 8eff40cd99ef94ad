"""Bodies of every type, as the golden frames give them, and the odd ones of real devices."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.monitoring.gateway import bodies, codes, profiles
from backend.monitoring.gateway.bodies import Item, Verdict, decode, encode
from backend.monitoring.gateway.frames import Frame
from tests.monitoring.gateway.vectors import BY_NAME, GOOD, raw

STANDARD = profiles.STANDARD
FIELDS = {
    "system_type": "system_type",
    "system_addr": "system_address",
    "component_type": "component_type",
    "component_addr": "component_address",
    "status": "status",
    "analog_type": "analog_type",
    "raw_value": "value",
    "op": "operation",
    "operator": "operator",
    "major": "major",
    "minor": "minor",
    "timeout_min": "minutes",
    "count": "count",
    "length": "length",
    "reserved": "reserved",
}


def adu(name: str) -> bytes:
    return Frame(raw(name)).adu


def beijing(at: datetime | None) -> str | None:
    return at.astimezone(profiles.BEIJING).strftime("%Y-%m-%d %H:%M:%S") if at else None


@pytest.mark.parametrize("vector", [v for v in GOOD if v["decoded"].get("objects")], ids=lambda v: v["name"])
def test_every_object_of_every_good_vector(vector):
    body = decode(adu(vector["name"]))
    want = vector["decoded"]
    assert (body.type, len(body.items), body.problems) == (want["type_flag"], want["object_count"], ())
    assert body.verdict is Verdict.GOOD
    for item, told in zip(body.items, want["objects"], strict=True):
        for theirs, ours in FIELDS.items():
            if theirs in told:
                assert getattr(item, ours) == told[theirs], theirs
        if "description" in told:
            assert item.text == told["description"]["text"].strip()
        label = told.get("time") or told.get("start_time")
        if label:
            assert beijing(item.at) == label["text"]
        if "bits" in told:
            word = item.status if item.status is not None else item.operation
            names = ["duty_ack" if n == "duty_reply" else n for n in codes.bits(body.type, word)]
            assert [n.replace("normal(1)/test(0)", "normal") for n in told["bits"]] == names
        if "value" in told:
            quantity = codes.quantity(item.analog_type)
            assert item.value * quantity.step == pytest.approx(told["value"])
            assert quantity.unit == told["unit"]


@pytest.mark.parametrize(
    ("name", "verdict", "items", "problem"),
    [
        ("m_unknown_type_99", Verdict.UNREADABLE, 0, "unknown_type"),
        ("m_object_count_0", Verdict.UNREADABLE, 0, "count_zero"),
        ("m_count_3_body_1", Verdict.GOOD, 1, "count"),
        ("m_type2_without_time", Verdict.GOOD, 1, "no_time"),
        ("m_type26_inner_length_short", Verdict.GOOD, 1, "trailing"),
        ("m_adu_one_byte", Verdict.UNREADABLE, 0, "short"),
        ("m_bad_time_month13", Verdict.GOOD, 1, None),
        ("c_adu_1024_user_type", Verdict.OPAQUE, 0, None),
        ("c_heartbeat_empty_adu", Verdict.HEARTBEAT, 0, None),
    ],
)
def test_odd_bodies(name, verdict, items, problem):
    body = decode(adu(name))
    assert (body.verdict, len(body.items)) == (verdict, items)
    assert body.problems == ((problem,) if problem else ())


def test_a_bad_date_keeps_the_state_and_is_flagged():
    [item] = decode(adu("m_bad_time_month13")).items
    assert (item.status, item.at, item.has_bad_time) == (2, None, True)


def test_bcd_time_by_profile():
    [binary] = decode(adu("m_time_bcd_vendor")).items
    [bcd] = decode(adu("m_time_bcd_vendor"), profiles.get("bcd_time")).items
    assert beijing(binary.at) == "2037-03-20 08:48:21"
    assert beijing(bcd.at) == "2025-03-14 08:30:15"


def test_big_endian_status_by_profile():
    assert decode(adu("m_status_big_endian_vendor")).items[0].status == 0x0200
    assert decode(adu("m_status_big_endian_vendor"), profiles.get("big_endian")).items[0].status == 2


def test_heartbeats_by_profile():
    sanjiang, lianzhong = profiles.get("sanjiang"), profiles.get("lianzhong")
    assert decode(adu("pub_sanjiang_heartbeat_a"), sanjiang).verdict is Verdict.HEARTBEAT
    assert decode(adu("pub_sanjiang_heartbeat_a")).verdict is Verdict.UNREADABLE
    test_record = encode(24, [Item(24, operation=64, operator=0)])
    assert decode(test_record, lianzhong).verdict is Verdict.HEARTBEAT
    assert decode(test_record).verdict is Verdict.GOOD


def test_words_of_removal_are_no_fire_for_the_maker_who_sends_them():
    point = Item(2, system_type=1, system_address=1, component_type=40, component_address=9, status=11)
    data = encode(2, [point])
    assert decode(data).items[0].status == 11
    body = decode(data, profiles.get("sanjiang"))
    assert (body.items[0].status, body.problems) == (1, ("cleared_shield",))


def test_stale_bytes_behind_the_first_nul_are_no_text():
    assert bodies.clean_text("12层烟感".encode("gb18030") + b"\0" + "旧".encode("gb18030")) == "12层烟感"
    assert bodies.clean_text(b" " * 31) == ""
    assert bodies.clean_text(b"\x01\x02ab\x7f") == "ab"


def test_a_fire_bit_survives_a_cut_object():
    """A maker's shorter description: the status word is there, so it is read."""
    body = decode(b"\x02\x01" + bytes.fromhex("010128010000000200") + b"12" + b"\0" * 8)
    assert (body.items[0].status, body.problems) == (2, ("short",))


def test_objects_beyond_the_count_are_read():
    point = Item(2, system_type=1, system_address=1, component_type=40, component_address=9, status=2)
    data = bytearray(encode(2, [point, point]))
    data[1] = 1
    body = decode(bytes(data))
    assert (len(body.items), body.problems) == (2, ("count",))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=1024), st.sampled_from(sorted(profiles.PROFILES)))
def test_no_bytes_make_it_fail(data, name):
    body = decode(data, profiles.get(name))
    assert body.verdict in Verdict
    assert all(len(item.text) <= 1024 for item in body.items)


words = st.integers(0, 0xFFFF)
byte = st.integers(0, 255)
whens = st.datetimes(datetime(2001, 1, 1), datetime(2098, 1, 1)).map(lambda d: d.replace(microsecond=0, tzinfo=UTC))
points = st.builds(
    Item,
    type=st.just(2),
    system_type=byte,
    system_address=byte,
    component_type=byte,
    component_address=st.integers(0, 2**32 - 1),
    status=words,
    text=st.text("abc层栋烟感123", max_size=10),
    at=whens,
)


@settings(max_examples=100, deadline=None)
@given(st.lists(points, min_size=1, max_size=22), st.sampled_from(["standard", "bcd_time", "big_endian"]))
def test_encode_and_decode_agree(items, name):
    profile = profiles.get(name)
    assert list(decode(encode(2, items, profile), profile).items) == items


def test_every_layout_has_the_size_of_the_standard():
    sizes = {
        1: 10,
        2: 46,
        3: 16,
        4: 10,
        5: 4,
        7: 38,
        8: 8,
        21: 7,
        24: 8,
        25: 2,
        28: 6,
        61: 2,
        62: 6,
        64: 9,
        84: 7,
        91: 1,
    }
    assert {kind: bodies.LAYOUTS[kind].size for kind in sizes} == sizes


def test_the_vectors_are_all_here():
    assert len(BY_NAME) == 81
