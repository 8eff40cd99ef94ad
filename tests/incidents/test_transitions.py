"""Each row of the table of verbs, with the branch it takes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from backend.incidents.states import (
    INITIAL,
    TRANSITIONS,
    By,
    Change,
    Danger,
    Due,
    Policy,
    State,
    Timer,
    Verb,
    VerifiedBy,
    timers,
)
from backend.incidents.transitions import opened, step
from tests.incidents.saying import CONTROL_ROOM, EVERY, GUARD, HOME, NEIGHBOUR, STATION, at, danger, refusal, run, said


def test_a_detector_opens_a_suspicion_and_ring_0_hears() -> None:
    change = opened(danger())
    assert (change.branch, change.after.state, change.rings) == ("opened_by_device", State.SUSPECTED, (0,))
    assert timers(change.after, Policy()) == {
        Timer.RING1_UNACKNOWLEDGED: at(60),
        Timer.RING1_NOBODY_THERE: at(90),
        Timer.UNACKNOWLEDGED: at(120),
        Timer.UNVERIFIED: at(240),
    }


def test_a_call_point_is_confirmed_at_once_and_all_rings_hear() -> None:
    change = opened(danger(confirms=True))
    assert (change.after.state, change.after.verified_by) == (State.CONFIRMED, VerifiedBy.DEVICE)
    assert change.rings == (0, 1, 2)


@pytest.mark.parametrize(
    ("second", "branch"),
    [
        (danger(299, "b", 20), "devices_confirm"),
        (danger(301, "b", 20), "danger_joined"),
        (danger(10, "b", 21), "danger_joined"),
        (danger(10, "a", 18), "danger_joined"),
        (danger(10, "b", 18, is_source_verified=False), "danger_joined"),
        (danger(10, "b", 18, is_test=True), "danger_joined"),
        (danger(10, "b", 18, is_registered=False), "danger_joined"),
        (danger(10, "b", 18, confirms=True), "devices_confirm"),
        (danger(10, "b", 18, confirms=True, is_source_verified=False), "danger_joined"),
    ],
)
def test_when_a_second_device_makes_it_a_fire(second: Danger, branch: str) -> None:
    assert run(second).branch == branch


def test_the_basement_and_the_ground_floor_are_neighbours() -> None:
    assert run(danger(5, "b", 2), start=opened(danger(floor=-1)).after).branch == "devices_confirm"
    assert run(danger(5, "b", 3), start=opened(danger(floor=-1)).after).branch == "danger_joined"


def test_an_unverified_source_never_confirms_with_a_verified_one() -> None:
    start = opened(danger(is_source_verified=False)).after
    assert run(danger(5, "b"), start=start).branch == "danger_joined"


def test_first_taps_stop_the_clocks_and_the_second_person_is_noted() -> None:
    change = run(said(Verb.ACKNOWLEDGE, GUARD, 30), said(Verb.ACKNOWLEDGE, STATION, 40), said(Verb.ARRIVE, GUARD, 80))
    assert change.after.acknowledged_at == at(30)
    assert change.after.arrived_at == at(80)
    assert Timer.UNACKNOWLEDGED not in timers(change.after, Policy())


def test_arriving_answers_and_attacking_arrives() -> None:
    after = run(said(Verb.ATTACK, GUARD, 70)).after
    assert after.acknowledged_at == after.arrived_at == after.attacked_at == at(70)


@pytest.mark.parametrize("verb", list(Verb))
def test_the_same_verb_by_the_same_person_is_answered_again(verb: Verb) -> None:
    by = HOME if verb is Verb.ANSWER else GUARD
    state = {
        Verb.APPROVE: (said(Verb.ARRIVE, STATION), said(Verb.CONFIRM, STATION), said(Verb.DISMISS, STATION)),
        Verb.CONTROL: (said(Verb.ARRIVE, STATION), said(Verb.CONFIRM, STATION)),
        Verb.CLOSE: (said(Verb.DISMISS, STATION, at_scene=True),),
        Verb.REOPEN: (said(Verb.DISMISS, STATION, at_scene=True),),
    }.get(verb, ())
    event = said(verb, by, 50, answer="real" if verb is Verb.ANSWER else None, at_scene=verb is Verb.DISMISS)
    first = run(*state, event)
    again = step(first.after, replace(event, at=at(51)))
    assert isinstance(again, Change)
    assert (again.branch, again.is_new, again.after) == ("already_done", False, first.after)


def test_a_responder_confirms_only_at_the_scene() -> None:
    assert run(said(Verb.CONFIRM, GUARD)).branch == "confirm_noted"
    there = run(said(Verb.CONFIRM, GUARD), said(Verb.ARRIVE, GUARD), said(Verb.CONFIRM, GUARD))
    assert (there.branch, there.after.verified_by) == ("responder_confirms", VerifiedBy.PERSON)


def test_two_residents_of_two_dwellings_or_one_and_a_responder() -> None:
    same = By("mother", frozenset({Verb.CONFIRM}), dwelling="1801")
    assert run(said(Verb.CONFIRM, NEIGHBOUR), said(Verb.CONFIRM, same)).branch == "confirm_noted"
    assert run(said(Verb.CONFIRM, NEIGHBOUR), said(Verb.CONFIRM, HOME)).branch == "people_confirm"
    assert run(said(Verb.CONFIRM, NEIGHBOUR), said(Verb.CONFIRM, GUARD)).branch == "people_confirm"


def test_the_household_moves_the_limit_once_and_real_needs_a_second_sign() -> None:
    mine = run(said(Verb.ANSWER, HOME, 20, answer="mine"))
    assert timers(mine.after, Policy())[Timer.UNVERIFIED] == at(300)
    real = run(said(Verb.ANSWER, HOME, 20, answer="real"))
    assert (real.branch, real.after.state) == ("answer_real", State.SUSPECTED)
    assert run(danger(400, "b", 18), start=real.after).branch == "second_sign_confirms"
    assert run(said(Verb.CONFIRM, GUARD), start=real.after).branch == "people_confirm"
    assert refusal(mine, said(Verb.ANSWER, replace(NEIGHBOUR, may=EVERY), answer="real")) == "NotYourDetector"


def test_nobody_answers_and_it_is_a_fire_for_the_building() -> None:
    unanswered = run(Due(at(60), Timer.RING1_UNACKNOWLEDGED), Due(at(120), Timer.UNACKNOWLEDGED))
    assert (unanswered.after.state, unanswered.after.verified_by) == (State.CONFIRMED, VerifiedBy.NOBODY)
    assert unanswered.rings == (2,)
    acknowledged = run(said(Verb.ACKNOWLEDGE, GUARD))
    assert refusal(acknowledged, Due(at(120), Timer.UNACKNOWLEDGED)) == "TimerStale"
    assert refusal(acknowledged, Due(at(239), Timer.UNVERIFIED)) == "TimerStale"
    assert run(Due(at(240), Timer.UNVERIFIED), start=acknowledged.after).branch == "unverified_confirms"


def test_dismissed_at_the_scene_ends_it_and_from_afar_only_watches() -> None:
    assert run(said(Verb.DISMISS, GUARD, at_scene=True)).end == "false_alarm"
    assert refusal(run(), said(Verb.DISMISS, GUARD)) == "NotAtScene"
    watched = run(said(Verb.DISMISS, CONTROL_ROOM, 30))
    assert watched.after.state is State.WATCHING
    assert refusal(watched, Due(at(329), Timer.WATCH_OVER)) == "TimerStale"
    over = run(Due(at(330), Timer.WATCH_OVER), start=watched.after)
    assert (over.after.state, over.rings) == (State.SUSPECTED, (1,))
    assert timers(over.after, Policy())[Timer.UNVERIFIED] == at(570)


def test_a_watch_that_ends_after_ring_1_was_told_tells_it_again_in_a_new_round() -> None:
    change = run(
        Due(at(60), Timer.RING1_UNACKNOWLEDGED), said(Verb.DISMISS, CONTROL_ROOM, 70), Due(at(370), Timer.WATCH_OVER)
    )
    assert (change.after.round, change.rings) == (1, (1,))


def test_a_new_signal_ends_the_watch_at_once() -> None:
    change = run(said(Verb.DISMISS, CONTROL_ROOM, 30), danger(60, "a"))
    assert (change.branch, change.after.state, change.rings) == ("danger_ends_watch", State.SUSPECTED, (1,))


def test_a_confirmed_one_is_dismissed_by_two() -> None:
    fire = opened(danger(confirms=True))
    one = run(said(Verb.DISMISS, GUARD, at_scene=True), start=fire.after)
    assert (one.branch, one.after.state) == ("dismissal_proposed", State.CONFIRMED)
    assert refusal(one, said(Verb.APPROVE, GUARD)) == "SecondPersonNeeded"
    assert run(said(Verb.APPROVE, STATION), start=one.after).after.state is State.FALSE_ALARM
    voided = run(danger(40, "c", 30), start=one.after)
    assert refusal(voided, said(Verb.APPROVE, STATION)) == "NothingToApprove"


def test_controlled_burns_again_elsewhere_and_everybody_hears_again() -> None:
    controlled = run(said(Verb.CONTROL, GUARD), start=opened(danger(confirms=True)).after)
    assert run(danger(60, "b", 18), start=controlled.after).after.state is State.CONTROLLED
    again = run(danger(60, "b", 25), start=controlled.after)
    assert (again.branch, again.after.round, again.rings) == ("danger_elsewhere", 1, (0, 1, 2))


def test_a_graver_danger_on_a_confirmed_one_tells_all_again() -> None:
    gas = opened(danger(confirms=True))
    change = run(replace(danger(30, "b"), is_graver=True), start=gas.after)
    assert (change.branch, change.after.round, change.rings) == ("graver_danger", 1, (0, 1, 2))


def test_closing_needs_control_or_a_false_alarm() -> None:
    fire = opened(danger(confirms=True))
    assert refusal(fire, said(Verb.CLOSE, GUARD)) == "WrongState"
    closed = run(said(Verb.CONTROL, GUARD), said(Verb.CLOSE, GUARD, 90), start=fire.after)
    assert (closed.after.state, closed.end) == (State.CLOSED, "over")
    assert refusal(closed, said(Verb.ACKNOWLEDGE, STATION)) == "IncidentClosed"
    assert run(danger(690, "z"), start=closed.after).rings == (0,)
    assert refusal(closed, danger(691, "z")) == "IncidentClosed"


def test_after_a_false_alarm_any_danger_opens_it_again_and_a_responder_may_confirm_it() -> None:
    dismissed = run(said(Verb.DISMISS, GUARD, at_scene=True))
    later = run(danger(90_000, "z"), start=dismissed.after)
    assert (later.branch, later.after.state, later.after.round, later.rings) == (
        "danger_reopens", State.SUSPECTED, 1, (0,),
    )  # fmt: skip
    assert later.after.acknowledged_at is None
    confirmed = run(said(Verb.CONFIRM, GUARD, 60), start=dismissed.after)
    assert (confirmed.branch, confirmed.rings) == ("responder_confirms", (0, 1, 2))
    pressed = run(danger(60, "z", confirms=True), start=dismissed.after)
    assert (pressed.path, pressed.rings) == ((State.SUSPECTED, State.CONFIRMED), (0, 1, 2))


def test_evidence_from_before_the_dismissal_does_not_count_after_it() -> None:
    dismissed = run(said(Verb.CONFIRM, NEIGHBOUR), said(Verb.DISMISS, GUARD, at_scene=True))
    assert run(said(Verb.CONFIRM, HOME), start=dismissed.after).branch == "confirm_noted"


def test_after_a_false_alarm_the_same_people_may_say_again_that_it_is_real() -> None:
    """What they said before the verdict was no answer to what they see after it."""
    verified = run(said(Verb.ARRIVE, GUARD), said(Verb.CONFIRM, GUARD))
    dismissed = run(said(Verb.DISMISS, STATION), said(Verb.APPROVE, GUARD), start=verified.after)
    assert run(said(Verb.CONFIRM, GUARD, 60), start=dismissed.after).branch == "responder_confirms"
    noted = run(said(Verb.CONFIRM, NEIGHBOUR), said(Verb.DISMISS, GUARD, at_scene=True), said(Verb.CONFIRM, NEIGHBOUR))
    assert (noted.branch, noted.is_new) == ("confirm_noted", True)
    assert not run(said(Verb.CONFIRM, NEIGHBOUR), start=noted.after).is_new
    assert run(said(Verb.CONFIRM, HOME), start=noted.after).branch == "people_confirm"


def test_who_opened_it_again_may_do_so_after_the_next_dismissal() -> None:
    twice = (said(Verb.DISMISS, STATION, at_scene=True), said(Verb.REOPEN, GUARD))
    change = run(*twice, *twice)
    assert (change.branch, change.after.state, change.after.round) == ("reopened_by_person", State.SUSPECTED, 2)


def test_the_table_covers_every_state_and_every_end_is_reachable() -> None:
    assert set(TRANSITIONS) == set(State)
    reached = set(INITIAL)
    while new := {to for state in reached for to in TRANSITIONS[state]} - reached:
        reached |= new
    assert reached == set(State)
