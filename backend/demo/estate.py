"""The demo's places as plain data: 晨光里, its neighbours and its units.

The areas down to the street are real (GB/T 2260 codes of 杭州市滨江区长河街道, with the 9-digit extension);
the community and the grid cell carry codes that the register has not given out, and every name below is made up.
Coordinates are WGS 84. Nothing here touches the database.
"""

from __future__ import annotations

from dataclasses import dataclass, field

CENTRE = (30.19050, 120.19350)
NORTH_M = 1 / 111_000  # degrees of latitude in a metre
EAST_M = 1 / 96_200  # degrees of longitude in a metre at 30.2° north


@dataclass(frozen=True)
class AreaPlan:
    code: str
    level: str
    name: str
    name_en: str


AREAS = (
    AreaPlan("33", "province", "浙江省", "Zhejiang"),
    AreaPlan("3301", "city", "杭州市", "Hangzhou"),
    AreaPlan("330108", "district", "滨江区", "Binjiang District"),
    AreaPlan("330108002", "street", "长河街道", "Changhe Street"),
    AreaPlan("330108002900", "community", "晨光社区", "Chenguang Community"),
    AreaPlan("330108002900001", "grid", "晨光第一网格", "Chenguang Grid Cell 1"),
)


@dataclass(frozen=True)
class EstatePlan:
    key: str
    name: str
    name_en: str
    address: str
    east: int
    north: int
    has_property: bool


ESTATES = (
    EstatePlan("home", "晨光里", "Chenguang Li", "滨江区晨光路 88 号", 0, 0, True),
    EstatePlan("street", "晨光路沿线", "Along Chenguang Road", "滨江区晨光路", 320, 40, False),
)


@dataclass(frozen=True)
class BuildingPlan:
    """One building: `top` floors above ground, `cellars` below; `flats` dwellings on each floor people live on.

    `labels` is how the lift names ordinals: plain, "3A" (4, 14, 24 become 3A, 13A, 23A) or "skip" (they are
    left out, so that every label above lies off its ordinal). `transmitter` is the key of the box it reports by.
    """

    key: str
    estate: str
    name: str
    name_en: str
    kind: str
    top: int
    cellars: int
    flats: int
    east: int
    north: int
    transmitter: str
    labels: str = "plain"
    refuge: tuple[int, ...] = ()
    joined: tuple[tuple[str, str], ...] = field(default=())


BUILDINGS = (
    BuildingPlan("1", "home", "晨光里 1 号楼", "Building 1", "tower", 18, 1, 14, -120, 70, "north"),
    BuildingPlan("2", "home", "晨光里 2 号楼", "Building 2", "tower", 24, 1, 11, -40, 70, "north"),
    BuildingPlan("3", "home", "晨光里 3 号楼", "Building 3", "tower", 26, 1, 10, 40, 70, "east", "3A"),
    BuildingPlan("4", "home", "晨光里 4 号楼", "Building 4", "tower", 28, 1, 10, 120, 70, "east"),
    BuildingPlan("5", "home", "晨光里 5 号楼", "Building 5", "tower", 30, 1, 9, -120, -30, "south", "skip"),
    BuildingPlan("6", "home", "晨光里 6 号楼", "Building 6", "tower", 32, 1, 8, -40, -30, "south"),
    BuildingPlan("7", "home", "晨光里 7 号楼", "Building 7", "tower", 33, 1, 4, 40, -30, "seven", refuge=(11, 22)),
    BuildingPlan("8", "home", "晨光里 8 号楼", "Building 8", "tower", 29, 1, 9, 120, -30, "eight"),
    BuildingPlan(
        "garage", "home", "晨光里地下车库", "Underground garage", "garage", 0, 2, 0, -40, -35, "garage",
        joined=(("5", "stairs"), ("6", "stairs"), ("7", "stairs")),
    ),
    BuildingPlan(
        "podium", "home", "晨光里裙房", "Podium", "podium", 3, 0, 0, -80, 95, "north",
        joined=(("1", "structure"), ("2", "structure")),
    ),
    BuildingPlan("school", "street", "晨光小学教学楼", "Chenguang School", "house", 5, 0, 0, 260, 130, "school"),
    BuildingPlan("hospital", "street", "晨光医院综合楼", "Chenguang Hospital", "house", 12, 1, 0, 330, 60, "hospital"),
    BuildingPlan("factory", "street", "明达五金厂车间", "Mingda Hardware Works", "plant", 2, 0, 0, 420, -60, "factory"),
    BuildingPlan("lane", "street", "晨光巷 12 号", "12 Chenguang Lane", "house", 6, 0, 2, 250, -40, "school"),
)  # fmt: skip

GATES = (
    ("南门", "South gate", 0, -110, False),
    ("东门消防车道", "East gate, fire lane", 170, 10, True),
    ("北门消防车道", "North gate, fire lane", -10, 125, True),
    ("西门", "West gate", -170, 20, False),
)

