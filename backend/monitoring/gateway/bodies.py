"""Application data units of GB/T 26875.3-2011, clause 8: decoded as a table of layouts, tolerant of what devices do.

A bad time, text or count never costs a fire bit: whole objects are read, what is wrong is noted beside them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from struct import Struct
from typing import Any, Final

from backend.monitoring.gateway.profiles import STANDARD, Heartbeat, Profile

SYSTEM_STATE, COMPONENT_STATE, ANALOG, OPERATION = 1, 2, 3, 4
SYSTEM_VERSION, SYSTEM_CONFIG, COMPONENT_CONFIG, SYSTEM_TIME = 5, 6, 7, 8
UNIT_STATE, UNIT_OPERATION, UNIT_VERSION, UNIT_CONFIG, UNIT_TIME = 21, 24, 25, 26, 28

_VARIABLE: Final = -1  # the text's length is the last byte of the head
_HEARTBEAT_TYPE = 0x16


class Verdict(StrEnum):
    """What a body is worth. `unreadable` is denied, all others are confirmed once stored."""

    GOOD = "good"
    HEARTBEAT = "heartbeat"
    OPAQUE = "opaque"  # a maker's own type: kept as it came
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Item:
    """One object of a body; fields that its type does not have are None. `value` is signed, before the unit's step."""

    type: int
    system_type: int | None = None
    system_address: int | None = None
    component_type: int | None = None
    component_address: int | None = None
    status: int | None = None
    analog_type: int | None = None
    value: int | None = None
    operation: int | None = None
    operator: int | None = None
    major: int | None = None
    minor: int | None = None
    minutes: int | None = None
    count: int | None = None
    length: int | None = None
    reserved: int | None = None
    text: str = ""
    at: datetime | None = None
    has_bad_time: bool = False


@dataclass(frozen=True, slots=True)
class Body:
    """`problems` are words for the frames page: count, trailing, no_time, over_limit, ..."""

    type: int | None
    items: tuple[Item, ...]
    verdict: Verdict
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Layout:
    head: Struct
    fields: tuple[str, ...]
    text: int = 0
    has_time: bool = False
    limit: int = 1  # the standard's own limit of objects

    @property
    def size(self) -> int:
        return self.head.size + max(self.text, 0) + (6 if self.has_time else 0)


def _layout(codes: str, fields: str, text: int = 0, has_time: bool = False, limit: int = 1) -> Layout:
    return Layout(Struct("<" + codes), tuple(fields.split()), text, has_time, limit)


_POINT = "system_type system_address component_type component_address"
LAYOUTS: dict[int, Layout] = {
    1: _layout("BBH", "system_type system_address status", has_time=True, limit=102),
    2: _layout("BBBIH", f"{_POINT} status", text=31, has_time=True, limit=22),
    3: _layout("BBBIBh", f"{_POINT} analog_type value", has_time=True, limit=63),
    4: _layout("BBBB", "system_type system_address operation operator", has_time=True, limit=102),
    5: _layout("BBBB", "system_type system_address major minor"),
    6: _layout("BBB", "system_type system_address length", text=_VARIABLE, limit=3),
    7: _layout("BBBI", _POINT, text=31, limit=26),
    8: _layout("BB", "system_type system_address", has_time=True),
    21: _layout("B", "status", has_time=True),
    24: _layout("BB", "operation operator", has_time=True, limit=127),
    25: _layout("BB", "major minor"),
    26: _layout("B", "length", text=_VARIABLE),
    28: _layout("", "", has_time=True),
    # Downlink: what we send; read back on the frames page and by simulators.
    **{code: _layout("BB", "system_type system_address", limit=102) for code in (61, 65, 66, 68)},
    **{code: _layout("BBI", "system_type system_address component_address", limit=63) for code in (62, 63, 67)},
    64: _layout("BBB", "system_type system_address count", has_time=True),
    84: _layout("B", "count", has_time=True),
    **{code: _layout("B", "reserved") for code in (81, 85, 86, 88, 89)},
    90: _layout("", "", has_time=True),
    91: _layout("B", "minutes"),
}


