"""The words of a notice: templates per kind, channel and language (templates/*.json), filled with the sender's params.

A missing param never stops a notice: the kind's default stands in, at last nothing. A param may be a pair
{"zh": …, "en": …}; a param that names a table of `words` (category, outcome …) is put into the reader's words. A part
of a template in [brackets] is left out when one of its params is missing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

from backend.kernel.text import spaced

LANGUAGES = ("zh", "en")
CHANNELS = ("push", "sms", "inbox")
SMS_CHARS = 67  # one part of a Chinese SMS that is longer than 70 characters
TITLE_CHARS, BODY_CHARS, SMS_MOST = 80, 240, 300
SIGNATURE = "【守望】"
_PART, _FIELD = re.compile(r"\[([^\[\]]*)\]"), re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Text:
    """`body` is all of an SMS; `short` is the body of a push that had to shrink."""

    title: str
    body: str
    short: str = ""


@lru_cache(maxsize=2)
def templates(language: str) -> dict[str, Any]:
    """All texts of one language; anything but en is Chinese."""
    name = "en.json" if language == "en" else "zh.json"
    return dict(json.loads(resources.files("notifications").joinpath("templates", name).read_text("utf-8")))


def render(kind: str, channel: str, language: str, params: Mapping[str, Any]) -> Text:
    """The text of one notice for one channel. KeyError for an unknown kind or channel (a guard test reads them all)."""
    book = templates(language)
    template = book["kinds"][kind][channel]
    values = _Values(_fill(book, book["kinds"][kind].get("defaults", {}), _flat(params, language)))
    mark = _mark(book, kind, params)
    if channel == "sms":
        text = _put(template.removeprefix(SIGNATURE), values, SMS_MOST)
        return Text("", SIGNATURE + mark + text)
    title = mark + _put(template["title"], values, TITLE_CHARS)
    body = _put(template["body"], values, BODY_CHARS)
    return Text(title, body, _put(template.get("short", ""), values, BODY_CHARS))


def verb_title(verb: str, language: str) -> str:
    """What stands on an action button."""
    return str(templates(language)["verbs"].get(verb, verb))


def localise(value: Any, language: str) -> Any:
    """Every pair {"zh": …, "en": …} within `value` replaced by its half for `language`."""
    if isinstance(value, dict):
        if len(value) == 2 and "zh" in value and "en" in value:
            return value["en" if language == "en" else "zh"]
        return {key: localise(part, language) for key, part in value.items()}
    if isinstance(value, list):
        return [localise(part, language) for part in value]
    return value


def _flat(params: Mapping[str, Any], language: str) -> dict[str, str]:
    """The params that stand in a sentence, as text; what is missing, or a list or a table, is left out."""
    found = {}
    for name, value in params.items():
        if isinstance(value, dict):
            value = value.get("en" if language == "en" else "zh") if len(value) == 2 else None
        if value not in (None, "") and not isinstance(value, dict | list):
            found[name] = _plain(value)
    return found


class _Values(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return ""


def _fill(book: Mapping[str, Any], defaults: Mapping[str, str], raw: dict[str, str]) -> dict[str, str]:
    missing = {name: default for name, default in defaults.items() if name not in raw}
    raw |= {name: default for name, default in missing.items() if not default.startswith("@")}
    words, filled = book["words"], {}
    category = raw.get("category", "other")
    for name in ("sure", "calm"):
        filled[name] = words[name].get(category, words[name]["other"])
    filled |= {name: words[name].get(value, value) if name in words else value for name, value in raw.items()}
    for name, default in missing.items():
        if default.startswith("@"):  # "@table:param": the table's words for that param's value
            table, _, key = default[1:].partition(":")
            filled[name] = words[table].get(raw.get(key, ""), words[table].get("other", ""))
    return filled


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)[:200]


def _mark(book: Mapping[str, Any], kind: str, params: Mapping[str, Any]) -> str:
    """演练, 测试, 来源未核实: said first, so that nobody takes one for the other."""
    if params.get("is_exercise"):
        return "" if kind.startswith("exercise.") else str(book["marks"]["exercise"])
    if params.get("is_test"):
        return str(book["marks"]["test"])
    return str(book["marks"]["unverified"]) if params.get("is_source_verified") is False else ""


def _put(template: str, values: Mapping[str, str], most: int) -> str:
    """Fill the template; a part in [brackets] is left out when one of its params is missing."""
    kept = _PART.sub(lambda m: m[1] if all(values.get(name) for name in _FIELD.findall(m[1])) else "", template)
    text = " ".join(kept.format_map(values).split())
    text = spaced(text).replace("。。", "。").replace(" .", ".").replace(" :", ":").replace(" ,", ",")
    text = text[:1].upper() + text[1:]
    return text if len(text) <= most else text[: most - 1] + "…"
