"""Calls, tests, absences and exercises in the table of verbs."""

from __future__ import annotations

from backend.incidents.states import (
    Due,
    EvidenceNoted,
    ExerciseEnds,
    FireHere,
    Outage,
    Policy,
    SecondSuspected,
    State,
    Timer,
    Verb,
    VerifiedBy,
    timers,
)
from backend.incidents.transitions import opened
from tests.incidents.saying import GUARD, NEIGHBOUR, STATION, at, danger, refusal, run, said


def test_an_unknown_voice_never_passes_ring_1() -> None:
    call = opened(FireHere(at(0)))
    assert call.rings == (0,)
    assert set(timers(call.after, Policy())) == {Timer.RING1_UNACKNOWLEDGED, Timer.RING1_NOBODY_THERE}
    rung = run(Due(at(60), Timer.RING1_UNACKNOWLEDGED), start=call.after)
    assert timers(rung.after, Policy()) == {}
    heard = run(danger(500), start=rung.after)
    assert timers(heard.after, Policy())[Timer.UNACKNOWLEDGED] == at(620)


def test_a_muted_call_is_kept_and_rings_nobody_until_a_device_speaks() -> None:
    muted = opened(FireHere(at(0), is_muted=True))
    assert (muted.after.state, muted.rings, timers(muted.after, Policy())) == (State.SUSPECTED, (), {})
    assert run(danger(50), start=muted.after).rings == (0,)


def test_a_responder_who_calls_is_at_the_scene() -> None:
    change = opened(FireHere(at(0), GUARD))
    assert (change.after.state, change.after.verified_by) == (State.CONFIRMED, VerifiedBy.PERSON)


def test_a_responder_who_calls_sets_a_controlled_one_on_fire_again() -> None:
    controlled = run(said(Verb.CONTROL, GUARD), start=opened(danger(confirms=True)).after)
    again = run(FireHere(at(60), STATION), start=controlled.after)
    assert (again.after.state, again.after.round, again.rings) == (State.CONFIRMED, 1, (0, 1, 2))
    assert run(FireHere(at(60), NEIGHBOUR), start=controlled.after).after.state is State.CONTROLLED


def test_a_test_rings_ring_0_and_waits_for_a_person() -> None:
    marked = opened(danger(is_test=True, confirms=True))
    assert (marked.after.state, marked.rings, timers(marked.after, Policy())) == (State.SUSPECTED, (0,), {})
    real = run(danger(900, "b"), start=marked.after)
    assert not real.after.is_test
    assert timers(real.after, Policy())[Timer.UNACKNOWLEDGED] == at(1020)


def test_two_suspected_in_one_building_ring_1() -> None:
    assert run(SecondSuspected(at(5))).rings == (1,)


def test_after_an_outage_limits_get_one_fresh_minute_and_ring_1_hears() -> None:
    change = run(Outage(at(1000)))
    assert change.rings == (1,)
    assert set(timers(change.after, Policy()).values()) == {at(1060)}


def test_a_reset_is_evidence_and_decides_nothing() -> None:
    assert run(EvidenceNoted(at(9))).after == opened(danger()).after


def test_an_exercise_ends_along_the_same_ways() -> None:
    exercise = opened(danger(confirms=True), is_exercise=True)
    assert run(ExerciseEnds(at(60)), start=exercise.after).path == (State.CONTROLLED, State.CLOSED)
    assert refusal(opened(danger()), ExerciseEnds(at(60))) == "NotAnExercise"


def test_an_exercise_that_was_dismissed_has_told_its_end() -> None:
    """A second end in the same round would stop the first, half told, and not be told itself."""
    exercise = opened(danger(), is_exercise=True)
    dismissed = run(said(Verb.DISMISS, GUARD, at_scene=True), start=exercise.after)
    ended = run(ExerciseEnds(at(60)), start=dismissed.after)
    assert (ended.after.state, ended.end) == (State.CLOSED, None)


def test_who_controlled_a_fire_that_flares_up_controls_it_again() -> None:
    controlled = run(said(Verb.CONTROL, GUARD), start=opened(danger(confirms=True)).after)
    again = run(danger(60, "b", 25), start=controlled.after)
    assert again.after.state is State.CONFIRMED
    ended = run(said(Verb.CONTROL, GUARD, 90), said(Verb.CLOSE, GUARD, 95), start=again.after)
    assert (ended.branch, ended.is_new, ended.after.state) == ("closed", True, State.CLOSED)
