"""The life of an incident as one pure function.

`step(now, event, policy)` answers with a Change or with a Refused, for every state and every event of the table of
verbs. Every way through it has a name (`Change.branch`); nothing here reads a clock or a row. Two things hold
throughout: no incident ends by itself, and where nobody answers it goes towards the alarm for the building.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from backend.incidents.evidence import devices_confirm, people_confirm, sighting_of, with_sighting, with_sign
from backend.incidents.moves import confirmed, noted, reopened, restarted, ring_up_to, sign_of, watch_ends
from backend.incidents.spoken import say
from backend.incidents.states import (
    UNVERIFIED,
    Change,
    Danger,
    Due,
    Event,
    EvidenceNoted,
    ExerciseEnds,
    FireHere,
    Outage,
    Policy,
    Refused,
    Said,
    SecondSuspected,
    Snapshot,
    State,
    Timer,
    Verb,
    VerifiedBy,
    timers,
)

Answer = Change | Refused


def opened(event: Danger | FireHere, policy: Policy | None = None, is_exercise: bool = False) -> Change:
    """The first thing said of a place: suspected, or confirmed by the table. A muted call rings nobody."""
    at = event.at
    start = Snapshot(opened_at=at, case_at=at, clock_at=at, evidence_at=at, is_exercise=is_exercise)
    if isinstance(event, Danger):
        return _join(replace(start, is_test=event.is_test), event, policy or Policy(), "opened_by_device", OPENING)
    return _call(replace(start, is_anonymous=event.by is None), event, "opened_by_person", OPENING)


def step(now: Snapshot, event: Event, policy: Policy | None = None) -> Answer:
    """What this event makes of this incident. Never raises; refusals carry the name of the caller's error."""
    return STEPS[type(event)](now, event, policy or Policy())


OPENING: tuple[State, ...] = (State.SUSPECTED,)


# --- devices --------------------------------------------------------------------------------------------------


def _danger(now: Snapshot, event: Danger, policy: Policy) -> Answer:
    if now.state is State.CONFIRMED:
        return _danger_while_confirmed(now, event, policy)
    if now.state is State.CONTROLLED:
        return _danger_while_controlled(now, event)
    if now.state in UNVERIFIED:
        return _join(now, event, policy, "danger_joined", ())
    if _is_long_closed(now, event.at, policy):
        return Refused("IncidentClosed")
    again = reopened(now, event.at, "danger_reopens")
    fresh = replace(again.after, is_test=event.is_test, ring=-1)
    return _join(fresh, event, policy, again.branch, again.path)


def _join(now: Snapshot, event: Danger, policy: Policy, branch: str, path: tuple[State, ...]) -> Change:
    """A danger while nobody has verified: rings 0 if nobody was rung yet, and confirms where the rules say so."""
    by_devices = devices_confirm(now.sightings, event, policy)
    seen = _with_danger(now, event)
    if by_devices:
        return confirmed(seen, event.at, VerifiedBy.DEVICE, "devices_confirm", path)
    if people_confirm(seen.signs, seen.sightings):
        return confirmed(seen, event.at, VerifiedBy.PERSON, "second_sign_confirms", path)
    if now.ring < 0 or now.is_anonymous or (now.is_test and not event.is_test):
        # What went before was nobody's limit to keep: a test, or a voice that never passes ring 1.
        seen = restarted(replace(seen, is_anonymous=False, is_test=now.is_test and event.is_test), event.at)
    if now.state is State.WATCHING:
        return watch_ends(seen, event.at, "danger_ends_watch")
    seen, rings = ring_up_to(seen, 0)
    return Change(branch, seen, path, rings)


def _with_danger(now: Snapshot, event: Danger) -> Snapshot:
    floors = now.floors if event.floor is None else now.floors | {event.floor}
    return replace(now, sightings=with_sighting(now.sightings, sighting_of(event)), floors=floors)


def _danger_while_confirmed(now: Snapshot, event: Danger, policy: Policy) -> Change:
    """Nothing new for the building, but a pending dismissal is void, and "nobody answered" may become "devices"."""
    seen = replace(_with_danger(now, event), dismissed_by=None)
    if event.is_graver:
        return _told_anew(seen, event.at)
    if now.verified_by is VerifiedBy.NOBODY and devices_confirm(now.sightings, event, policy):
        return noted(replace(seen, verified_by=VerifiedBy.DEVICE), "devices_verify")
    return noted(seen, "danger_while_confirmed")


def _told_anew(now: Snapshot, at: datetime) -> Change:
    """A graver category has other words for the same building: a new round tells them."""
    after, rings = ring_up_to(replace(restarted(now, at), round=now.round + 1, ring=-1), 2)
    return Change("graver_danger", after, (), rings)


def _danger_while_controlled(now: Snapshot, event: Danger) -> Change:
    """Elsewhere in the building: it burns again, and everybody is told again. The same floors go on smouldering."""
    seen = _with_danger(now, event)
    is_elsewhere = event.floor is not None and event.floor not in now.floors
    if not is_elsewhere or not event.is_source_verified or event.is_test:
        return noted(seen, "danger_while_controlled")
    return confirmed(seen, event.at, VerifiedBy.DEVICE, "danger_elsewhere")


