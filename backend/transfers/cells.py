"""From a cell's text to its value and back. Each reader raises Wrong with words for both languages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import orjson

from backend.accounts.phones import normalise
from backend.accounts.roles import ROLES
from backend.kernel.text import mask_name
from backend.monitoring.gateway import profiles
from backend.monitoring.registry import clean_network
from backend.places.models import Kind
from backend.transfers.problems import Wrong

Read = Callable[[str], Any]
YES, NO = {"是", "yes", "true", "1", "y"}, {"否", "no", "false", "0", "n", ""}
SEPARATORS = str.maketrans("；;、，,|\n\t", "        ")
FORMULA = "=+-@＝＋－＠"
KINDS = {"高层": Kind.TOWER, "裙房": Kind.PODIUM, "车库": Kind.GARAGE, "厂房": Kind.PLANT, "单体": Kind.HOUSE}
HYDRANTS = {"地上": "pillar", "地下": "buried", "墙壁": "wall", "水泵接合器": "inlet"}
LANGUAGES = {"中文": "zh", "英文": "en", "english": "en"}
IMPORTED_ROLES = ("resident", "property", "control_room", "grid_worker")


def text(most: int = 100) -> Read:
    """A text of at most `most` characters, taken literally: what looks like a formula is only a text."""

    def read(cell: str) -> str:
        if len(cell) > most:
            raise Wrong(f"最多 {most} 个字", f"at most {most} characters")
        return cell

    return read


def whole(low: int, high: int) -> Read:
    """A whole number from `low` to `high`; hexadecimal with 0x."""

    def read(cell: str) -> int:
        try:
            value = int(cell, 16) if cell.lower().startswith("0x") else int(cell)
        except ValueError:
            raise Wrong("应填整数", "must be a whole number") from None
        if not low <= value <= high:
            raise Wrong(f"应在 {low} 到 {high} 之间", f"must lie between {low} and {high}")
        return value

    return read


def decimal(low: float, high: float) -> Read:
    def read(cell: str) -> float:
        try:
            value = float(cell)
        except ValueError:
            raise Wrong("应填数字", "must be a number") from None
        if not low <= value <= high:
            raise Wrong(f"应在 {low:g} 到 {high:g} 之间", f"must lie between {low:g} and {high:g}")
        return value

    return read


def choice(values: Mapping[str, str]) -> Read:
    """One of the values, by our own word or by the Chinese one."""
    known = {k.lower(): v for k, v in values.items()} | {v: v for v in values.values()}
    zh, en = "、".join(values), ", ".join(dict.fromkeys(values.values()))

    def read(cell: str) -> str:
        try:
            return known[cell.lower()]
        except KeyError:
            raise Wrong(f"应为其中之一：{zh}", f"must be one of: {en}") from None

    return read


def flag(cell: str) -> bool:
    if cell.lower() in YES:
        return True
    if cell.lower() in NO:
        return False
    raise Wrong("应填“是”或“否”", "must be yes or no")


def ordinal(cell: str) -> int:
    """1 is the ground floor, -1 the first cellar; 0 does not exist."""
    value: int = whole(-20, 200)(cell)
    if value == 0:
        raise Wrong("没有 0 层：地面层填 1，地下一层填 -1", "there is no floor 0: ground is 1, the first cellar -1")
    return value


def several(most: int) -> Read:
    """Words between separators, each once, in order."""

    def read(cell: str) -> list[str]:
        words = list(dict.fromkeys(cell.translate(SEPARATORS).split()))
        if len(words) > most or any(len(word) > 40 for word in words):
            raise Wrong(f"最多 {most} 项，每项最多 40 个字", f"at most {most} entries of 40 characters")
        return words

    return read


def names(cell: str) -> list[str]:
    """Names between semicolons; they may hold blanks."""
    return list(dict.fromkeys(part.strip() for part in cell.replace("；", ";").split(";") if part.strip()))


def plan(cell: str) -> dict[str, Any]:
    """The building's plan as JSON, as it was exported."""
    try:
        value = orjson.loads(cell)
    except orjson.JSONDecodeError:
        value = None
    if not isinstance(value, dict) or len(cell) > 4000:
        raise Wrong("疏散图应为 JSON 对象，最多 4000 字", "the plan must be a JSON object of at most 4000 characters")
    return value


def phone(cell: str) -> str:
    number = normalise(cell)
    if number is None:
        raise Wrong("手机号不对：应为 11 位，境外以 + 开头", "not a phone number: 11 digits, or + and the country code")
    return number


def network(cell: str) -> str:
    try:
        return clean_network(cell)
    except ValueError:
        raise Wrong("应为 IP、网段或 port:端口", "must be an address, a CIDR or port:N") from None


def code(lengths: tuple[int, ...]) -> Read:
    def read(cell: str) -> str:
        if not (cell.isascii() and cell.isdigit()) or len(cell) not in lengths:
            raise Wrong("区划代码不对", "not an area code")
        return cell

    return read


kind = choice(KINDS)
hydrant = choice(HYDRANTS)
language = choice({"zh": "zh", "en": "en"} | LANGUAGES)
ROLE_WORDS = {ROLES[name].zh: name for name in IMPORTED_ROLES}
role = choice(ROLE_WORDS)
profile = choice({name: name for name in profiles.PROFILES})
identity = choice({each.value: each.value for each in profiles.Identity})


def is_dangerous(cell: str) -> bool:
    """Whether a spreadsheet may compute the cell; apostrophes before do not count, so that one can be added again."""
    bare = cell.lstrip("'")
    return bare[:1] in ("\t", "\r", "\n") or bare.lstrip()[:1] in tuple(FORMULA)


def literal(cell: str) -> str:
    """The cell as somebody meant it: the apostrophe that `harmless` put before a formula's sign is taken off again."""
    cell = cell.strip(" \r\n")
    return cell[1:] if cell[:1] == "'" and is_dangerous(cell[1:]) else cell


def harmless(value: object) -> str:
    """The text of a cell that no spreadsheet computes: an apostrophe goes before what begins like a formula.

    Numbers of our own are no text and stay as they are. Source: OWASP, CSV injection.
    """
    if value is None:
        return ""
    if isinstance(value, int | float):
        return str(value)
    cell = str(value)
    return "'" + cell if is_dangerous(cell) else cell


def shown_name(name: str, is_unmasked: bool) -> str:
    return name if is_unmasked else mask_name(name)
