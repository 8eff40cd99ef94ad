"""What is told of a danger: what stands in a plant room confirms the building and never lights its own floor."""

from __future__ import annotations

import pytest

from backend.monitoring.danger import STARTED_BIT
from backend.monitoring.events import DangerSensed
from tests.factories import monitoring as m
from tests.factories.places import find_floor

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
