"""Words for a floor: what, where, do this, by category and situation, filled from the building's own plan.

The texts are data (words_*.json), each written after a named public source and to be approved by the local fire
brigade. Where a text has several wordings, the first one whose blanks can all be filled is taken, so that nothing is
claimed which the plan does not say ("away from the fire" needs to know on which side it burns).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from string import Formatter
from typing import Any

from backend.incidents.evidence import flights
from backend.incidents.states import Category

LINE_MAX = 40
FORMAT = Formatter()
LANGUAGES = ("zh", "en")
APPROVAL = {"zh": "待属地消防救援机构审定", "en": "To be approved by the local fire brigade"}
EXERCISE = {"zh": "演练：", "en": "Drill: "}


@dataclass(frozen=True)
class Asker:
    """Where the asker lives, seen from the incident's building; all unknown for somebody who lives elsewhere."""

    floor: int | None = None
    number: str | None = None
    is_own_dwelling: bool = False
    is_joined: bool = False  # in a building that shares air, stairs or structure with the one on fire
    is_next: bool = False
    is_below_joined: bool = False  # the asker's building lies under the one on fire (a garage under a tower)


@dataclass(frozen=True)
class Scene:
    """What burns where. `floors` maps ordinals to labels; `plan` is the asker's building's own."""

    category: str
    state: str
    building: str = ""
    floors: Mapping[int, str] | None = None
    number: str | None = None  # the dwelling that the fire is in
    plan: Mapping[str, Any] | None = None
    refuges: Mapping[int, str] | None = None
    is_exercise: bool = False
    was_confirmed: bool = False


def situation(scene: Scene, asker: Asker) -> str:
    """Where the asker stands to it. "above" means that it burns above the asker."""
    if scene.state in ("closed", "false_alarm"):
        return "over" if scene.state == "closed" and scene.was_confirmed else "false_alarm"
    if asker.is_next:
        return "next"
    if scene.state in ("suspected", "watching"):
        return "suspected_own" if asker.is_own_dwelling else "suspected"
    if asker.is_own_dwelling:
        return "own_dwelling"
    if asker.is_joined:
        return "above" if asker.is_below_joined else "below"
    nearest = _nearest(scene, asker)
    if nearest is None or asker.floor is None:
        return "any"
    if nearest != asker.floor:
        return "above" if nearest > asker.floor else "below"
    fire, own = _stair_at(scene, scene.number), _stair_at(scene, asker.number)
    return "other_stair" if fire and own and fire != own else "own_floor"


def words(scene: Scene, asker: Asker, language: str) -> dict[str, Any]:
    """{situation, line, what, where, steps, never, fallback, stair, source, is_approved, approval} in one language."""
    here = situation(scene, asker)
    language = language if language in LANGUAGES else "zh"
    table = _table(scene.category)
    text = _text(table, scene.category, here)[language]
    blanks = _blanks(scene, asker, language)
    prefix = EXERCISE[language] if scene.is_exercise else ""
    title, lines = text["fallback"]
    return {
        "situation": here,
        "line": prefix + _first(text["line"], blanks, LINE_MAX - len(prefix)),
        "what": prefix + _first(text["what"], blanks),
        "where": _first(text["where"], blanks),
        "steps": [
            {"n": n, "title": _fill(title_, blanks), "detail": _fill(detail, blanks)}
            for n, (title_, detail) in enumerate((_first_pair(step, blanks) for step in text["steps"]), 1)
        ],
        "never": text["never"],
        "fallback": {"title": title, "lines": list(lines)},
        "stair": blanks.get("stair"),
        "source": table["source"][language],
        "approval": APPROVAL[language],
        "is_approved": False,
    }


@lru_cache(maxsize=1)
def tables() -> dict[str, Any]:
    """All texts: category -> {source, situations}."""
    here = files("backend.incidents")
    fire = json.loads(here.joinpath("words_fire.json").read_text("utf-8"))
    return {"fire": fire, **json.loads(here.joinpath("words_other.json").read_text("utf-8"))}


def _table(category: str) -> dict[str, Any]:
    return tables()[category if category in tables() else Category.OTHER]  # type: ignore[no-any-return]  # from JSON


