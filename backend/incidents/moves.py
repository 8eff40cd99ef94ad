"""Moves that several verbs share: to confirm, to open again, to end a watch, to widen the rings."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from backend.incidents.states import By, Change, Sign, Snapshot, State, VerifiedBy


def noted(now: Snapshot, branch: str, is_new: bool = True) -> Change:
    return Change(branch, now, is_new=is_new)


def ring_up_to(now: Snapshot, ring: int) -> tuple[Snapshot, tuple[int, ...]]:
    rings = tuple(range(now.ring + 1, ring + 1))
    return replace(now, ring=max(now.ring, ring)), rings


def restarted(now: Snapshot, at: datetime) -> Snapshot:
    """The limits run anew, and what somebody did before may be done again."""
    return replace(now, clock_at=at, done=frozenset())


def confirmed(now: Snapshot, at: datetime, by: VerifiedBy, branch: str, path: tuple[State, ...] = ()) -> Change:
    """Confirmed is for the whole building: rings 0 to 2, in a new round where another verdict was told before."""
    if now.state in (State.FALSE_ALARM, State.CONTROLLED):
        now = replace(restarted(now, at), round=now.round + 1, ring=-1)
    after = replace(
        now,
        state=State.CONFIRMED,
        verified_by=by,
        confirmed_at=now.confirmed_at or at,
        controlled_at=None,
        watching_at=None,
        dismissed_by=None,
        is_test=False,
        is_anonymous=False,
    )
    after, rings = ring_up_to(after, 2)
    return Change(branch, after, (*path, State.CONFIRMED), rings)


def reopened(now: Snapshot, at: datetime, branch: str) -> Change:
    """Suspected again, with clocks, evidence and rings of its own."""
    after = Snapshot(
        opened_at=now.opened_at,
        case_at=at,
        clock_at=at,
        evidence_at=at,
        is_exercise=now.is_exercise,
        round=now.round + 1,
        ring=0,
        floors=now.floors,
    )
    return Change(branch, after, (State.SUSPECTED,), (0,))


def dismissed(now: Snapshot, at: datetime, branch: str) -> Change:
    """A false alarm: everybody who was told is told. Evidence from before it does not count after it."""
    after = replace(
        now,
        state=State.FALSE_ALARM,
        verified_by=None,
        confirmed_at=None,
        watching_at=None,
        evidence_at=at,
        sightings=(),
        signs=(),
    )
    return Change(branch, after, (State.FALSE_ALARM,), end="false_alarm")


def watch_ends(now: Snapshot, at: datetime, branch: str) -> Change:
    """Back to suspected with ring 1. Where it was told before, a new round tells it again; a test keeps to ring 0."""
    after = replace(restarted(now, at), state=State.SUSPECTED, watching_at=None)
    if now.is_test:
        return Change(branch, after, (State.SUSPECTED,))
    if now.ring >= 1:
        return Change(branch, replace(after, round=now.round + 1), (State.SUSPECTED,), (1,))
    after, rings = ring_up_to(after, 1)
    return Change(branch, after, (State.SUSPECTED,), rings)


def sign_of(by: By) -> Sign:
    return Sign(by.person_id, by.dwelling, by.is_responder, by.is_household)
