"""From frames to dangers, states, readings and faults, on a real database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from backend.kernel import clock
from backend.monitoring import announcing, danger
from backend.monitoring.arrivals import Outcome
from backend.monitoring.events import DangerSensed, EvidenceSeen
from backend.monitoring.gateway import frames
from backend.monitoring.gateway.bodies import Item
from backend.monitoring.intake import Memory
from backend.monitoring.models import (
    Device,
    Fault,
    LatestReading,
    PointState,
    RawFrame,
    Signal,
    Transmitter,
    readings,
)
from tests.factories import monitoring as m
from tests.factories.places import find_dwelling, find_floor

NOON = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)


def dangers(told) -> list[DangerSensed]:
    return [e for e in told if isinstance(e, DangerSensed)]


def evidence(told) -> list[str]:
    return [e.what for e in told if isinstance(e, EvidenceSeen)]


def count(db_session, model, *where) -> int:
    return db_session.scalar(select(func.count()).select_from(model).where(*where))


def state_of(db_session, device) -> PointState:
    return db_session.scalars(select(PointState).where(PointState.device_id == device.id)).one()


def test_a_fire_carries_its_place(db_session, told, tower, box):
    flat = find_dwelling(tower, "301")
    device = m.create_device(box, 17, building=tower, floor=find_floor(tower, 3), dwelling=flat)
    stored = m.arrive(m.component(box.source_address, 17))
    [event] = dangers(told)
    assert (event.device_id, event.building_id, event.floor_ordinal) == (device.id, tower.id, 3)
    assert (event.dwelling_id, event.scope_path) == (flat.id, flat.scope_path)
    assert (event.category, event.evidence, event.is_source_verified, event.is_test) == ("fire", "suspect", True, False)
    assert event.words_zh == "感烟火灾探测器报火警"
    assert [s.outcome for s in stored.settled] == [Outcome.STORED]
    assert stored.settled[0].command == frames.CONFIRM
    assert state_of(db_session, device).state == "fire"
    assert count(db_session, RawFrame) == 1
    [signal] = db_session.scalars(select(Signal))
    assert (signal.is_danger, signal.bits, signal.device_id) == (True, 3, device.id)
    assert signal.announced_at is not None


def test_polls_repeat_the_bit_and_make_one_event(db_session, told, box):
    m.create_device(box, 17)
    for n in range(5):
        with clock.freeze(NOON + timedelta(minutes=n)):
            m.arrive(m.component(box.source_address, 17))
    assert len(dangers(told)) == 1
    assert count(db_session, Signal) == 5


def test_one_batch_with_the_same_point_twice_is_one_event(told, box):
    m.arrive(m.component(box.source_address, 17), m.component(box.source_address, 17))
    assert len(dangers(told)) == 1


def test_another_address_is_a_second_detector(told, box):
    m.arrive(m.component(box.source_address, 17), m.component(box.source_address, 18))
    assert len({e.device_id for e in dangers(told)}) == 2


def test_a_reset_arms_again_and_is_evidence_only(db_session, told, box):
    device = m.create_device(box, 17)
    m.arrive(m.component(box.source_address, 17))
    m.arrive(m.operation(box.source_address, danger.RESET))
    assert evidence(told) == ["reset"]
    assert state_of(db_session, device).state == "normal"
    m.arrive(m.component(box.source_address, 17))
    assert len(dangers(told)) == 2


def test_a_bit_that_flickers_is_one_event_and_after_a_quiet_minute_a_new_one(told, box):
    m.create_device(box, 17)
    steps = [(0, m.FIRE), (5, m.NORMAL), (10, m.FIRE), (20, m.NORMAL), (85, m.FIRE)]
    seen = []
    for seconds, word in steps:
        with clock.freeze(NOON + timedelta(seconds=seconds)):
            m.arrive(m.component(box.source_address, 17, word))
            seen.append(len(dangers(told)))
    assert seen == [1, 1, 1, 1, 2]
    assert evidence(told) == ["restored", "restored"]


@pytest.mark.parametrize("order", [(2, 1, 21), (1, 2, 21), (21, 1, 2)])
def test_one_event_told_as_three_types_is_one(told, box, order):
    m.create_device(box, 17)
    make = {1: m.system, 2: lambda source: m.component(source, 17), 21: m.unit}
    for n, kind in enumerate(order):
        with clock.freeze(NOON + timedelta(seconds=0.3 * n)):
            m.arrive(make[kind](box.source_address))
    announcing.announce_due(NOON + timedelta(seconds=5))
    [event] = dangers(told)
    assert event.device_id is not None


@pytest.mark.parametrize("make", [m.system, m.unit])
def test_a_system_or_unit_alone_is_told_after_a_second(told, box, make):
    with clock.freeze(NOON):
        m.arrive(make(box.source_address))
        assert dangers(told) == []
    announcing.announce_due(NOON + timedelta(seconds=1))
    [event] = dangers(told)
    assert (event.device_id, event.building_id, event.floor_ordinal) == (None, box.building_id, None)
    assert announcing.announce_due(NOON + timedelta(seconds=9)) == 0


def test_evidence_that_grows_is_news(told, box):
    m.create_device(box, 5, component=81, system=13)
    m.arrive(m.component(box.source_address, 5, m.FIRE, component=81, system=13))
    m.arrive(m.component(box.source_address, 5, m.FIRE | danger.STARTED_BIT, component=81, system=13))
    assert [e.evidence for e in dangers(told)] == ["suspect", "confirm"]


def test_a_resend_is_stored_once_and_confirmed_again(db_session, told, box):
    memory = Memory()
    raw = m.component(box.source_address, 17)
    first = m.arrive(raw, raw, memory=memory)
    again = m.arrive(raw, memory=memory)
    assert [s.outcome for s in first.settled + again.settled] == ["stored", "resent", "resent"]
    assert {s.command for s in first.settled + again.settled} == {frames.CONFIRM}
    assert count(db_session, Signal) == 1
    assert count(db_session, RawFrame) == 3


def test_the_same_serial_with_other_content_is_a_new_message(told, box):
    memory = Memory()
    m.arrive(m.component(box.source_address, 17, serial=9), memory=memory)
    m.arrive(m.component(box.source_address, 18, serial=9), memory=memory)
    assert len(dangers(told)) == 2


def test_a_resend_after_a_minute_is_a_message(db_session, box):
    memory = Memory()
    raw = m.component(box.source_address, 17, m.NORMAL)
    for seconds in (0, 61):
        with clock.freeze(NOON + timedelta(seconds=seconds)):
            m.arrive(raw, memory=memory)
    assert count(db_session, Signal) == 2


def test_a_year_of_2099_or_no_date_at_all_stops_nothing(db_session, told, box):
    device = m.create_device(box, 17)
    m.arrive(m.component(box.source_address, 17, device_at=datetime(2099, 1, 1, tzinfo=UTC)))
    assert len(dangers(told)) == 1
    assert abs((state_of(db_session, device).seen_at - clock.now()).total_seconds()) < 60
    m.arrive(m.operation(box.source_address, danger.RESET))
    m.arrive(m.component(box.source_address, 17, device_at=None))
    assert len(dangers(told)) == 2


def test_bit_0_of_test_is_a_fire_and_our_own_test_mode_is_marked(told, box, db_session):
    m.arrive(m.component(box.source_address, 17, 0x0002))
    tested = m.create_transmitter(test_until=clock.now() + timedelta(minutes=5))
    m.arrive(m.component(tested.source_address, 17))
    assert [e.is_test for e in dangers(told)] == [False, True]


def test_what_still_burns_when_the_test_is_over_is_a_fire(told, box, db_session):
    """It was told as a test, and the panel only repeats its bit: nobody would ever have heard of it as a fire."""
    tested = m.create_transmitter(test_until=NOON + timedelta(minutes=5))
    for minutes in (1, 4, 6, 7, 8):
        with clock.freeze(NOON + timedelta(minutes=minutes)):
            m.arrive(m.component(tested.source_address, 17, serial=minutes))
    assert [e.is_test for e in dangers(told)] == [True, False]


def test_unknown_devices_are_kept_with_their_words(db_session, told, box):
    m.arrive(m.component(box.source_address, 77, text="12层1203室烟感"))
    [device] = db_session.scalars(select(Device))
    assert (device.is_found, device.label, device.floor_id, device.kind) == (True, "12层1203室烟感", None, "smoke")
    assert dangers(told)[0].device_id == device.id


def test_the_unreadable_is_denied_and_kept_raw(db_session, box):
    stored = m.arrive(m.raw_frame(box.source_address, b"\x63\x01\x01"), m.raw_frame(box.source_address, b"\x02\x00"))
    assert [(s.outcome, s.command) for s in stored.settled] == [("denied", frames.DENY)] * 2
    assert count(db_session, Signal) == 0
    assert count(db_session, RawFrame, RawFrame.outcome == "denied") == 2


def test_heartbeats_and_a_makers_own_types_are_confirmed(db_session, box):
    stored = m.arrive(m.raw_frame(box.source_address, b""), m.raw_frame(box.source_address, b"\x80\x01abc"))
    assert [s.command for s in stored.settled] == [frames.CONFIRM] * 2
    [signal] = db_session.scalars(select(Signal))
    assert signal.decoded == {"raw": "8001616263"}


def test_orders_from_a_device_are_denied_and_answers_are_not_answered(box):
    stored = m.arrive(
        m.raw_frame(box.source_address, b"\x5b\x01\x0a", command=1), m.raw_frame(box.source_address, b"", command=3)
    )
    assert [s.command for s in stored.settled] == [frames.DENY, None]


def test_sanjiang_heartbeat_by_connection(db_session):
    m.create_transmitter(network="10.8.0.0/16", profile="sanjiang", identity="connection", source_address=0)
    stored = m.arrive(m.raw_frame(0, b"\x16"), peer="10.8.1.1")
    assert [(s.outcome, s.answer) for s in stored.settled] == [("stored", b"\x17")]


def test_readings(db_session, box):
    m.create_device(box, 1, component=92, system=11)
    m.arrive(m.analog(box.source_address, 1, 2, 235), m.analog(box.source_address, 1, 2, 240))
    m.arrive(m.analog(box.source_address, 1, 4, 6))
    latest = {r.metric: (r.value, r.unit) for r in db_session.scalars(select(LatestReading))}
    assert latest == {"height": (2.4, "m"), "pressure": (600.0, "kPa")}
    assert db_session.scalar(select(func.count()).select_from(readings)) == 3


def test_faults_open_once_and_recover(db_session, box):
    device = m.create_device(box, 91, component=91, system=11)
    for word in (m.FAULT, m.FAULT, m.FAULT | 1 << 8, m.NORMAL):
        m.arrive(m.component(box.source_address, 91, word, component=91, system=11))
    found = {f.kind: f for f in db_session.scalars(select(Fault))}
    assert set(found) == {"fault", "power_fault"}
    assert all(f.recovered_at is not None and f.device_id == device.id for f in found.values())
    assert state_of(db_session, device).state == "normal"


def test_mains_of_the_transmitter(db_session, box):
    m.arrive(m.unit(box.source_address, 0x0D))
    m.arrive(m.unit(box.source_address, 0x01))
    [fault] = db_session.scalars(select(Fault))
    assert (fault.kind, fault.device_id, fault.recovered_at is not None) == ("mains_fault", None, True)


def test_a_panel_that_repeats_its_devices_fault_adds_none(db_session, box):
    m.arrive(m.component(box.source_address, 91, m.FAULT))
    m.arrive(m.system(box.source_address, m.FAULT), m.unit(box.source_address, m.FAULT))
    assert count(db_session, Fault) == 1


def test_a_silenced_device_is_told_at_the_end_of_its_silence(db_session, told, box):
    device = m.create_device(box, 17)
    with clock.freeze(NOON) as at:
        m.arrive(m.component(box.source_address, 17, m.NORMAL))
        state_of(db_session, device).silenced_until = NOON + timedelta(minutes=10)
        db_session.flush()
        at.tick(60)
        m.arrive(m.component(box.source_address, 17))
        announcing.announce_due(clock.now())
        assert dangers(told) == []
        at.tick(600)
        announcing.announce_due(clock.now())
    assert len(dangers(told)) == 1


def test_counters_wait_for_the_flush(db_session, box):
    stored = m.arrive(m.component(box.source_address, 17), m.raw_frame(box.source_address, b"\x63\x01\x01"))
    seen = stored.seen[box.id]
    assert (seen.good, seen.denied, seen.resent, seen.peer) == (1, 1, 0, "127.0.0.1")
    assert count(db_session, Transmitter) == 1


def test_item_of_type_7_names_a_device(db_session, box):
    item = Item(7, system_type=1, system_address=1, component_type=23, component_address=5, text="1层大厅手报")
    m.arrive(m.frame(box.source_address, 7, item))
    [device] = db_session.scalars(select(Device))
    assert (device.label, device.kind) == ("1层大厅手报", "call_point")
