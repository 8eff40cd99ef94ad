"""What is told of a danger: what stands in a plant room confirms the building and never lights its own floor."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from backend.kernel import clock
from backend.monitoring import announcing, unverified
from backend.monitoring.danger import STARTED_BIT
from backend.monitoring.events import DangerSensed
from backend.monitoring.intake import Memory
from backend.monitoring.models import PointState
from tests.factories import monitoring as m
from tests.factories.places import find_floor

NOON = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
PRESSURE_SWITCH, ALARM_VALVE, SPRINKLER_PUMP, FLOW_INDICATOR = 99, 98, 95, 96


@pytest.mark.parametrize(
    ("component", "floor"), [(PRESSURE_SWITCH, None), (ALARM_VALVE, None), (SPRINKLER_PUMP, None), (FLOW_INDICATOR, 1)]
)
def test_a_pump_in_the_cellar_is_no_fire_in_the_cellar(db_session, told, tower, box, component, floor):
    """In a drill "B1 着火" was lit under a fire on 18, because the sprinkler pump that started stands there."""
    m.create_device(box, 5, component=component, building=tower, floor=find_floor(tower, 1), system=12)
    m.arrive(m.component(box.source_address, 5, status=STARTED_BIT, component=component, system=12))
    [event] = [e for e in told if isinstance(e, DangerSensed)]
    assert (event.building_id, event.floor_ordinal) == (tower.id, floor)
    assert (event.floor_id is None) is (floor is None)


def test_a_box_that_moved_is_heard_when_it_says_fire_however_much_else_it_says(db_session, told, tower):
    """Its readings used up what an unverified address may say in a minute, and the fire got silence."""
    box = m.create_transmitter(building=tower, network="10.9.9.9")
    m.create_device(box, 1, building=tower)
    memory = Memory()
    for serial in range(unverified.PER_MINUTE + 5):
        m.arrive(m.component(box.source_address, 2, serial=serial, status=m.NORMAL), peer="10.1.1.1", memory=memory)
    m.arrive(m.component(box.source_address, 1, serial=999), peer="10.1.1.1", memory=memory)
    [event] = [e for e in told if isinstance(e, DangerSensed)]
    assert not event.is_source_verified


def test_dangers_that_cannot_be_announced_leave_room_for_the_others(db_session, told, tower, box, monkeypatch):
    """What the gateway had to leave is tried by chunks of the oldest: a chunk that always fails came back for ever."""
    monkeypatch.setattr(announcing, "CHUNK", 2)
    poison: list[object] = []
    real = announcing._event
    for number in (1, 2, 3):
        m.create_device(box, number, building=tower)

    def fail(row):
        if row[0].id in poison:
            raise LookupError("no danger by today's table")
        return real(row)

    with monkeypatch.context() as killed:
        killed.setattr(announcing, "announce", lambda _id: False)  # the writer, before it could
        for number in (1, 2, 3):
            poison += m.arrive(m.component(box.source_address, number, serial=number)).dangers
    sound = poison.pop()
    monkeypatch.setattr(announcing, "_event", fail)
    for _ in range(2):
        announcing.announce_due(clock.now())
    assert [e.signal_id for e in told if isinstance(e, DangerSensed)] == [sound]


@pytest.mark.parametrize(("gone_s", "rings"), [(0, 1), (30, 1), (120, 0)])
def test_what_has_long_gone_when_a_silence_ends_is_not_told(db_session, told, tower, box, gone_s, rings):
    """Welding tripped it, and the guard had silenced it: half an hour later it rang for nothing."""
    device = m.create_device(box, 1, building=tower)
    with clock.freeze(NOON) as now:
        m.arrive(m.component(box.source_address, 1, m.NORMAL))
        db_session.get(PointState, device.id).silenced_until = NOON + timedelta(minutes=30)
        db_session.flush()
        m.arrive(m.component(box.source_address, 1, serial=2))
        now.tick(1800 - gone_s)
        if gone_s:
            m.arrive(m.component(box.source_address, 1, m.NORMAL, serial=3))
        now.tick(gone_s)
        announcing.announce_due(clock.now())
    assert len([e for e in told if isinstance(e, DangerSensed)]) == rings
