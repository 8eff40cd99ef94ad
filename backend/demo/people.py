"""The demo's people: made-up names, numbers from a block that answers nobody (199 0000 xxxx), the same at each load."""

from __future__ import annotations

import random
from dataclasses import dataclass

from backend.demo.devices import flats
from backend.demo.estate import BUILDINGS, lived_on

SEED = 26875
PEOPLE = 2500
FIRST_STAFF, FIRST_RESIDENT = 1, 101

SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
    "余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰建国志春梅红波辉云鹏飞宇欣怡梓涵浩然子轩雨桐思远"
    "嘉慧晓峰文博雅诗琪俊凯佳宁昊天语嫣"
)


@dataclass(frozen=True)
class Staff:
    """One person with a duty. `scope` is (kind, key of the plan); `shift` names the duty of the roster, if any."""

    name: str
    role: str
    scope: tuple[str, str]
    shift: str = ""


@dataclass(frozen=True)
class Resident:
    name: str
    building: str
    number: str


# One of each to sign in as; they come first, so that the table and demo.json begin with them.
LEADING = (
    Staff("陆明远", "administrator", ("all", "")),
    Staff("吴建平", "property", ("estate", "home"), "property"),
    Staff("赵海生", "control_room", ("estate", "home"), "control_room"),
    Staff("秦立冬", "station_leader", ("station", "micro"), "station"),
    Staff("钱小虎", "station_member", ("station", "micro"), "station"),
    Staff("孙巧云", "grid_worker", ("area", "330108002900001")),
    Staff("何向阳", "police", ("station", "police")),
    Staff("郑守正", "inspector", ("area", "330108")),
)
# The house behind the door where the drill's fire begins, its neighbours, and one in each other kind of tower.
HOMES = (
    Resident("林晓雨", "7", "1802"),
    Resident("沈秀兰", "7", "1804"),
    Resident("David Chen", "7", "2501"),
    Resident("周大爷", "7", "902"),
    Resident("徐文静", "7", "703"),
    Resident("马志强", "3", "3A02"),
    Resident("高玉梅", "5", "502"),
    Resident("方浩然", "1", "1203"),
)
ENGLISH = {"David Chen"}

# (building, number, kind, label, note, people)
NEEDS = (
    ("7", "902", "mobility", "周大爷", "坐轮椅，需两人抬", 1),
    ("7", "1803", "oxygen", "罗阿姨", "家用制氧机", 1),
    ("7", "2102", "infant", "双胞胎", "八个月大", 2),
    ("7", "2504", "hearing", "老许", "听不见警铃，请拍门灯", 1),
    ("7", "3101", "mobility", "韩奶奶", "九十岁，走得慢", 1),
    ("6", "1205", "sight", "姜师傅", "盲人", 1),
    ("5", "802", "mobility", "夏老师", "拐杖", 1),
    ("3", "3A02", "infant", "小满", "", 1),
    ("1", "905", "other", "董先生", "术后休养", 1),
    ("8", "2003", "oxygen", "石伯伯", "", 1),
)
CARERS_WANTED = 60  # further dwellings with somebody who needs help, spread over the towers


def staff() -> list[Staff]:
    """The leading eight, then the rest of the rosters: 8 in the control room, 3 of the property, 12 in the station."""
    rng = random.Random(SEED)  # noqa: S311  # made-up names, the same at each load
    rest = [
        *(Staff("", "control_room", ("estate", "home"), "control_room") for _ in range(7)),
        *(Staff("", "control_room", ("estate", "street"), "control_room") for _ in range(3)),
        *(Staff("", "property", ("estate", "home"), "property") for _ in range(2)),
        *(Staff("", "station_member", ("station", "micro"), "station") for _ in range(11)),
        Staff("", "police", ("station", "police")),
        Staff("", "station_leader", ("station", "next")),
        *(Staff("", "station_member", ("station", "next"), "station") for _ in range(4)),
    ]
    return [*LEADING, *(Staff(name(rng), s.role, s.scope, s.shift) for s in rest)]


def residents(count: int) -> list[Resident]:
    """`count` people behind the demo's doors: most doors one or two, some nobody; the named ones first."""
    rng = random.Random(SEED + 1)  # noqa: S311  # as above
    doors = [(plan.key, number) for plan in BUILDINGS for n in lived_on(plan) for number in flats(plan, n)]
    taken = {(home.building, home.number) for home in HOMES}
    free = [door for door in doors if door not in taken]
    rng.shuffle(free)
    lived_in = free[: int(len(free) * 0.94)]
    people = list(HOMES)
    people += [Resident(name(rng), *door) for door in lived_in][: count - len(people)]
    while len(people) < count:
        people.append(Resident(name(rng), *rng.choice(lived_in)))
    return people


def name(rng: random.Random) -> str:
    """A family name and one or two characters."""
    return rng.choice(SURNAMES) + "".join(rng.choice(GIVEN) for _ in range(rng.choice((1, 2, 2))))


def phone(number: int) -> str:
    """The `number`th of the block."""
    return f"1990000{number:04d}"