def _is_long_closed(now: Snapshot, at: datetime, policy: Policy) -> bool:
    closed_at = now.closed_at or at
    return now.state is State.CLOSED and at - closed_at > timedelta(seconds=policy.reopen_s)


# --- people who call ------------------------------------------------------------------------------------------


def _fire_here(now: Snapshot, event: FireHere, policy: Policy) -> Answer:
    if now.is_open:
        return _call(now, event, "call_joined", ())
    if _is_long_closed(now, event.at, policy):
        return Refused("IncidentClosed")
    if event.is_muted:
        return noted(now, "muted_call")
    again = reopened(now, event.at, "call_reopens")
    return _call(replace(again.after, is_anonymous=event.by is None, ring=-1), event, again.branch, again.path)


def _call(now: Snapshot, event: FireHere, branch: str, path: tuple[State, ...]) -> Change:
    """A responder's call is a responder at the scene; residents count by dwelling; an unknown voice only rings."""
    seen = now if event.floor is None else replace(now, floors=now.floors | {event.floor})
    by = event.by
    if by is not None:
        seen = replace(seen, signs=with_sign(seen.signs, sign_of(by)))
    if now.state is State.CONFIRMED and by is not None and event.is_graver:
        return _told_anew(seen, event.at)
    is_witness = by is not None and by.is_responder and Verb.CONFIRM in by.may
    if now.state not in UNVERIFIED and not (is_witness and now.state is State.CONTROLLED):
        return noted(seen, branch)
    if by is not None:
        if is_witness:
            return confirmed(seen, event.at, VerifiedBy.PERSON, "responder_calls", path)
        if people_confirm(seen.signs, seen.sightings):
            return confirmed(seen, event.at, VerifiedBy.PERSON, "people_call", path)
        if now.is_anonymous:
            seen = restarted(replace(seen, is_anonymous=False), event.at)
    if event.is_muted:
        return Change("muted_call", seen, path)
    if now.state is State.WATCHING:
        return watch_ends(seen, event.at, "call_ends_watch")
    seen, rings = ring_up_to(restarted(seen, event.at) if now.ring < 0 else seen, 0)
    return Change(branch, seen, path, rings)


# --- time -----------------------------------------------------------------------------------------------------


def _due(now: Snapshot, event: Due, policy: Policy) -> Answer:
    due = timers(now, policy).get(event.timer)
    if due is None or due > event.at:
        return Refused("TimerStale")
    if event.timer is Timer.WATCH_OVER:
        return watch_ends(now, event.at, "watch_over")
    if event.timer in (Timer.UNACKNOWLEDGED, Timer.UNVERIFIED):
        return confirmed(now, event.at, VerifiedBy.NOBODY, f"{event.timer.value}_confirms")
    after, rings = ring_up_to(now, 1)
    return Change(event.timer.value, after, (), rings)


def _second_suspected(now: Snapshot, event: SecondSuspected, policy: Policy) -> Answer:
    if now.state is not State.SUSPECTED or now.is_test or now.ring != 0:
        return noted(now, "second_suspected", is_new=False)
    after, rings = ring_up_to(now, 1)
    return Change("second_suspected", after, (), rings)


def _outage(now: Snapshot, event: Outage, policy: Policy) -> Answer:
    """After an absence of ours every limit that passed meanwhile gets one minute, and ring 1 hears now."""
    if not timers(now, policy):
        return noted(now, "nothing_ran", is_new=False)
    after = replace(now, not_before=event.at + timedelta(seconds=policy.fresh_minute_s))
    if now.state is not State.SUSPECTED or now.is_test:
        return Change("fresh_minute", after)
    after, rings = ring_up_to(after, 1)
    return Change("fresh_minute", after, (), rings)


def _evidence(now: Snapshot, event: EvidenceNoted, policy: Policy) -> Answer:
    return noted(now, "evidence_noted")


def _exercise_ends(now: Snapshot, event: ExerciseEnds, policy: Policy) -> Answer:
    """An exercise is taken back along the same ways as a fire: to its verdict, and then closed."""
    if not now.is_exercise:
        return Refused("NotAnExercise")
    if now.state is State.CLOSED:
        return noted(now, "exercise_ended", is_new=False)
    path: tuple[State, ...] = (State.CLOSED,)
    if now.state in UNVERIFIED:
        path = (State.FALSE_ALARM, State.CLOSED)
    elif now.state is State.CONFIRMED:
        path = (State.CONTROLLED, State.CLOSED)
    after = replace(now, state=State.CLOSED, closed_at=event.at, watching_at=None, dismissed_by=None)
    is_told = now.state is State.FALSE_ALARM  # its end is on its way already
    return Change("exercise_ended", after, path, end=None if is_told else "over")


def _said(now: Snapshot, event: Said, policy: Policy) -> Answer:
    return say(now, event)


STEPS: dict[type, Callable[[Snapshot, Any, Policy], Answer]] = {
    Danger: _danger,
    FireHere: _fire_here,
    Said: _said,
    Due: _due,
    SecondSuspected: _second_suspected,
    Outage: _outage,
    EvidenceNoted: _evidence,
    ExerciseEnds: _exercise_ends,
}
