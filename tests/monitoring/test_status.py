"""How a building stands: well only when everything that must be watched reports."""

from __future__ import annotations

from datetime import timedelta

import pytest

from backend.kernel import beat, clock, db
from backend.monitoring import service
from tests.factories import monitoring as m
from tests.factories.places import create_building, find_floor


@pytest.fixture
def house(db_session):
    """Two floors, each with its detector, all of it reporting."""
    building = create_building(floors=(1, 2))
    box = m.create_transmitter(building=building, state="ok", last_seen_at=clock.now(), name="1 号传输装置")
    for n in (1, 2):
        m.create_device(box, n, building=building, floor=find_floor(building, n), label="走道烟感")
    m.arrive(*[m.component(box.source_address, n, m.NORMAL) for n in (1, 2)])
    with db.transaction():
        beat.beat("gateway")
    return building, box


def status(building) -> dict:
    with db.transaction():
        return service.building_status(building.id)


def test_all_well(house):
    found = status(house[0])
    assert (found["state"], found["online"], found["total"], found["unwatched"]) == ("well", 2, 2, [])
    assert found["seen_at"] is not None


def test_a_silent_transmitter_is_not_well(house, db_session):
    building, box = house
    box = db_session.merge(box)
    box.state, box.silent_since = "silent", clock.now()
    db_session.flush()
    found = status(building)
    assert (found["state"], found["online"]) == ("unwatched", 0)
    assert [(u["label"], u["floor_ordinals"]) for u in found["unwatched"]] == [("1 号传输装置失联", [1, 2])]


def test_with_the_gateway_down_nothing_is_watched(house):
    with clock.freeze(clock.now() + timedelta(seconds=20)):
        found = status(house[0])
    assert found["state"] == "unwatched"
    assert found["unwatched"][0]["label"] == "守望的接收服务中断"


def test_a_fault_is_a_repair_in_plain_words(house):
    building, box = house
    m.create_device(box, 91, component=91, system=11, building=building, label="1 号消火栓泵")
    m.arrive(m.component(box.source_address, 91, m.FAULT, component=91, system=11))
    assert status(building)["state"] == "repair"
    with db.transaction():
        [fault] = service.open_faults(building.id)
    assert fault["title"] == "1 号消火栓泵故障"
    assert "其余水泵" in fault["meaning"]


def test_a_shielded_detector_and_a_bare_floor_are_named(house):
    building, box = house
    m.arrive(m.component(box.source_address, 2, 0x0009))
    [disabled] = status(building)["unwatched"]
    assert (disabled["label"], disabled["floor_ordinals"]) == ("2 层走道烟感被屏蔽", [2])
    bare = create_building(floors=(1, 2, 3))
    m.create_device(box, 5, building=bare, floor=find_floor(bare, 1))
    [dark] = status(bare)["unwatched"]
    assert (dark["label"], dark["floor_ordinals"]) == ("2、3 层没有探测器（共 2 层）", [2, 3])


def test_nothing_connected_is_not_well(house):
    found = status(create_building())
    assert (found["state"], found["total"]) == ("unwatched", 0)


def test_gauges_show_the_worst_place_and_its_age(house):
    building, box = house
    for address, component in ((8, 99), (9, 99), (10, 92)):
        m.create_device(box, address, component=component, system=11, building=building)
    for address, word in ((20, m.NORMAL), (21, 0x0021)):
        m.create_device(box, address, component=102, system=19, building=building)
        m.arrive(m.component(box.source_address, address, word, component=102, system=19))
    m.arrive(
        m.analog(box.source_address, 8, 5, 4200, component=99), m.analog(box.source_address, 9, 5, 1100, component=99)
    )
    m.arrive(m.analog(box.source_address, 10, 2, 235))
    gauges = {g["key"]: g for g in status(building)["gauges"]}
    assert (gauges["water_pressure"]["value"], gauges["water_pressure"]["state"]) == (0.11, "off")
    assert (gauges["water_pressure"]["word"], gauges["water_pressure"]["unit"]) == ("偏低", "兆帕")
    assert (gauges["tank_level"]["value"], gauges["tank_level"]["word"]) == (94, "装满")
    assert (gauges["fire_doors"]["count"], gauges["fire_doors"]["total"], gauges["fire_doors"]["word"]) == (
        1,
        2,
        "1 扇开着",
    )
    with clock.freeze(clock.now() + timedelta(minutes=20)):
        assert {g["state"] for g in status(building)["gauges"] if g["key"] != "fire_doors"} == {"unknown"}
