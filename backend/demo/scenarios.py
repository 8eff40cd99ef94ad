"""The drill's script as data: what burns, breaks or falls silent, in which order, and how the watcher is told.

A scenario is a list of steps; a step says a line, lets points speak, or waits. Status words carry bit 0 as real panels
do: a fire is often the fire bit alone (see the standard's own example frames).
"""

from __future__ import annotations

from dataclasses import dataclass

from backend.demo import speech
from backend.demo.devices import Point, planned


@dataclass(frozen=True)
class Say:
    """These points report these status words; `zh` and `en` are printed."""

    zh: str
    en: str
    words: tuple[tuple[Point, int], ...]


@dataclass(frozen=True)
class Wait:
    """Let the watcher see it move."""

    seconds: float


@dataclass(frozen=True)
class Silence:
    """The transmitter says nothing until the platform has found it silent, then speaks again."""

    zh: str
    en: str
    transmitter: str


@dataclass(frozen=True)
class Scenario:
    name: str
    zh: str
    en: str
    steps: tuple[Say | Wait | Silence, ...]

    @property
    def points(self) -> list[Point]:
        """Every point that speaks in it."""
        return [point for step in self.steps if isinstance(step, Say) for point, _ in step.words]


_POINTS = {(p.building, p.ordinal, p.label): p for p in planned()}


def point(building: str, ordinal: int, label: str) -> Point:
    """The one point of this building, floor (by ordinal) and label."""
    return _POINTS[building, ordinal, label]


def _fire(building: str, ordinal: int, label: str) -> tuple[tuple[Point, int], ...]:
    return ((point(building, ordinal, label), speech.FIRE),)


TOASTER_AND_FIRE = Scenario(
    "fire",
    "7 号楼：7 层烤焦了面包，18 层真着火，两件事各有各的结论",
    "Building 7: burnt toast on 7, a real fire on 18: two incidents, two verdicts",
    (
        Say("7 层 703 厨房烟感报警（烤面包机冒烟）", "703 kitchen smoke (a toaster)", _fire("7", 7, "703 厨房烟感")),
        Wait(15),
        Say("18 层 1802 厨房烟感报警", "1802 kitchen smoke detector", _fire("7", 18, "1802 厨房烟感")),
        Wait(12),
        Say("1802 客厅温感也报警：同层第二个探测器，平台自动确认", "1802 living room heat: a second sign confirms",
            _fire("7", 18, "1802 客厅温感")),
        Wait(10),
        Say("烟进了 18 层西走廊", "smoke in the west corridor of 18", _fire("7", 18, "西走廊烟感")),
        Wait(8),
        Say("19 层西走廊也有烟，火在向上走", "smoke in the west corridor of 19: it spreads upwards",
            _fire("7", 19, "西走廊烟感")),
        Wait(6),
        Say("18 层喷淋出水，1 号喷淋泵启动", "sprinkler water flows on 18, sprinkler pump 1 starts",
            ((point("7", 18, "水流指示器"), speech.FEEDBACK), (point("7", -1, "1 号喷淋泵"), speech.STARTED))),
        Wait(6),
        Say("703 的烟散了（探测器恢复；警情要有人下结论）", "703 is clear again (only a person ends an incident)",
            ((point("7", 7, "703 厨房烟感"), speech.NORMAL),)),
    ),
)  # fmt: skip

GARAGE = Scenario(
    "garage",
    "地下车库：电动自行车起火，车库通着 5、6、7 号楼",
    "Garage: an e-bike burns under buildings 5, 6 and 7",
    (
        Say("地下一层充电区漏电报警", "residual current at the charging bay, B1",
            _fire("garage", -1, "充电区电气火灾探测器")),
        Wait(10),
        Say("充电区烟感报警", "smoke detector of the charging bay", _fire("garage", -1, "电动自行车充电区烟感")),
        Wait(8),
        Say("充电区温感也报警", "heat detector of the charging bay", _fire("garage", -1, "电动自行车充电区温感")),
        Wait(8),
        Say("旁边 3 区烟感报警，1 号防火卷帘落下", "smoke in bay 3, fire shutter 1 comes down",
            (*_fire("garage", -1, "3 区烟感"), (point("garage", -1, "1 号防火卷帘"), speech.FEEDBACK))),
    ),
)  # fmt: skip

GAS = Scenario(
    "gas",
    "8 号楼 1503：厨房燃气泄漏",
    "Building 8, 1503: gas in the kitchen",
    (
        Say("1503 厨房燃气探测器报警（不开灯、不在屋里打电话）", "1503 kitchen gas (no switch, no phone in the room)",
            _fire("8", 15, "1503 厨房燃气探测器")),
    ),
)  # fmt: skip

CALL_POINT = Scenario(
    "call-point",
    "2 号楼 9 层：有人按下手动报警按钮",
    "Building 2, floor 9: somebody presses a manual call point",
    (
        Say(
            "9 层手动报警按钮按下，平台立即确认",
            "call point on 9: confirmed at once",
            _fire("2", 9, "手动报警按钮"),
        ),
    ),
)

PUMP = Scenario(
    "pump",
    "2 号消火栓泵故障，随后修好",
    "Hydrant pump 2 fails and is repaired",
    (
        Say("2 号消火栓泵报故障，备用泵顶上", "hydrant pump 2 reports a fault, the other stands in",
            ((point("7", -1, "2 号消火栓泵"), speech.FAULT),)),
        Wait(30),
        Say("2 号消火栓泵恢复正常", "hydrant pump 2 works again", ((point("7", -1, "2 号消火栓泵"), speech.NORMAL),)),
    ),
)  # fmt: skip

SILENCE = Scenario(
    "silent",
    "明达五金厂的传输装置失联，过一会儿恢复",
    "The factory's transmitter falls silent and comes back",
    (Silence("传输装置不再说话，等平台发现", "not a word more; waiting until the platform notices", "factory"),),
)

SCENARIOS = (TOASTER_AND_FIRE, GARAGE, GAS, CALL_POINT, PUMP, SILENCE)
