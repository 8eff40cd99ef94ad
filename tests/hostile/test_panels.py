"""Transmitters that lie, shout or have lost the time, from the frame to the incident."""

from __future__ import annotations

import socket
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from backend.incidents.models import Incident
from backend.kernel import clock, db
from backend.monitoring import danger, jobs
from backend.monitoring.gateway import frames
from backend.monitoring.models import PointState, QuarantinedFrame, Signal, Transmitter
from notifications.models import Notice
from tests.factories import monitoring as m
from tests.factories.accounts import create_member
from tests.factories.incidents import Watch, create_watch
from tests.factories.places import find_floor
from tests.monitoring.gateway.conftest import Running, empty_db, gateway, limits, read_frames, shared_db
from tests.waiting import until

__all__ = ["empty_db", "gateway", "limits", "shared_db"]
HOME, STRANGE = "10.9.3.4", "192.0.2.7"


def count(model: Any, *where: Any) -> int:
    with db.transaction(read_only=True) as session:
        return session.scalar(select(func.count()).select_from(model).where(*where)) or 0


def incidents() -> list[Incident]:
    with db.transaction(read_only=True) as session:
        return list(session.scalars(select(Incident).order_by(Incident.id)))


@pytest.fixture(autouse=True)
def _reactions(app: Flask) -> None:
    """Booted: what monitoring publishes becomes incidents."""


@pytest.fixture
def watch(db_session: Any) -> Watch:
    return create_watch(range(1, 9))


@pytest.fixture
def box(watch: Watch) -> Transmitter:
    """Registered with its network, with three smoke detectors and a call point on the third floor."""
    made = m.create_transmitter(building=watch.tower, network="10.9.0.0/16", state="ok")
    for address, kind in ((1, m.SMOKE), (2, m.SMOKE), (3, m.SMOKE), (4, m.CALL_POINT)):
        m.create_device(made, address, kind, building=watch.tower, floor=find_floor(watch.tower, 3))
    return made


def test_from_a_wrong_network_no_number_of_devices_makes_a_fire(box: Transmitter) -> None:
    source = box.source_address
    m.arrive(*[m.component(source, n) for n in (1, 2, 3)], peer=STRANGE)
    m.arrive(m.component(source, 4, component=m.CALL_POINT), m.system(source), m.unit(source), peer=STRANGE)
    found = incidents()
    assert {one.state for one in found} == {"suspected"} and not any(one.is_source_verified for one in found)
    m.arrive(m.component(source, 1), peer=HOME)
    assert {one.state for one in incidents()} == {"suspected"}, "one true detector and many false ones are one"
    m.arrive(m.component(source, 2), peer=HOME)
    assert "confirmed" in {one.state for one in incidents()}, "and two true ones still confirm"


def test_from_a_wrong_network_nothing_recovers_and_nobody_stays_on_line(box: Transmitter) -> None:
    source = box.source_address
    m.arrive(m.component(source, 1), peer=HOME)
    with db.transaction(read_only=True) as session:
        before = session.get_one(Transmitter, box.id).last_seen_at
        since = session.scalars(select(PointState.seen_at)).all()
    normal = [m.component(source, n, m.NORMAL) for n in (1, 2, 3)]
    m.arrive(*normal, m.operation(source, danger.RESET), m.frame(source, 28), peer=STRANGE)
    with db.transaction(read_only=True) as session:
        assert session.get_one(Transmitter, box.id).last_seen_at == before
        assert session.scalars(select(PointState.seen_at)).all() == since
        assert session.scalars(select(PointState.state)).all() == ["fire"]
    assert [one.state for one in incidents()] == ["suspected"]


def test_a_latched_bit_at_every_poll_opens_nothing_new_also_after_the_verdict(watch: Watch, box: Transmitter) -> None:
    from backend.incidents import verbs
    from backend.incidents.states import Verb

    source, at = box.source_address, clock.now()
    with clock.freeze(at) as now:
        m.arrive(m.component(source, 1), m.system(source), m.unit(source), peer=HOME)
        (one,) = incidents()
        with db.transaction():
            verbs.say(watch.actor("desk"), one.id, Verb.DISMISS, reason="steam", at_scene=True)
        told = count(Notice)
        for _ in range(40):
            now.tick(15)
            m.arrive(m.component(source, 1), m.system(source), m.unit(source), peer=HOME)
    assert [(i.id, i.state) for i in incidents()] == [(one.id, "false_alarm")]
    assert count(Notice) == told


def test_strangers_with_fire_bits_fill_no_more_than_their_places(db_session: Any) -> None:
    create_member("administrator", "/")
    for n in range(45):
        m.arrive(*[m.component(5_000 + n, a) for a in range(60)], peer=f"198.51.100.{n}")
        if n % 9 == 0:
            jobs.tell_quarantine()
    assert count(QuarantinedFrame) == 2_000
    with db.transaction(read_only=True) as session:
        peers = session.execute(select(func.count()).select_from(QuarantinedFrame).group_by(QuarantinedFrame.peer))
        assert max(peers.scalars()) == 50
    jobs.tell_quarantine()
    assert count(Notice, Notice.kind == "quarantine.found") == 1
    assert not incidents()


@pytest.mark.parametrize("year", [2000, 2099])
def test_a_panel_with_a_wrong_clock_is_heard_at_our_time(gateway: Running, year: int) -> None:
    watch = create_watch(range(1, 9))
    box = m.create_transmitter(building=watch.tower)
    for n in (1, 2):
        m.create_device(box, n, building=watch.tower, floor=find_floor(watch.tower, 3))
    wrong, before = datetime(year, 1, 1, tzinfo=UTC), clock.now()
    with gateway.connect() as sock:
        for serial, at in ((1, wrong), (2, clock.now())):
            sock.sendall(m.component(box.source_address, serial, serial=serial, device_at=at, at=at))
            assert read_frames(sock, 1)[0].command == frames.CONFIRM
    until(lambda: count(Incident, Incident.building_id == watch.tower.id, Incident.state == "confirmed"))
    with db.transaction(read_only=True) as session:
        one = session.scalars(select(Incident).where(Incident.building_id == watch.tower.id)).one()
        assert before <= one.opened_at <= clock.now() and before <= one.confirmed_at <= clock.now()
        signals = session.scalars(select(Signal).where(Signal.transmitter_id == box.id)).all()
    assert all(before - timedelta(seconds=1) <= s.received_at <= clock.now() for s in signals)
    assert {s.device_at.year for s in signals} == {year, clock.now().year}, "what the device says is kept and shown"


def test_while_others_shout_and_crawl_a_good_frame_is_confirmed(gateway: Running) -> None:
    box = m.create_transmitter()
    noisy = [gateway.connect() for _ in range(20)]
    slow = [gateway.connect() for _ in range(40)]
    try:
        for each in slow:
            each.sendall(b"@@\x01")
        with gateway.connect() as good:
            for serial in range(1, 21):
                _shout(noisy)
                good.sendall(m.component(box.source_address, serial, m.NORMAL, serial=serial))
                assert [f.serial for f in read_frames(good, 1)] == [serial]
        until(lambda: not gateway.server.links)
        closed = gateway.server.closed
        assert closed["noise"] and closed["noise"] + closed["slow"] + closed["unproven"] == 60
    finally:
        for each in noisy + slow:
            each.close()
    assert count(Signal, Signal.transmitter_id == box.id) == 20


def _shout(noisy: list[socket.socket]) -> None:
    for each in noisy:
        try:
            each.sendall(b"\x00\xff@" * 3_000)
        except OSError:
            continue