def decode(adu: bytes, profile: Profile = STANDARD) -> Body:
    """Read one ADU. Never raises: what cannot be read is `Verdict.UNREADABLE` with its problem named."""
    if not adu:
        return Body(None, (), Verdict.HEARTBEAT)
    kind = adu[0]
    if len(adu) == 1:
        is_beat = kind == _HEARTBEAT_TYPE and profile.heartbeat is Heartbeat.ONE_BYTE
        return Body(kind, (), Verdict.HEARTBEAT if is_beat else Verdict.UNREADABLE, () if is_beat else ("short",))
    layout = LAYOUTS.get(kind)
    if layout is None:
        if kind >= 128:
            return Body(kind, (), Verdict.OPAQUE)
        return Body(kind, (), Verdict.UNREADABLE, ("unknown_type",))
    if adu[1] == 0:
        return Body(kind, (), Verdict.UNREADABLE, ("count_zero",))
    read = _variable if layout.text == _VARIABLE else _fixed
    items, problems = read(kind, layout, adu[1], adu[2:], profile)
    if adu[1] > layout.limit:
        problems.append("over_limit")
    if not items:
        return Body(kind, (), Verdict.UNREADABLE, tuple(problems or ["short"]))
    is_beat = profile.heartbeat is Heartbeat.TEST_RECORD and kind == UNIT_OPERATION
    beat = is_beat and all(item.operation == 1 << 6 for item in items)
    return Body(kind, tuple(items), Verdict.HEARTBEAT if beat else Verdict.GOOD, tuple(problems))


def _stride(layout: Layout, count: int, length: int) -> tuple[int, int, list[str]]:
    """(bytes per object, objects, problems). Some models leave out the time label; some miscount."""
    full, bare = layout.size, layout.size - (6 if layout.has_time else 0)
    if count * full == length:
        return full, count, []
    if bare and bare != full and count * bare == length:
        return bare, count, ["no_time"]
    if length and length % full == 0:
        return full, length // full, ["count"]
    if length >= full:
        return full, length // full, ["trailing"]
    if length >= layout.head.size > 0:
        return length, 1, ["short"]
    return full, 0, ["short"]


def _fixed(kind: int, layout: Layout, count: int, data: bytes, profile: Profile) -> tuple[list[Item], list[str]]:
    stride, number, problems = _stride(layout, count, len(data))
    head, items = layout.head.size, []
    for n in range(number):
        part = data[n * stride : (n + 1) * stride]
        values: dict[str, Any] = dict(zip(layout.fields, layout.head.unpack_from(part), strict=True))
        if layout.text:
            values["text"] = clean_text(part[head : head + layout.text])
        if layout.has_time and stride == layout.size:
            values["at"] = profile.read_time(part[-6:])
            values["has_bad_time"] = values["at"] is None
        if profile.is_big_endian_status and kind in (SYSTEM_STATE, COMPONENT_STATE):
            values["status"] = (values["status"] & 0xFF) << 8 | values["status"] >> 8
        if values.get("status") in profile.cleared_words:
            problems.append(f"cleared_{profile.cleared_words[values['status']]}")
            values["status"] = 1
        items.append(Item(kind, **values))
    return items, problems


def _variable(kind: int, layout: Layout, count: int, data: bytes, profile: Profile) -> tuple[list[Item], list[str]]:
    items: list[Item] = []
    pos, head = 0, layout.head.size
    while len(items) < count and pos + head <= len(data):
        values: dict[str, Any] = dict(zip(layout.fields, layout.head.unpack_from(data, pos), strict=True))
        end = pos + head + values["length"]
        values["text"] = clean_text(data[pos + head : end])
        items.append(Item(kind, **values))
        pos = end
    if pos < len(data):
        return items, ["trailing"]
    return items, ["short"] if pos > len(data) or len(items) < count else []


def clean_text(raw: bytes) -> str:
    """Text in GB 18030, cut at the first NUL (stale bytes may follow it); half a character at the end is replaced.

    Control characters go: the text is shown to people and written into the database.
    """
    text = raw.split(b"\0", 1)[0].decode("gb18030", "replace")
    return "".join(c for c in text if c.isprintable()).strip()


def encode(kind: int, items: Sequence[Item], profile: Profile = STANDARD) -> bytes:
    """The ADU of these objects as the standard lays it out (for simulators, tests and downlink commands)."""
    layout, parts = LAYOUTS[kind], [bytes((kind, len(items)))]
    for item in items:
        text = item.text.encode("gb18030")
        values = {name: getattr(item, name) for name in layout.fields}
        if layout.text == _VARIABLE:
            values["length"] = len(text)
        if profile.is_big_endian_status and kind in (SYSTEM_STATE, COMPONENT_STATE):
            values["status"] = (values["status"] & 0xFF) << 8 | values["status"] >> 8
        parts.append(layout.head.pack(*values.values()))
        parts.append(text if layout.text == _VARIABLE else text[: layout.text].ljust(layout.text, b"\0"))
        if layout.has_time:
            parts.append(profile.write_time(item.at) if item.at else bytes(6))
    return b"".join(parts)
