"""What the sweeper finds and tells: silence, faults, strangers, days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, text

from backend.kernel import beat, clock, db, events
from backend.monitoring import days, jobs, standing
from backend.monitoring.events import DangerSensed, TransmitterBack, TransmitterSilent
from backend.monitoring.intake import Seen
from backend.monitoring.models import Fault, Signal, Transmitter
from notifications.models import Notice
from tests.factories import monitoring as m
from tests.factories.accounts import create_member
from tests.factories.places import create_building, create_estate

NOON = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)


def beating() -> None:
    with db.transaction():
        beat.beat("gateway")


def notices(db_session, kind: str) -> list[Notice]:
    return list(db_session.scalars(select(Notice).where(Notice.kind == kind).execution_options(populate_existing=True)))


def state_of(db_session, box) -> str:
    return db_session.scalar(select(Transmitter.state).where(Transmitter.id == box.id))


@pytest.fixture
def alive(db_session):
    """A transmitter heard of at noon, with a limit of a minute."""
    estate = create_estate()
    return m.create_transmitter(estate, state="ok", last_seen_at=NOON, silent_after_s=60)


def test_silence_is_never_found_early_and_at_most_ten_seconds_late(db_session, alive):
    found_at = None
    with clock.freeze(NOON) as at:
        for second in range(0, 90, 2):
            beating()
            if jobs.find_silent():
                found_at = second
                break
            at.tick(2)
    assert found_at is not None and 60 < found_at <= 70
    assert state_of(db_session, alive) == "silent"


def test_while_our_own_gateway_is_deaf_nobody_is_silent(db_session, alive):
    with clock.freeze(NOON) as at:
        beating()
        at.tick(300)
        assert jobs.find_silent() == []
        beating()  # back after a gap of 300 s: the limit grows by it
        assert jobs.find_silent() == []
        for _ in range(20):
            at.tick(2)
            beating()
            assert jobs.find_silent() == []
        for _ in range(15):
            at.tick(2)
            beating()
            jobs.find_silent()
    assert state_of(db_session, alive) == "silent"


def test_silent_and_back_is_told_to_the_same_people(db_session, alive, monkeypatch):
    heard: list[object] = []
    monkeypatch.setattr(events, "_handlers", {TransmitterSilent: [heard.append], TransmitterBack: [heard.append]})
    guard = create_member("control_room", alive.scope_path)
    create_member("resident", alive.scope_path + "b/d/")
    with clock.freeze(NOON + timedelta(seconds=80)):
        beating()
        assert jobs.find_silent() == [alive.id]
        jobs.tell_faults()
        jobs.tell_faults()
    [silent] = notices(db_session, "transmitter.silent")
    assert (silent.person_id, silent.params["since"]) == (guard.id, "12:00")
    late = create_member("property", alive.scope_path)
    with db.transaction():
        standing.note({alive.id: Seen(good=1, at=NOON + timedelta(seconds=100), peer="127.0.0.1")})
    jobs.tell_faults()
    assert [n.person_id for n in notices(db_session, "transmitter.back")] == [guard.id] != [late.id]
    assert [type(e) for e in heard] == [TransmitterSilent, TransmitterBack]
    assert state_of(db_session, alive) == "ok"


def test_a_power_cut_is_one_notice(db_session):
    estate = create_estate()
    guard = create_member("control_room", estate.scope_path)
    for _ in range(6):
        m.create_transmitter(estate, state="ok", last_seen_at=NOON, silent_after_s=60)
    with clock.freeze(NOON + timedelta(seconds=80)):
        beating()
        assert len(jobs.find_silent()) == 6
        jobs.tell_faults()
    [one] = notices(db_session, "transmitter.silent")
    assert one.person_id == guard.id
    assert one.params["name"]["zh"].endswith("等 6 台传输装置")


def test_a_fault_and_its_recovery(db_session):
    tower = create_building()
    box = m.create_transmitter(building=tower)
    guard = create_member("property", tower.scope_path)
    m.create_device(box, 91, component=91, building=tower, system=11, label="1 号消火栓泵")
    m.arrive(m.component(box.source_address, 91, m.FAULT, component=91, system=11))
    jobs.tell_faults()
    m.arrive(m.component(box.source_address, 91, m.NORMAL, component=91, system=11))
    jobs.tell_faults()
    [opened], [recovered] = notices(db_session, "fault.opened"), notices(db_session, "fault.recovered")
    assert opened.person_id == recovered.person_id == guard.id
    assert opened.params["device"]["zh"] == "1 号消火栓泵"
    assert opened.params["place"]["zh"] == tower.name


def test_a_fault_that_went_before_anybody_was_told_is_not_told(db_session):
    box = m.create_transmitter()
    create_member("property", box.scope_path)
    m.arrive(m.component(box.source_address, 91, m.FAULT))
    m.arrive(m.component(box.source_address, 91, m.NORMAL))
    jobs.tell_faults()
    assert not notices(db_session, "fault.opened") + notices(db_session, "fault.recovered")
    assert not db_session.scalars(select(Fault).where(Fault.is_untold)).all()


def test_never_more_than_ten_in_ten_minutes(db_session):
    box = m.create_transmitter()
    create_member("property", box.scope_path)
    for n in range(25):
        m.arrive(m.component(box.source_address, n, m.FAULT))
        jobs.tell_faults()
    assert len(notices(db_session, "fault.opened")) == 10


def test_strangers_are_one_notice_in_ten_minutes(db_session):
    root = create_member("administrator", "/")
    create_member("administrator", "/44/")
    with clock.freeze(NOON) as at:
        for n in range(5):
            m.arrive(m.component(999 + n, 1, m.NORMAL), peer=f"192.0.2.{n}")
            jobs.tell_quarantine()
            at.tick(30)
        assert [n.person_id for n in notices(db_session, "quarantine.found")] == [root.id]
        m.arrive(m.component(2000, 1), peer="192.0.2.99")
        jobs.tell_quarantine()
        assert [n.params["is_fire"] for n in notices(db_session, "quarantine.found")] == ["false", "true"]
        m.arrive(m.component(2001, 1), peer="192.0.2.98")
        jobs.tell_quarantine()
        assert len(notices(db_session, "quarantine.found")) == 2
        at.tick(601)
        jobs.tell_quarantine()
        assert len(notices(db_session, "quarantine.found")) == 3


def test_a_danger_that_the_gateway_missed_is_announced(db_session, monkeypatch):
    told: list[object] = []
    monkeypatch.setattr(events, "_handlers", {DangerSensed: [told.append]})
    box = m.create_transmitter()
    with clock.freeze(NOON):
        m.arrive(m.system(box.source_address))
    with clock.freeze(NOON + timedelta(seconds=5)):
        jobs.announce_missed()
        jobs.announce_missed()
    assert len(told) == 1


@pytest.mark.committed
def test_days_are_made_and_dropped(db_session):
    old = date(2020, 1, 1)
    days.ensure(old, clock.now().date())
    days.ensure(clock.now().date())
    names = "SELECT count(*) FROM pg_tables WHERE schemaname = 'partitions'"
    with db.transaction() as session:
        assert session.scalar(text(names)) == 6
    assert sorted(days.forget()) == ["frames_20200101", "readings_20200101"]


def test_old_signals_go_and_dangers_stay(db_session):
    box = m.create_transmitter()
    with clock.freeze(NOON - timedelta(days=401)):
        m.arrive(m.component(box.source_address, 17), m.component(box.source_address, 18, m.FAULT))
    with clock.freeze(NOON):
        m.arrive(m.component(box.source_address, 18, m.NORMAL))
        jobs.forget_signals()
    kept = db_session.execute(select(Signal.is_danger, Signal.received_at).order_by(Signal.received_at)).all()
    assert kept == [(True, NOON - timedelta(days=401)), (False, NOON)]
