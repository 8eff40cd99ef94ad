"""The demo's fire devices as plain data: about 3,200 points with the codes of GB/T 26875.3 tables 4 and 5."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from backend.demo.estate import BUILDINGS, PUMP_ROOM, BuildingPlan, label, lived_on, ordinals

# System types (table 4) and component types (table 5) that the demo uses.
ALARM, HYDRANT, SPRINKLER, SMOKE_CONTROL, DOORS, LIGHTS, GAS_ALARM = 1, 11, 12, 18, 19, 22, 1
GAS, RESIDUAL_CURRENT, CALL_POINT, HYDRANT_BUTTON, HEAT, SMOKE = 11, 17, 23, 24, 31, 42
PUMP, TANK, SPRINKLER_PUMP, FLOW, ALARM_VALVE, PRESSURE = 91, 92, 95, 96, 98, 99
PRESSURE_SENSOR = 128  # table 5 has no code for one; 128 to 255 are the makers' own
FIRE_DOOR, SMOKE_FAN, SHUTTER, SOUNDER, GENERAL = 102, 111, 117, 121, 0


@dataclass(frozen=True)
class DevicePlan:
    """One point. `flat` is the number of the dwelling it hangs in, None for what all share."""

    building: str
    ordinal: int
    flat: str | None
    system: int
    component: int
    label: str
    label_en: str


@dataclass(frozen=True)
class Point(DevicePlan):
    """A point with the address its transmitter gives it: loop in the low half, number in the high half."""

    transmitter: str
    address: int


def flats(plan: BuildingPlan, ordinal: int) -> list[str]:
    """Door numbers of one floor: its label and two digits (`1802`, `3A02`)."""
    if ordinal not in lived_on(plan):
        return []
    return [f"{label(plan, ordinal)}{n:02d}" for n in range(1, plan.flats + 1)]


# What every floor of a kind of building carries: (system, component, Chinese, English).
TOWER_FLOOR = (
    (ALARM, SMOKE, "西走廊烟感", "west corridor smoke detector"),
    (ALARM, SMOKE, "东走廊烟感", "east corridor smoke detector"),
    (ALARM, CALL_POINT, "手动报警按钮", "manual call point"),
    (HYDRANT, HYDRANT_BUTTON, "消火栓按钮", "hydrant button"),
    (SPRINKLER, FLOW, "水流指示器", "sprinkler flow indicator"),
    (DOORS, FIRE_DOOR, "A 楼梯防火门", "fire door, stair A"),
    (DOORS, FIRE_DOOR, "B 楼梯防火门", "fire door, stair B"),
    (ALARM, SOUNDER, "声光警报器", "sounder"),
    (LIGHTS, GENERAL, "疏散指示灯", "exit signs"),
)
CELLAR_FLOOR = (
    (ALARM, SMOKE, "设备间烟感", "plant room smoke detector"),
    (ALARM, SMOKE, "走道烟感", "corridor smoke detector"),
    (ALARM, CALL_POINT, "手动报警按钮", "manual call point"),
    (HYDRANT, HYDRANT_BUTTON, "消火栓按钮", "hydrant button"),
)
UNIT_FLOOR = (
    *((ALARM, SMOKE, f"{n} 号烟感", f"smoke detector {n}") for n in range(1, 6)),
    (ALARM, CALL_POINT, "手动报警按钮", "manual call point"),
    (HYDRANT, HYDRANT_BUTTON, "消火栓按钮", "hydrant button"),
    (DOORS, FIRE_DOOR, "楼梯防火门", "fire door of the stair"),
)
GARAGE_FLOOR = (
    *((ALARM, SMOKE, f"{n} 区烟感", f"smoke detector, bay {n}") for n in range(1, 31)),
    *((SPRINKLER, FLOW, f"{n} 区水流指示器", f"flow indicator, bay {n}") for n in range(1, 7)),
    *((ALARM, CALL_POINT, f"{n} 区手动报警按钮", f"manual call point, bay {n}") for n in range(1, 6)),
    *((DOORS, SHUTTER, f"{n} 号防火卷帘", f"fire shutter {n}") for n in range(1, 5)),
    (ALARM, SMOKE, "电动自行车充电区烟感", "smoke detector, e-bike charging"),
    (ALARM, HEAT, "电动自行车充电区温感", "heat detector, e-bike charging"),
    (ALARM, RESIDUAL_CURRENT, "充电区电气火灾探测器", "residual current monitor, e-bike charging"),
)
LANE_FLOOR = ((ALARM, SMOKE, "楼道烟感", "stair smoke detector"),)

SHARED = {
    "tower": TOWER_FLOOR,
    "garage": GARAGE_FLOOR,
    "podium": UNIT_FLOOR,
    "house": UNIT_FLOOR,
    "plant": UNIT_FLOOR,
}

# What hangs in the dwellings of some buildings.
IN_FLATS = {
    "6": ((ALARM, SMOKE, "厨房烟感", "kitchen smoke detector"),),
    "7": (
        (ALARM, SMOKE, "厨房烟感", "kitchen smoke detector"),
        (ALARM, HEAT, "客厅温感", "living room heat detector"),
        (GAS_ALARM, GAS, "厨房燃气探测器", "kitchen gas detector"),
    ),
    "8": ((GAS_ALARM, GAS, "厨房燃气探测器", "kitchen gas detector"),),
}

TOP_OF_TOWER = (
    (HYDRANT, TANK, "楼顶消防水箱", "roof water tank"),
    (HYDRANT, PRESSURE_SENSOR, "最不利点消火栓压力", "hydrant pressure at the highest outlet"),
    (SMOKE_CONTROL, SMOKE_FAN, "A 楼梯加压风机", "pressurisation fan, stair A"),
    (SMOKE_CONTROL, SMOKE_FAN, "B 楼梯加压风机", "pressurisation fan, stair B"),
)
PUMPS = (
    (HYDRANT, PUMP, "1 号消火栓泵", "hydrant pump 1"),
    (HYDRANT, PUMP, "2 号消火栓泵", "hydrant pump 2"),
    (SPRINKLER, SPRINKLER_PUMP, "1 号喷淋泵", "sprinkler pump 1"),
    (SPRINKLER, SPRINKLER_PUMP, "2 号喷淋泵", "sprinkler pump 2"),
    (SPRINKLER, ALARM_VALVE, "湿式报警阀", "wet alarm valve"),
    (SPRINKLER, PRESSURE, "报警阀压力开关", "alarm valve pressure switch"),
)


def planned() -> list[Point]:
    """All points, each with its transmitter and an address that is unique there."""
    points: list[Point] = []
    used: dict[str, int] = {}
    for plan in BUILDINGS:
        for device in _of_building(plan):
            count = used[plan.transmitter] = used.get(plan.transmitter, 0) + 1
            loop, number = divmod(count - 1, 200)
            address = (number + 1) << 16 | (loop + 1)
            points.append(Point(**vars(device), transmitter=plan.transmitter, address=address))
    return points


def _of_building(plan: BuildingPlan) -> Iterator[DevicePlan]:
    for ordinal in ordinals(plan):
        for system, component, zh, en in _shared(plan, ordinal):
            yield DevicePlan(plan.key, ordinal, None, system, component, zh, en)
        for number in flats(plan, ordinal):
            for system, component, zh, en in IN_FLATS.get(plan.key, ()):
                yield DevicePlan(plan.key, ordinal, number, system, component, f"{number} {zh}", f"{number} {en}")
    extra = [(plan.top, item) for item in TOP_OF_TOWER] if plan.kind == "tower" else []
    extra += [(-1, item) for item in PUMPS] if plan.key == PUMP_ROOM else []
    extra += [(1, (GAS_ALARM, GAS, "面馆厨房燃气探测器", "noodle shop gas detector"))] if plan.key == "podium" else []
    for ordinal, (system, component, zh, en) in extra:
        yield DevicePlan(plan.key, ordinal, None, system, component, zh, en)


def _shared(plan: BuildingPlan, ordinal: int) -> tuple[tuple[int, int, str, str], ...]:
    if plan.key == "lane":
        return LANE_FLOOR
    if ordinal < 0 and plan.kind != "garage":
        return CELLAR_FLOOR
    return SHARED[plan.kind]
