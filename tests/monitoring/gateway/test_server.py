"""Real sockets: confirm only what is stored, deny what is broken, and bounds against the slow and the noisy."""

from __future__ import annotations

import socket
import struct

import pytest
from sqlalchemy import func, select

from backend.kernel import db, events
from backend.monitoring.events import DangerSensed
from backend.monitoring.gateway import frames
from backend.monitoring.gateway.server import Limits
from backend.monitoring.models import Fault, QuarantinedFrame, RawFrame, Signal, Transmitter
from tests.factories import monitoring as m
from tests.monitoring.gateway.conftest import read_frames
from tests.monitoring.gateway.vectors import raw
from tests.waiting import until


def count(model, *where) -> int:
    with db.transaction(read_only=True) as session:
        return session.scalar(select(func.count()).select_from(model).where(*where))


def test_a_frame_is_stored_and_then_confirmed(gateway):
    box = m.create_transmitter()
    sent = m.component(box.source_address, 17, serial=77)
    with gateway.connect() as sock:
        sock.sendall(sent)
        [answer] = read_frames(sock, 1)
    assert (answer.command, answer.serial, answer.adu) == (frames.CONFIRM, 77, b"")
    assert (answer.source, answer.destination) == (1, box.source_address)
    assert count(Signal, Signal.is_danger) == 1
    until(lambda: count(Transmitter, Transmitter.good == 1, Transmitter.state == "ok") == 1)


def test_glued_split_and_resent_frames(gateway):
    box = m.create_transmitter()
    a, b, c = (m.component(box.source_address, n, m.NORMAL, serial=n) for n in (1, 2, 3))
    with gateway.connect() as sock:
        sock.sendall(a + b[:20])
        sock.sendall(b[20:] + c + a)
        answers = read_frames(sock, 4)
    assert sorted(f.serial for f in answers) == [1, 1, 2, 3]
    assert count(Signal) == 3
    until(lambda: count(Transmitter, Transmitter.resent == 1))


@pytest.mark.parametrize(
    "name",
    ["m_bad_checksum", "m_wrong_end_marker", "m_length_says_less", "m_reserved_command_7", "m_command_0", "m_adu_1025"],
)
def test_broken_frames_are_denied_with_their_serial(gateway, name):
    box = m.create_transmitter()
    with gateway.connect() as sock:
        sock.sendall(raw(name) + m.component(box.source_address, 17, serial=500))
        first, second = read_frames(sock, 2)
    assert (first.command, first.serial) == (frames.DENY, struct.unpack_from("<H", raw(name), 2)[0])
    assert (second.command, second.serial) == (frames.CONFIRM, 500)


def test_a_denied_frame_is_counted_for_its_transmitter(gateway):
    broken = bytearray(m.component(m.create_transmitter().source_address, 17))
    broken[-3] ^= 1
    with gateway.connect() as sock:
        sock.sendall(bytes(broken))
        assert read_frames(sock, 1)[0].command == frames.DENY
        until(lambda: count(Transmitter, Transmitter.denied == 1))


def test_half_a_frame_is_dropped_in_silence_and_the_next_one_is_read(gateway):
    box = m.create_transmitter()
    with gateway.connect() as sock:
        sock.sendall(raw("m_truncated_in_adu"))
        until(lambda: gateway.server.closed["error_truncated"])
        sock.sendall(m.component(box.source_address, 17, serial=9))
        assert [f.serial for f in read_frames(sock, 1)] == [9]


def test_garbage_is_bounded_and_closed(gateway):
    with gateway.connect() as sock, pytest.raises(OSError):
        for _ in range(1000):
            sock.sendall(b"\x00\xff" * 2000)
    assert gateway.server.closed["noise"] == 1
    until(lambda: not gateway.server.links)


def test_a_flood_of_broken_frames_is_closed(gateway):
    with gateway.connect() as sock:
        sock.sendall(raw("m_bad_checksum") * 30)
        data = b""
        try:
            while chunk := sock.recv(65536):
                data += chunk
        except ConnectionResetError:
            pass
    assert gateway.server.closed["errors"] == 1


def test_strangers_who_say_nothing_have_to_go(gateway):
    object.__setattr__(gateway.server.limits, "unproven_s", 0.2)
    with gateway.connect() as sock:
        assert sock.recv(1) == b""
    assert gateway.server.closed["unproven"] == 1


def test_a_trickle_does_not_hold_a_place(gateway):
    object.__setattr__(gateway.server.limits, "frame_s", 0.8)
    with gateway.connect() as sock:
        sock.settimeout(0.25)
        for byte in b"@@" + bytes(100):
            try:
                sock.sendall(bytes((byte,)))
                if sock.recv(10) == b"":
                    break
            except TimeoutError:
                continue
            except OSError:
                break
            if gateway.server.closed["unproven"] or gateway.server.closed["slow"]:
                break
    until(lambda: gateway.server.closed["error_truncated"] or gateway.server.closed["unproven"])


