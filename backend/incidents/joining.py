"""Which incident a danger joins: a toaster on 7 and a fire on 18 are two things, and 64 signals of one fire are one.

Pure: the candidates are the incidents of the place that are open, or that a new danger may open again. Buildings that
are joined keep incidents of their own; being joined decides who is told, not what belongs together.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from backend.incidents.evidence import flights
from backend.incidents.states import DETECTED, GRAVITY, OPEN, Category, Policy, State


@dataclass(frozen=True)
class Place:
    """Where a danger is, as far as it is known. `source` is what reported it: a transmitter; None for a person."""

    category: str
    estate: str | None
    building: str | None = None
    floor: int | None = None
    source: str | None = None
    is_exercise: bool = False
    is_sure: bool = True  # a verified source, not in test: may set a controlled building on fire again

    @property
    def is_call(self) -> bool:
        return self.source is None


@dataclass(frozen=True)
class Candidate:
    id: str
    category: str
    state: State
    estate: str | None
    building: str | None
    floors: frozenset[int]
    sources: frozenset[str]
    is_exercise: bool
    opened_at: datetime
    closed_at: datetime | None = None


def choose(place: Place, candidates: Iterable[Candidate], at: datetime, policy: Policy) -> Candidate | None:
    """The incident that `place` belongs to, or None: then it opens one of its own.

    First what is near and open, then any confirmed one of the building, then one of the same source whose place was
    not known yet, then what may be opened again. Of several: the nearest, then the newest.
    """
    fits = [
        (rank, -_distance(place, one), one.opened_at, one.id, one)
        for one in candidates
        if (rank := _rank(place, one, at, policy)) is not None
    ]
    return max(fits)[-1] if fits else None


def _rank(place: Place, one: Candidate, at: datetime, policy: Policy) -> int | None:
    """How well it fits, higher is better; None where it does not belong."""
    if place.is_exercise != one.is_exercise or not _is_alive(one, at, policy):
        return None
    is_open = one.state in OPEN
    if not _may_share(place, one):
        return None
    if place.building is None:
        return _rank_without_building(place, one) if is_open else None
    if one.building is None:
        return 2 if is_open and _same_source(place, one) and one.estate == place.estate else None
    if one.building != place.building:
        return None
    is_lost = place.is_call and place.floor is None and one.state is State.CONTROLLED  # only noted, perhaps far away
    if _is_near(place, one, policy) and not is_lost:
        return 4 if is_open else 1
    burns_again = one.state is State.CONTROLLED and place.is_sure and not place.is_call
    is_burning = one.state is State.CONFIRMED or burns_again
    if is_burning and not is_graver(place.category, one.category):
        return 3
    return None


def _rank_without_building(place: Place, one: Candidate) -> int | None:
    """Panels tell one event in several ways: without a place it belongs to what the same source told before."""
    if one.estate != place.estate:
        return None
    if _same_source(place, one):
        return 4
    return 3 if one.building is None else None


def _same_source(place: Place, one: Candidate) -> bool:
    return place.source is not None and place.source in one.sources


def is_graver(category: str, than: str) -> bool:
    """Fire, gas, trapped, electrical, other: the graver one names what belongs together."""
    return GRAVITY.index(Category(category)) < GRAVITY.index(Category(than))


def _may_share(place: Place, one: Candidate) -> bool:
    """One place, one verdict, whatever the category. But who is trapped is confirmed without any fire: a single

    detector beside it must not make a confirmed fire of that, a doubtful one of nothing. And what is under control is
    no answer to something graver, which would only be noted there.
    """
    if one.state not in (State.CONFIRMED, State.CONTROLLED) or not is_graver(place.category, one.category):
        return True
    return one.state is State.CONFIRMED and one.category in DETECTED and place.is_sure


def _is_alive(one: Candidate, at: datetime, policy: Policy) -> bool:
    if one.state is not State.CLOSED:
        return True
    return one.closed_at is not None and at - one.closed_at <= timedelta(seconds=policy.reopen_s)


def _is_near(place: Place, one: Candidate, policy: Policy) -> bool:
    """Within so many floors of one of its own; an unknown floor in the same building is near."""
    if place.floor is None or not one.floors:
        return True
    return _distance(place, one) <= policy.near_floors


def _distance(place: Place, one: Candidate) -> int:
    if place.floor is None or not one.floors:
        return 0
    return min(abs(flights(place.floor) - flights(floor)) for floor in one.floors)
