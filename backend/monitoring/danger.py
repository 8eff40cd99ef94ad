"""What is danger: one table, read from the top, the first row that fits decides. Each row has its test.

Bit 0 (normal = 1, test = 0) never takes part: real fires arrive with bit 0 = 0. Test is our own mode of a transmitter.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from backend.monitoring.gateway import codes


class Category(StrEnum):
    FIRE = "fire"
    GAS = "gas"
    ELECTRICAL = "electrical"
    TRAPPED = "trapped"
    OTHER = "other"


class Evidence(StrEnum):
    """`confirm`: this one sign is enough for a fire confirmed by device; `suspect`: somebody must look."""

    SUSPECT = "suspect"
    CONFIRM = "confirm"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. Empty sets mean "any"; `any_bit` are bits of which one is enough.

    `is_at_fire` False: the thing stands in a plant room and acts for the whole building; its own floor does not burn.
    `type` is the type flag of the body: 1, 2 facility states, 4, 24 operation records, 21 the transmitter's state.
    """

    name: str
    type: int
    any_bit: int
    category: Category
    evidence: Evidence
    zh: str
    en: str
    systems: frozenset[int] = frozenset()
    components: frozenset[int] = frozenset()
    is_at_fire: bool = True

    def fits(self, type: int, word: int, system: int | None, component: int | None) -> bool:
        return (
            self.type == type
            and bool(word & self.any_bit)
            and (not self.systems or system in self.systems)
            and (not self.components or component in self.components)
        )


@dataclass(frozen=True, slots=True)
class Danger:
    category: Category
    evidence: Evidence
    words_zh: str
    words_en: str
    row: str
    is_at_fire: bool = True


FIRE_BIT, STARTED_BIT, FEEDBACK_BIT, RESET_BIT = 1 << 1, 1 << 5, 1 << 6, 1 << 13
MANUAL_ALARM, RESET, CLEARED = 1 << 2, 1 << 0, 1 << 3  # operation flags, figures 9 and 14
_ACTED = STARTED_BIT | FEEDBACK_BIT
_ANY = FIRE_BIT | _ACTED

_FIRE, _GAS, _ELECTRICAL = Category.FIRE, Category.GAS, Category.ELECTRICAL
_SUSPECT, _CONFIRM = Evidence.SUSPECT, Evidence.CONFIRM
_EXTINGUISHING = frozenset({13, 14, 15, 16, 17})  # gas, spray, foam, powder


def _set(*codes_: int) -> frozenset[int]:
    return frozenset(codes_)


TABLE: tuple[Row, ...] = (
    Row("gas_detector", 2, FIRE_BIT, _GAS, _SUSPECT, "{device}报警：燃气浓度超限", "{device}: gas over the limit",
        components=_set(10, 11, 12, 13)),
    Row("electrical_detector", 2, FIRE_BIT, _ELECTRICAL, _SUSPECT, "{device}报警：线路异常发热或漏电",
        "{device}: cable overheating or leaking current", components=_set(16, 17, 18)),
    Row("call_point", 2, FIRE_BIT, _FIRE, _CONFIRM, "有人按下手动火灾报警按钮", "Somebody pressed a manual call point",
        components=_set(23)),
    Row("hydrant_button", 2, FIRE_BIT | STARTED_BIT, _FIRE, _CONFIRM, "有人按下消火栓按钮",
        "Somebody pressed a hydrant button", components=_set(24)),
    Row("flow_indicator", 2, _ANY, _FIRE, _CONFIRM, "水流指示器动作，喷淋正在出水", "Sprinkler water is flowing",
        components=_set(96)),
    Row("pressure_switch", 2, _ANY, _FIRE, _CONFIRM, "压力开关动作，喷淋系统已启动", "Sprinkler pressure switch acted",
        components=_set(99), is_at_fire=False),
    Row("extinguishing_controller", 2, _ACTED, _FIRE, _CONFIRM, "气体灭火装置已启动", "Gas extinguishing has started",
        components=_set(81)),
    Row("valve_actuator", 2, _ACTED, _FIRE, _CONFIRM, "灭火系统阀门已启动", "An extinguishing valve has opened",
        systems=_EXTINGUISHING, components=_set(101), is_at_fire=False),
    Row("alarm_valve", 2, _ACTED, _FIRE, _SUSPECT, "报警阀动作", "The alarm valve acted", components=_set(98),
        is_at_fire=False),
    Row("sprinkler_pump", 2, STARTED_BIT, _FIRE, _SUSPECT, "{device}自动启动", "{device} has started",
        components=_set(95, 105), is_at_fire=False),
    # Everything else that says fire, known or not: 0 is "general", reserved and user-defined codes come here too.
    Row("component_fire", 2, FIRE_BIT, _FIRE, _SUSPECT, "{device}报火警", "{device} reports fire"),
    Row("extinguishing_system", 1, STARTED_BIT, _FIRE, _CONFIRM, "{system}已启动", "{system} has started",
        systems=_EXTINGUISHING),
    Row("sprinkler_system", 1, STARTED_BIT, _FIRE, _SUSPECT, "{system}已启动", "{system} has started",
        systems=_set(12)),
    Row("system_fire", 1, FIRE_BIT, _FIRE, _SUSPECT, "{system}报火警", "{system} reports fire"),
    Row("unit_fire", 21, FIRE_BIT, _FIRE, _SUSPECT, "传输装置报火警", "The transmitter reports fire"),
    # A person at the panel or at the transmitter. Only suspected: the same key is used for the two trial alarms a
    # month that GB 50440 asks for, and it says no place.
    Row("panel_manual_alarm", 4, MANUAL_ALARM, _FIRE, _SUSPECT, "值班人员在报警主机上手动报警",
        "Manual alarm at the fire panel"),
    Row("unit_manual_alarm", 24, MANUAL_ALARM, _FIRE, _SUSPECT, "值班人员在传输装置上手动报警",
        "Manual alarm at the transmitter"),
)  # fmt: skip  # a table is read by columns


def judge(type: int, word: int, system: int | None = None, component: int | None = None) -> Danger | None:
    """The danger in one status word or operation record, or None.

    `type` is the type flag of the body; `word` its status or operation flags in standard bit order (clause 8.2.1).
    """
    for row in TABLE:
        if row.fits(type, word, system, component):
            names = {"device": codes.component(component), "system": codes.system(system)}
            return Danger(
                row.category,
                row.evidence,
                row.zh.format(**{k: n.zh for k, n in names.items()}),
                row.en.format(**{k: n.en for k, n in names.items()}),
                row.name,
                row.is_at_fire,
            )
    return None


_BY_TYPE_HAS_DANGER = {row.type: 0 for row in TABLE}
for _row in TABLE:
    _BY_TYPE_HAS_DANGER[_row.type] |= _row.any_bit


def may_be(type: int, word: int) -> bool:
    """A quick no for the millions of words without any bit that the table knows."""
    return bool(word & _BY_TYPE_HAS_DANGER.get(type, 0))
