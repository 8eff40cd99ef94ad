"""A test for each row of the danger table, and for what must not move it."""

from __future__ import annotations

import pytest

from backend.monitoring import danger
from backend.monitoring.danger import FEEDBACK_BIT, FIRE_BIT, STARTED_BIT, judge

# row -> what brings it about: (type, word, system, component), then category and evidence
CASES = {
    "gas_detector": ((2, FIRE_BIT, 1, 12), "gas", "suspect"),
    "electrical_detector": ((2, FIRE_BIT, 1, 17), "electrical", "suspect"),
    "call_point": ((2, FIRE_BIT, 1, 23), "fire", "confirm"),
    "hydrant_button": ((2, STARTED_BIT, 11, 24), "fire", "confirm"),
    "flow_indicator": ((2, FEEDBACK_BIT, 12, 96), "fire", "confirm"),
    "pressure_switch": ((2, STARTED_BIT, 12, 99), "fire", "confirm"),
    "extinguishing_controller": ((2, STARTED_BIT, 13, 81), "fire", "confirm"),
    "valve_actuator": ((2, FEEDBACK_BIT, 13, 101), "fire", "confirm"),
    "alarm_valve": ((2, STARTED_BIT, 12, 98), "fire", "suspect"),
    "sprinkler_pump": ((2, STARTED_BIT, 12, 95), "fire", "suspect"),
    "component_fire": ((2, FIRE_BIT, 1, 40), "fire", "suspect"),
    "extinguishing_system": ((1, STARTED_BIT, 13, None), "fire", "confirm"),
    "sprinkler_system": ((1, STARTED_BIT, 12, None), "fire", "suspect"),
    "system_fire": ((1, FIRE_BIT, 1, None), "fire", "suspect"),
    "unit_fire": ((21, FIRE_BIT, None, None), "fire", "suspect"),
    "panel_manual_alarm": ((4, danger.MANUAL_ALARM, 1, None), "fire", "suspect"),
    "unit_manual_alarm": ((24, danger.MANUAL_ALARM, None, None), "fire", "suspect"),
}


@pytest.mark.parametrize("row", danger.TABLE, ids=lambda r: r.name)
def test_each_row(row):
    given, category, evidence = CASES[row.name]
    found = judge(*given)
    assert found is not None
    assert (found.row, found.category, found.evidence) == (row.name, category, evidence)
    assert found.words_zh and found.words_en and "{" not in found.words_zh + found.words_en


@pytest.mark.parametrize("row", danger.TABLE, ids=lambda r: r.name)
def test_bit_0_and_other_bits_never_downgrade(row):
    (kind, word, system, component), category, evidence = CASES[row.name]
    for extra in (0x0001, 0x0004, 0x3F89 & ~(0x60 | 1 << 13) if kind in (1, 2) else 0):
        found = judge(kind, word | extra, system, component)
        assert found is not None and (found.category, found.evidence) == (category, evidence)


@pytest.mark.parametrize(("system", "component"), [(200, 251), (3, 5), (0, 0), (None, None), (1, 127)])
def test_an_unknown_type_with_the_fire_bit_is_a_suspected_fire(system, component):
    found = judge(2, FIRE_BIT, system, component)
    assert found is not None and (found.category, found.evidence) == ("fire", "suspect")


@pytest.mark.parametrize(
    ("kind", "word", "system", "component"),
    [
        (2, 0x0001, 1, 40),  # normal
        (2, 0x0004, 1, 40),  # fault
        (2, 0x0000, 1, 40),  # "fault cleared" of real devices
        (2, STARTED_BIT, 11, 91),  # a fire pump is started for its monthly run
        (2, FEEDBACK_BIT, 19, 102),  # a fire door has closed
        (2, STARTED_BIT, 1, 101),  # a valve outside an extinguishing system
        (1, 0x2901, 10, None),
        (21, 0x65, None, None),
        (24, 1 << 5, None, None),  # duty reply
        (4, danger.RESET, 1, None),
        (3, FIRE_BIT, 1, 40),  # an analog value has no bits
    ],
)
def test_what_is_no_danger(kind, word, system, component):
    assert judge(kind, word, system, component) is None


def test_the_quick_no_never_hides_a_row():
    for given, _, _ in CASES.values():
        assert danger.may_be(given[0], given[1])
    assert not danger.may_be(2, 1)
