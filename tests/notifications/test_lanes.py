"""A push service that is slow, silent or cannot be looked up keeps its trouble to itself."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from backend.kernel import clock, egress
from notifications import lanes as lanes_module
from notifications.lanes import BROKEN_AFTER, LANE_IN_FLIGHT, Lane, Lanes, Way

ENDPOINT = "https://push.example/x"


def target(url: str) -> egress.Target:
    return egress.Target(url, "https", "push.example", 443, "203.0.113.7")


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """at[0] is what the clock of durations says."""
    time = [1000.0]
    monkeypatch.setattr(lanes_module.clock, "monotonic", lambda: time[0])
    return time


@pytest.fixture
def make() -> Iterator[Callable[[Any], Lanes]]:
    made: list[Lanes] = []

    def build(look_up: Any) -> Lanes:
        made.append(Lanes(look_up))
        return made[-1]

    yield build
    for one in made:
        one.close()


def known(make: Callable[[Any], Lanes]) -> Lane:
    lane = make(target).of(ENDPOINT)
    if lane.looking:
        lane.looking.result(5)
    lane.settle()
    return lane


def test_nothing_goes_before_its_address_is_known(make: Callable[[Any], Lanes]) -> None:
    asked = threading.Event()

    def slow(url: str) -> egress.Target:
        asked.wait(10)
        return target(url)

    lanes = make(slow)
    lane = lanes.of(ENDPOINT)
    assert lane.way() is Way.HOLD
    lane.held.append("a push")
    assert lanes.release() == []
    asked.set()
    assert lane.looking
    lane.looking.result(5)
    assert lanes.release() == ["a push"] and lane.address == "203.0.113.7"


def test_a_full_lane_holds_while_it_moves_and_gives_back_when_it_does_not(
    make: Callable[[Any], Lanes], at: list[float]
) -> None:
    lane = known(make)
    for _ in range(LANE_IN_FLIGHT):
        assert lane.way() is Way.GO
        lane.started()
    assert lane.way() is Way.HOLD
    at[0] += 1.1
    assert lane.way() is Way.LATER
    lane.answered(has_answer=True)
    assert lane.way() is Way.GO


def test_a_broken_lane_closes_for_a_moment(make: Callable[[Any], Lanes], at: list[float]) -> None:
    lane = known(make)
    for _ in range(BROKEN_AFTER):
        lane.started()
        lane.answered(has_answer=False)
    assert lane.way() is Way.LATER
    at[0] += 5.1
    assert lane.way() is Way.GO


def test_a_refused_address_is_never_called_and_asked_again_later(make: Callable[[Any], Lanes], at: list[float]) -> None:
    answers: list[Any] = [egress.EgressRefused(reason="private"), target(ENDPOINT)]

    def look_up(url: str) -> egress.Target:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer  # type: ignore[no-any-return]  # a stub

    lanes = make(look_up)
    lane = lanes.of(ENDPOINT)
    assert lane.looking
    lane.looking.exception(5)
    lane = lanes.of(ENDPOINT)
    assert lane.way() is Way.NEVER and "private" in lane.refusal
    at[0] += 31
    lane = lanes.of(ENDPOINT)
    assert lane.looking
    lane.looking.result(5)
    assert lanes.of(ENDPOINT).way() is Way.GO


def test_a_known_address_outlives_the_name_server(make: Callable[[Any], Lanes], at: list[float]) -> None:
    answers: list[Any] = [target(ENDPOINT), egress.Unresolvable(reason="no such host")]

    def look_up(url: str) -> egress.Target:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer  # type: ignore[no-any-return]  # a stub

    lanes = make(look_up)
    lane = lanes.of(ENDPOINT)
    assert lane.looking
    lane.looking.result(5)
    lanes.of(ENDPOINT)
    at[0] += 301
    lane = lanes.of(ENDPOINT)
    assert lane.looking and lane.way() is Way.GO
    lane.looking.exception(5)
    assert lanes.of(ENDPOINT).way() is Way.GO


def test_a_look_up_that_fails_unexpectedly_stops_nobody(make: Callable[[Any], Lanes]) -> None:
    def look_up(url: str) -> egress.Target:
        raise OSError("the database is away")

    lanes = make(look_up)
    lane = lanes.of(ENDPOINT)
    assert lane.looking
    lane.looking.exception(5)
    assert lanes.of(ENDPOINT).way() is Way.LATER


def test_lanes_are_per_origin() -> None:
    assert clock.monotonic() > 0
    lanes = Lanes(target)
    assert lanes.of("https://a.example/1") is lanes.of("https://a.example/2")
    assert lanes.of("https://a.example/1") is not lanes.of("https://a.example:8443/1")
    lanes.close()