def _text(table: Mapping[str, Any], category: str, here: str) -> Mapping[str, Any]:
    """The category's own text; the ends are the same for all, and suspicions and floors fall back to the general."""
    own, fire = table["situations"], tables()["fire"]["situations"]
    if here in own:
        return own[here]  # type: ignore[no-any-return]  # from JSON
    if here in ("over", "false_alarm"):
        return fire[here]  # type: ignore[no-any-return]  # from JSON
    if here.startswith("suspected") and "suspected" in own:
        return own["suspected"]  # type: ignore[no-any-return]  # from JSON
    return own["any"]  # type: ignore[no-any-return]  # from JSON


def _nearest(scene: Scene, asker: Asker) -> int | None:
    """The burning floor that decides: smoke rises, so one below the asker counts before one above."""
    floors = sorted(scene.floors or {})
    if not floors:
        return None
    if asker.floor is None or asker.floor in floors:
        return asker.floor if asker.floor in floors else floors[0]
    below = [f for f in floors if f < asker.floor]
    return below[-1] if below else floors[0]


def _stair_at(scene: Scene, number: str | None) -> str | None:
    """The stair beside a door: a stair of the plan may list the endings of its doors' numbers (`doors`)."""
    for stair in (scene.plan or {}).get("stairs", ()):
        if number and any(number.endswith(ending) for ending in stair.get("doors", ())):
            return str(stair["id"])
    return None


def _blanks(scene: Scene, asker: Asker, language: str) -> dict[str, str]:
    plan = scene.plan or {}
    nearest = _nearest(scene, asker)
    blanks: dict[str, str | None] = {
        "building": scene.building or None,
        "number": asker.number if asker.is_own_dwelling else None,
        "meet": (plan.get("meeting_point") or {}).get(language),
        "refuge": _refuge(scene, asker),
        "stairs": _stairs_named(plan, language),
    }
    if nearest is not None:
        blanks["fire"] = (scene.floors or {})[nearest]
        if asker.floor is not None and not asker.is_joined and nearest != asker.floor:
            blanks["n"] = str(abs(flights(nearest) - flights(asker.floor)))
    stair = None if asker.is_joined or asker.is_next else _stair_away(scene, asker)
    if stair:
        blanks |= {"stair": str(stair["id"]), "side": str(stair.get(language) or stair.get("side") or "")}
    return {key: value for key, value in blanks.items() if value}


def _stair_away(scene: Scene, asker: Asker) -> Mapping[str, Any] | None:
    """A stair that is not the one beside the burning door, best the asker's own; None where the plan cannot tell."""
    fire, own = _stair_at(scene, scene.number), _stair_at(scene, asker.number)
    if fire is None:
        return None
    away = [stair for stair in (scene.plan or {}).get("stairs", ()) if str(stair["id"]) != fire]
    return min(away, key=lambda stair: str(stair["id"]) != own, default=None)


def _refuge(scene: Scene, asker: Asker) -> str | None:
    """The nearest refuge floor at or above the asker, never one at or below the fire."""
    nearest = _nearest(scene, asker)
    if asker.floor is None or nearest is None:
        return None
    fits = [f for f in sorted(scene.refuges or {}) if f >= asker.floor and f > nearest]
    return (scene.refuges or {})[fits[0]] if fits else None


def _stairs_named(plan: Mapping[str, Any], language: str) -> str | None:
    named = [f"{s['id']} {s[language]}" if s.get(language) else str(s["id"]) for s in plan.get("stairs", ())]
    return ("、" if language == "zh" else ", ").join(named) or None


def _first(wordings: Sequence[str], blanks: Mapping[str, str], most: int = 1000) -> str:
    for wording in wordings:
        if _can_fill((wording,), blanks) and len(filled := _fill(wording, blanks)) <= most:
            return filled
    return _fill(wordings[-1], {})[:most]


def _first_pair(wordings: Sequence[Sequence[str]], blanks: Mapping[str, str]) -> Sequence[str]:
    return next((pair for pair in wordings if _can_fill(pair, blanks)), wordings[-1])


def _can_fill(texts: Iterable[str], blanks: Mapping[str, str]) -> bool:
    return all(name in blanks for text in texts for _, name, _, _ in FORMAT.parse(text) if name)


def _fill(text: str, blanks: Mapping[str, str]) -> str:
    return text.format_map(_Blank(blanks))


class _Blank(dict[str, str]):
    """A wording is chosen only when it can be filled; the last resort leaves the blank out."""

    def __missing__(self, name: str) -> str:
        return ""