class TestCaps:
    @pytest.fixture
    def limits(self) -> Limits:
        return Limits(connections=3, per_address=50)

    def test_the_oldest_stranger_makes_room(self, gateway):
        box = m.create_transmitter()
        with gateway.connect() as known:
            known.sendall(m.component(box.source_address, 1, m.NORMAL, serial=1))
            read_frames(known, 1)
            others = [gateway.connect() for _ in range(6)]
            for each in others:  # sound frames of strangers buy no place
                each.sendall(m.component(4242, 1, m.NORMAL))
            until(lambda: gateway.server.closed["pushed_out"] >= 4)
            assert len(gateway.server.links) <= 3
            known.sendall(m.component(box.source_address, 1, m.NORMAL, serial=2))
            assert [f.serial for f in read_frames(known, 1)] == [2]
            for each in others:
                each.close()

    def test_one_address_has_a_share(self, gateway):
        object.__setattr__(gateway.server.limits, "per_address", 2)
        socks = [gateway.connect() for _ in range(5)]
        until(lambda: gateway.server.closed["address_full"] == 3)
        for each in socks:
            each.close()


def test_strangers_are_confirmed_only_when_kept(gateway):
    with gateway.connect() as sock:
        sock.sendall(b"".join(m.component(4242, n, m.NORMAL, serial=n) for n in range(60)))
        answers = read_frames(sock, 50)
        sock.settimeout(0.5)
        with pytest.raises(TimeoutError):
            sock.recv(10)
    assert {f.command for f in answers} == {frames.CONFIRM}
    assert count(QuarantinedFrame) == 50


def test_registered_this_second_is_known(gateway):
    with gateway.connect() as sock:
        sock.sendall(m.component(4242, 1, m.NORMAL))
        read_frames(sock, 1)
        box = m.create_transmitter(source_address=4242)
        until(lambda: box.id in gateway.writer._registry.sites)
        sock.sendall(m.component(4242, 2, m.NORMAL))
        read_frames(sock, 1)
    assert count(Signal) == 1


def test_a_reaction_that_fails_keeps_the_danger_and_tells_it_later(gateway, monkeypatch):
    told: list[DangerSensed] = []

    def fail_once(event: DangerSensed) -> None:
        if not told:
            told.append(event)
            raise RuntimeError("the incident could not be opened")
        told.append(event)

    monkeypatch.setattr(events, "_handlers", {DangerSensed: [fail_once]})
    box = m.create_transmitter()
    with gateway.connect() as sock:
        sock.sendall(m.component(box.source_address, 17))
        assert read_frames(sock, 1)[0].command == frames.CONFIRM
        until(lambda: len(told) == 2)
    assert told[0].signal_id == told[1].signal_id
    until(lambda: count(Signal, Signal.announced_at.is_not(None)) == 1)


def test_a_poisoned_frame_is_alone_and_the_batch_goes_on(gateway, monkeypatch):
    from backend.monitoring import measuring

    real = measuring.measure

    def measure(device_id, item, at):
        if item.value == 666:
            raise ValueError("poison")
        return real(device_id, item, at)

    monkeypatch.setattr(measuring, "measure", measure)
    box = m.create_transmitter()
    values = [1, 2, 666, 4, 5]
    with gateway.connect() as sock:
        sock.sendall(b"".join(m.analog(box.source_address, 1, 2, v, serial=v) for v in values))
        answers = read_frames(sock, 5)
    assert {f.serial for f in answers} == set(values)
    assert count(RawFrame, RawFrame.outcome == "failed") == 1
    assert count(RawFrame, RawFrame.outcome == "stored") == 4


def test_back_from_silence(gateway):
    box = m.create_transmitter(state="silent", silent_since=m.clock.now())
    with db.transaction() as session:
        session.add(
            Fault(
                transmitter_id=box.id, kind="silent", words_zh="传输装置失联", words_en="silent",
                scope_path=box.scope_path, opened_at=m.clock.now(),
            )
        )  # fmt: skip
    with gateway.connect() as sock:
        sock.sendall(m.raw_frame(box.source_address, b""))
        read_frames(sock, 1)
    until(lambda: count(Fault, Fault.recovered_at.is_not(None)) == 1)
    assert count(Transmitter, Transmitter.state == "ok") == 1


def test_over_udp(gateway):
    box = m.create_transmitter()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(10)
        sock.sendto(m.component(box.source_address, 17, serial=3), ("127.0.0.1", gateway.port))
        [answer] = frames.Parser().feed(sock.recv(2000))
    assert (answer.command, answer.serial) == (frames.CONFIRM, 3)


def test_a_datagram_is_no_proof_of_its_network(gateway):
    m.create_transmitter(source_address=0, identity="connection", profile="sanjiang")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(10)
        sock.sendto(m.component(0, 17, serial=3), ("127.0.0.1", gateway.port))
        [answer] = frames.Parser().feed(sock.recv(2000))
    assert answer.command == frames.CONFIRM
    assert count(Signal, Signal.is_danger, Signal.is_verified.is_(False)) == 1
