"""Events of one incident, written shortly."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from backend.incidents.states import (
    By,
    Change,
    Danger,
    Refused,
    Said,
    Snapshot,
    Verb,
)
from backend.incidents.transitions import opened, step

T0 = datetime(2026, 1, 5, 3, 0, tzinfo=UTC)
EVERY = frozenset(Verb)
GUARD = By("guard", EVERY, is_responder=True)
STATION = By("station", EVERY, is_responder=True)
CONTROL_ROOM = By("desk", EVERY, is_responder=True, may_dismiss_afar=True)
HOME = By("home", frozenset({Verb.ANSWER, Verb.CONFIRM}), dwelling="1804", is_household=True)
NEIGHBOUR = By("neighbour", frozenset({Verb.CONFIRM}), dwelling="1801")


def at(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def danger(seconds: float = 0, point: str = "a", floor: int | None = 18, **more: bool) -> Danger:
    return Danger(at(seconds), point, floor, **more)


def said(verb: Verb, by: By, seconds: float = 30, **more: object) -> Said:
    return Said(at(seconds), verb, by, **more)  # type: ignore[arg-type]  # the fields of Said


def run(*events: object, start: Snapshot | None = None) -> Change:
    """Play events from an opening danger on; every one of them must be accepted."""
    change = Change("start", start) if start else opened(danger())
    for event in events:
        answer = step(change.after, event)  # type: ignore[arg-type]  # any Event
        assert isinstance(answer, Change), answer
        change = answer
    return change


def refusal(change: Change, event: object) -> str:
    answer = step(change.after, event)  # type: ignore[arg-type]  # any Event
    assert isinstance(answer, Refused)
    return answer.reason
