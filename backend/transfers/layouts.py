"""The files of an estate and their columns: one table for reading, writing and the page that explains them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from backend.transfers import cells
from backend.transfers.cells import Read


@dataclass(frozen=True, slots=True)
class Column:
    """`name` and `zh` are both understood as header. `needed`: kinds of rows that must fill it ("" is every row)."""

    name: str
    zh: str
    read: Read
    needed: tuple[str, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)

    def shown(self, value: object, language: str) -> object:
        """The value as the reader of that language writes it."""
        if isinstance(value, bool):
            return ("是" if value else "否") if language == "zh" else ("yes" if value else "no")
        return self.words.get(value, value) if language == "zh" and isinstance(value, str) else value


def _chinese(words: Mapping[str, str]) -> dict[str, str]:
    return {value: zh for zh, value in words.items()}


ALWAYS = ("",)
KINDS_OF_ROWS = {"小区": "estate", "楼栋": "building", "楼层": "floor", "大门": "gate", "室外消火栓": "hydrant"}
WHAT = cells.choice(KINDS_OF_ROWS)
PLACED = ("estate", "building", "gate", "hydrant")
BYTE = cells.whole(0, 255)

ESTATE = (
    Column("what", "类型", WHAT, ALWAYS, _chinese(KINDS_OF_ROWS)),
    Column("name", "名称", cells.text(80), PLACED),
    Column("name_en", "英文名称", cells.text(80)),
    Column("area", "区划代码", cells.code((9, 12, 15)), ("estate",)),
    Column("address", "地址", cells.text(200)),
    Column("has_property", "有物业", cells.flag),
    Column("kind", "种类", cells.text(20), ("building",), _chinese(cells.KINDS | cells.HYDRANTS)),
    Column("lat", "纬度", cells.decimal(-90, 90), PLACED),
    Column("lon", "经度", cells.decimal(-180, 180), PLACED),
    Column("joined_to", "相连楼栋", cells.names),
    Column("plan", "疏散图", cells.plan),
    Column("building", "所在楼栋", cells.text(80), ("floor",)),
    Column("ordinal", "层序", cells.ordinal, ("floor",)),
    Column("label", "楼层标识", cells.text(20)),
    Column("is_refuge", "避难层", cells.flag),
    Column("dwellings", "户号", cells.several(200)),
    Column("is_fire_lane", "消防车通道", cells.flag),
)
TRANSMITTERS = (
    Column("name", "名称", cells.text(80), ALWAYS),
    Column("name_en", "英文名称", cells.text(80)),
    Column("source_address", "源地址", cells.whole(0, 2**48 - 1), ALWAYS),
    Column("profile", "型号", cells.profile),
    Column("network", "网络", cells.network),
    Column("identity", "识别方式", cells.identity),
    Column("silent_after_s", "静默秒数", cells.whole(10, 86400)),
    Column("building", "楼栋", cells.text(80)),
)
DEVICES = (
    Column("transmitter", "传输装置", cells.text(80), ALWAYS),
    Column("system_type", "系统类型", BYTE, ALWAYS),
    Column("system_address", "系统地址", BYTE, ALWAYS),
    Column("component_type", "部件类型", BYTE, ALWAYS),
    Column("component_address", "部件地址", cells.whole(0, 2**32 - 1), ALWAYS),
    Column("building", "楼栋", cells.text(80)),
    Column("floor", "层序", cells.ordinal),
    Column("dwelling", "户号", cells.text(40)),
    Column("label", "位置说明", cells.text(120), ALWAYS),
    Column("label_en", "英文说明", cells.text(120)),
)
PEOPLE = (
    Column("phone", "手机号", cells.phone, ALWAYS),
    Column("name", "姓名", cells.text(40), ALWAYS),
    Column("language", "语言", cells.language, words={"zh": "中文", "en": "英文"}),
    Column("role", "身份", cells.role, words=_chinese(cells.ROLE_WORDS)),
    Column("building", "楼栋", cells.text(80)),
    Column("dwelling", "户号", cells.text(40)),
)
LAYOUTS: dict[str, tuple[Column, ...]] = {
    "estate": ESTATE,
    "transmitters": TRANSMITTERS,
    "devices": DEVICES,
    "people": PEOPLE,
}
MOST_ROWS = {"estate": 5_000, "transmitters": 500, "devices": 50_000, "people": 20_000}
"""An estate is far smaller; more rows mean a wrong file."""


def title(file: str, column: str, language: str) -> str:
    """The column's header in the reader's language; what is no column of ours stays as it was written."""
    found = next((c for c in LAYOUTS.get(file, ()) if c.name == column), None)
    return found.zh if found and language == "zh" else column
