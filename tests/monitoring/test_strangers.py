"""Who speaks from elsewhere, and who is nobody we know."""

from __future__ import annotations

from sqlalchemy import func, select

from backend.monitoring import danger, quarantine
from backend.monitoring.events import DangerSensed, EvidenceSeen
from backend.monitoring.models import Device, PointState, QuarantinedFrame, Transmitter
from tests.factories import monitoring as m


def dangers(told) -> list[DangerSensed]:
    return [e for e in told if isinstance(e, DangerSensed)]


def evidence(told) -> list[str]:
    return [e.what for e in told if isinstance(e, EvidenceSeen)]


def count(db_session, model, *where) -> int:
    return db_session.scalar(select(func.count()).select_from(model).where(*where))


def state_of(db_session, device) -> PointState:
    return db_session.scalars(select(PointState).where(PointState.device_id == device.id)).one()


def test_a_spoofed_source_is_marked_and_hides_nothing(db_session, told, tower):
    box = m.create_transmitter(building=tower, network="10.9.0.0/16", state="ok")
    device = m.create_device(box, 17, building=tower)
    m.arrive(m.component(box.source_address, 17), m.component(box.source_address, 17, 0x0007), peer="192.0.2.7")
    [event] = dangers(told)
    assert (event.is_source_verified, event.device_id) == (False, device.id)
    assert count(db_session, PointState) == 0
    m.arrive(m.operation(box.source_address, danger.RESET), peer="192.0.2.7")
    assert evidence(told) == []
    m.arrive(m.component(box.source_address, 17), peer="10.9.3.4")
    assert [e.is_source_verified for e in dangers(told)] == [False, True]
    assert count(db_session, Device) == 1


def test_an_unverified_flood_gets_silence(box, db_session):
    far = m.create_transmitter(network="10.9.0.0/16")
    stored = m.arrive(*[m.component(far.source_address, n) for n in range(100)], peer="192.0.2.7")
    outcomes = [s.outcome for s in stored.settled]
    assert (outcomes.count("stored"), outcomes.count("refused")) == (60, 40)
    assert all(s.command is None for s in stored.settled if s.outcome == "refused")


def test_without_a_network_the_first_peer_becomes_it(db_session, told):
    box = m.create_transmitter(network=None)
    m.arrive(m.component(box.source_address, 17), peer="192.0.2.1")
    m.arrive(m.component(box.source_address, 18), peer="192.0.2.2")
    assert [e.is_source_verified for e in dangers(told)] == [True, False]
    assert db_session.get_one(Transmitter, box.id).network == "192.0.2.1/32"


def test_strangers_are_quarantined_within_limits(db_session):
    raws = [m.component(999, n, m.NORMAL) for n in range(60)]
    stored = m.arrive(*raws, peer="192.0.2.9")
    outcomes = [s.outcome for s in stored.settled]
    assert (outcomes.count("quarantined"), outcomes.count("refused")) == (50, 10)
    assert [s.command for s in stored.settled if s.outcome == "refused"] == [None] * 10
    m.arrive(m.component(999, 1), peer="192.0.2.9")
    assert count(db_session, QuarantinedFrame) == 50
    assert count(db_session, QuarantinedFrame, QuarantinedFrame.has_fire) == 1


def test_all_strangers_together_have_a_limit(db_session, monkeypatch):
    monkeypatch.setattr(quarantine, "IN_ALL", 30)
    for n in range(4):
        m.arrive(*[m.component(999, a, m.NORMAL) for a in range(10)], peer=f"192.0.2.{n}")
    assert count(db_session, QuarantinedFrame) == 30


def test_over_udp_who_is_known_by_the_network_alone_is_not_verified(db_session, told):
    """Anybody can write any sender into a datagram, and such frames carry no other sign of who sent them."""
    box = m.create_transmitter(source_address=0, network="10.9.0.0/16", identity="connection", profile="sanjiang")
    m.arrive(m.component(0, 17), m.component(0, 17, m.NORMAL), peer="10.9.0.1", is_datagram=True)
    assert [e.is_source_verified for e in dangers(told)] == [False]
    assert not [e for e in told if isinstance(e, EvidenceSeen)]
    assert db_session.scalar(select(func.count()).select_from(PointState)) == 0
    m.arrive(m.component(0, 17), peer="10.9.0.1")
    assert [e.is_source_verified for e in dangers(told)] == [False, True], "the same over TCP is verified"
    assert box.network == "10.9.0.0/16"


def test_over_udp_a_source_from_its_own_network_is_verified(db_session, told):
    box = m.create_transmitter(network="10.9.0.0/16")
    m.arrive(m.component(box.source_address, 17), peer="10.9.0.1", is_datagram=True)
    assert [e.is_source_verified for e in dangers(told)] == [True]


def test_a_datagram_becomes_nobodys_network(db_session, told):
    box = m.create_transmitter(network=None)
    m.arrive(m.component(box.source_address, 17), peer="192.0.2.66", is_datagram=True)
    assert [e.is_source_verified for e in dangers(told)] == [False]
    assert db_session.get_one(Transmitter, box.id).network is None
    m.arrive(m.component(box.source_address, 18), peer="192.0.2.1")
    assert [e.is_source_verified for e in dangers(told)] == [False, True], "the true one was not locked out"
