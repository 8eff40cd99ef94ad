"""What belongs together."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from backend.incidents.joining import Candidate, Place, choose
from backend.incidents.states import Policy, State

T0 = datetime(2026, 1, 5, 3, 0, tzinfo=UTC)
SUSPECTED = State.SUSPECTED


def one(id: str = "one", floors: tuple[int, ...] = (18,), **more: Any) -> Candidate:
    given: dict[str, Any] = {
        "category": "fire", "state": SUSPECTED, "estate": "e", "building": "b", "sources": frozenset({"t"}),
        "is_exercise": False, "opened_at": T0,
    }  # fmt: skip
    return Candidate(id, floors=frozenset(floors), **(given | more))


def danger(floor: int | None = 18, **more: Any) -> Place:
    return Place(**({"category": "fire", "estate": "e", "building": "b", "floor": floor, "source": "t"} | more))


def chosen(place: Place, *candidates: Candidate, after_s: float = 0) -> str | None:
    found = choose(place, candidates, T0 + timedelta(seconds=after_s), Policy())
    return found.id if found else None


@pytest.mark.parametrize(
    ("floor", "joins"), [(18, True), (16, True), (20, True), (15, False), (21, False), (7, False), (None, True)]
)
def test_within_two_floors_of_a_suspected_one(floor: int | None, joins: bool) -> None:
    assert (chosen(danger(floor), one()) == "one") is joins


def test_there_is_no_floor_0() -> None:
    assert chosen(danger(2), one(floors=(-1,))) == "one"
    assert chosen(danger(3), one(floors=(-1,))) is None


def test_any_confirmed_one_of_the_building_but_the_near_one_first() -> None:
    burning = one("burning", state=State.CONFIRMED)
    assert chosen(danger(3), burning) == "burning"
    assert chosen(danger(8), burning, one("toaster", (7,))) == "toaster"


def test_the_nearest_then_the_newest() -> None:
    later = T0 + timedelta(seconds=9)
    assert chosen(danger(10), one("near", (11,)), one("far", (8,), opened_at=later)) == "near"
    assert chosen(danger(10), one("old", (9,)), one("new", (11,), opened_at=later)) == "new"


def test_another_building_is_another_thing_even_when_joined() -> None:
    assert chosen(danger(building="garage"), one(state=State.CONFIRMED)) is None


def test_never_across_an_exercise() -> None:
    assert chosen(danger(), one(is_exercise=True)) is None
    assert chosen(danger(is_exercise=True), one()) is None


def test_one_place_has_one_verdict_whatever_the_category() -> None:
    assert chosen(danger(category="gas"), one(category="electrical")) == "one"
    assert chosen(danger(3, category="gas"), one(state=State.CONFIRMED)) == "one"


def test_a_single_detector_makes_no_confirmed_fire_of_something_lesser() -> None:
    assert chosen(danger(3), one(category="gas", state=State.CONFIRMED)) is None
    assert chosen(danger(), one(category="trapped", state=State.CONFIRMED)) is None
    assert chosen(danger(), one(category="trapped")) == "one"


def test_without_a_building_it_belongs_to_the_same_source_or_to_the_estate() -> None:
    nowhere = danger(None, building=None)
    assert chosen(nowhere, one()) == "one"
    assert chosen(nowhere, one(sources=frozenset({"other"}))) is None
    assert chosen(nowhere, one(building=None, floors=(), sources=frozenset({"other"}))) == "one"


def test_a_place_that_becomes_known_joins_what_the_same_source_opened() -> None:
    unplaced = one(building=None, floors=())
    assert chosen(danger(5), unplaced) == "one"
    assert chosen(danger(5, source="other"), unplaced) is None
    assert chosen(danger(5), unplaced, one("placed", (5,))) == "placed"


def test_a_dismissed_one_opens_again_any_time_and_a_closed_one_within_ten_minutes() -> None:
    assert chosen(danger(), one(state=State.FALSE_ALARM), after_s=1e6) == "one"
    assert chosen(danger(9), one(state=State.FALSE_ALARM)) is None
    closed = one(state=State.CLOSED, closed_at=T0)
    assert chosen(danger(), closed, after_s=600) == "one"
    assert chosen(danger(), closed, after_s=601) is None
    assert chosen(danger(), closed, one("open"), after_s=5) == "open"


def test_a_doubtful_signal_does_not_vanish_in_a_controlled_fire_elsewhere() -> None:
    controlled = one(state=State.CONTROLLED)
    assert chosen(danger(3), controlled) == "one"
    assert chosen(danger(3, is_sure=False), controlled) is None


def test_a_graver_thing_beside_a_controlled_one_is_a_suspicion_of_its_own() -> None:
    """It would only be noted there, and nobody rung."""
    gas = one(category="gas", state=State.CONTROLLED)
    assert chosen(danger(), gas) is None
    assert chosen(danger(category="gas"), gas) == "one"


def test_a_doubtful_signal_makes_no_fire_of_something_lesser_that_is_confirmed() -> None:
    """A forged frame would ring the tower with the words of a fire."""
    electrical = one(category="electrical", state=State.CONFIRMED)
    assert chosen(danger(), electrical) == "one"
    assert chosen(danger(is_sure=False), electrical) is None
    assert chosen(danger(category="electrical", is_sure=False), electrical) == "one"


def test_a_call_is_not_lost_in_a_controlled_fire_unless_it_is_beside_it() -> None:
    """A neighbour's word cannot set it on fire again, so it must not only be noted."""
    controlled = one(state=State.CONTROLLED)
    assert chosen(danger(3, source=None), controlled) is None
    assert chosen(danger(None, source=None), controlled) is None
    assert chosen(danger(17, source=None), controlled) == "one"
    assert chosen(danger(3, source=None), one(state=State.CONFIRMED)) == "one"