HYDRANTS = (
    ("1 号室外消火栓", -140, 40, "pillar"),
    ("2 号室外消火栓", -10, 112, "pillar"),
    ("3 号室外消火栓", 150, 45, "pillar"),
    ("4 号室外消火栓", 70, -80, "pillar"),
    ("5 号地下消火栓", -80, -85, "buried"),
    ("水泵接合器", 20, -70, "inlet"),
)


@dataclass(frozen=True)
class UnitPlan:
    key: str
    name: str
    name_en: str
    kind: str
    building: str
    from_ordinal: int
    to_ordinal: int


UNITS = (
    UnitPlan("noodles", "阿婆面馆", "Apo Noodle Shop", "restaurant", "podium", 1, 1),
    UnitPlan("school", "晨光小学", "Chenguang Primary School", "school", "school", 1, 5),
    UnitPlan("hospital", "晨光医院", "Chenguang Hospital", "hospital", "hospital", -1, 12),
    UnitPlan("mall", "晨光里生活广场", "Chenguang Plaza", "mall", "podium", 1, 3),
    UnitPlan("factory", "明达五金厂", "Mingda Hardware Works", "factory", "factory", 1, 2),
)


@dataclass(frozen=True)
class TransmitterPlan:
    """A simulated user information transmission device; `address` is the number its frames carry as source."""

    key: str
    estate: str
    building: str | None
    name: str
    name_en: str
    address: int
    profile: str
    silent_after_s: int


TRANSMITTERS = (
    TransmitterPlan("north", "home", None, "北区消控主机", "North fire panel", 10001, "standard", 120),
    TransmitterPlan("east", "home", None, "东区消控主机", "East fire panel", 10002, "zone_point", 120),
    TransmitterPlan("south", "home", None, "南区消控主机", "South fire panel", 10003, "standard", 120),
    TransmitterPlan("seven", "home", "7", "7 号楼传输装置", "Building 7 transmitter", 10007, "standard", 120),
    TransmitterPlan("eight", "home", "8", "8 号楼传输装置", "Building 8 transmitter", 10008, "lianzhong", 120),
    TransmitterPlan("garage", "home", "garage", "地下车库传输装置", "Garage transmitter", 10009, "standard", 120),
    TransmitterPlan("school", "street", None, "晨光小学传输装置", "School transmitter", 20001, "standard", 120),
    TransmitterPlan(
        "hospital", "street", "hospital", "晨光医院传输装置", "Hospital transmitter", 20002, "sanjiang", 120
    ),
    TransmitterPlan("factory", "street", "factory", "明达五金厂传输装置", "Mingda transmitter", 20003, "standard", 60),
)

PUMP_ROOM = "7"  # the estate's fire pumps stand in the cellar of building 7


def at(east: float, north: float) -> tuple[float, float]:
    """Latitude and longitude (WGS 84) of a point `east` and `north` metres from the estate's centre."""
    return round(CENTRE[0] + north * NORTH_M, 6), round(CENTRE[1] + east * EAST_M, 6)


def ordinals(plan: BuildingPlan) -> list[int]:
    """The building's floors from the lowest cellar up; there is no ordinal 0."""
    return [*range(-plan.cellars, 0), *range(1, plan.top + 1)]


def label(plan: BuildingPlan, ordinal: int) -> str:
    """What the lift calls this floor: a name only, never to be counted with."""
    if ordinal < 0:
        return f"B{-ordinal}"
    if plan.labels == "skip":
        named = [n for n in range(1, 2 * plan.top + 2) if n % 10 != 4]
        return str(named[ordinal - 1])
    if plan.labels == "3A" and ordinal % 10 == 4:
        return f"{ordinal - 1}A"
    return str(ordinal)


def lived_on(plan: BuildingPlan) -> list[int]:
    """Floors with dwellings: not the lobby of a tower, no refuge floor, no cellar."""
    lowest = 2 if plan.kind == "tower" else 1
    return [n for n in range(lowest, plan.top + 1) if n not in plan.refuge] if plan.flats else []


def escape_plan(plan: BuildingPlan) -> dict[str, object]:
    """The building's own plan: it fills the words for a floor (stairs by side, exit, meeting point)."""
    south = {"zh": "南门广场", "en": "South Gate Square"}
    street = {"zh": "晨光路人行道", "en": "the pavement of Chenguang Road"}
    half = (plan.flats + 1) // 2
    doors = [f"{n:02d}" for n in range(1, plan.flats + 1)]
    return {
        "stairs": [
            {"id": "A", "side": "west", "zh": "西侧", "en": "west side", "doors": doors[:half]},
            {"id": "B", "side": "east", "zh": "东侧", "en": "east side", "doors": doors[half:]},
        ],
        "meeting_point": south if plan.estate == "home" else street,
        "exit": {"zh": "一层南侧大门", "en": "the south door on the ground floor"},
    }
