"""What people say of an incident, verb by verb. Saying the same again is answered with the same again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from backend.incidents.evidence import people_confirm, with_sign
from backend.incidents.moves import confirmed, dismissed, noted, reopened, sign_of
from backend.incidents.states import UNVERIFIED, Change, Refused, Said, Snapshot, State, Verb, VerifiedBy

Answer = Change | Refused


def say(now: Snapshot, event: Said) -> Answer:
    """One verb of one person: refused where the person may not, or where the state does not know the verb."""
    if event.verb not in event.by.may:
        return Refused("NotAllowed")
    if _is_done(now, event):
        return noted(now, "already_done", is_new=False)
    answer = SPOKEN[event.verb](now, event)
    if isinstance(answer, Refused):
        return answer
    done = answer.after.done | {(key(event), event.by.person_id)}
    return replace(answer, after=replace(answer.after, done=done))


def key(event: Said) -> str:
    """The verb with what makes it another one: "mine" is not "real", and "at the scene" is not "from afar"."""
    if event.verb is Verb.ANSWER:
        return f"answer:{event.answer}"
    if event.verb is Verb.DISMISS:
        return "dismiss:at_scene" if event.at_scene else "dismiss:afar"
    return event.verb.value


def _is_done(now: Snapshot, event: Said) -> bool:
    person = event.by.person_id
    if (key(event), person) not in now.done:
        return False
    if event.verb is Verb.DISMISS:
        return now.state not in (State.SUSPECTED, State.CONFIRMED) or now.dismissed_by == person
    if event.verb is Verb.CONFIRM and now.state in (*UNVERIFIED, State.FALSE_ALARM):
        has_signed = any(sign.person_id == person for sign in now.signs)  # since the last verdict
        return has_signed and not (event.by.is_responder and person in now.there)
    return event.verb is not Verb.REOPEN or now.is_open


def _wrong(now: Snapshot) -> Refused:
    names = {State.CLOSED: "IncidentClosed", State.FALSE_ALARM: "IncidentDismissed"}
    return Refused(names.get(now.state, "WrongState"))


def _acknowledge(now: Snapshot, event: Said) -> Answer:
    if not now.is_open:
        return _wrong(now)
    return Change("acknowledged", replace(now, acknowledged_at=now.acknowledged_at or event.at))


def _arrive(now: Snapshot, event: Said) -> Answer:
    """Who is there has answered: arriving stops the first clock too."""
    if not now.is_open:
        return _wrong(now)
    return Change("arrived", _there(now, event))


def _there(now: Snapshot, event: Said) -> Snapshot:
    return replace(
        now,
        acknowledged_at=now.acknowledged_at or event.at,
        arrived_at=now.arrived_at or event.at,
        there=now.there | {event.by.person_id},
    )


def _attack(now: Snapshot, event: Said) -> Answer:
    if not now.is_open:
        return _wrong(now)
    return Change("attacked", replace(_there(now, event), attacked_at=now.attacked_at or event.at))


def _ask_for_help(now: Snapshot, event: Said) -> Answer:
    return noted(now, "asked_for_help") if now.is_open else _wrong(now)


def _answer(now: Snapshot, event: Said) -> Answer:
    """The household of the tripped detector. After the verdict its word is still kept, and moves nothing."""
    if not event.by.is_household or event.answer not in ("mine", "real"):
        return Refused("NotYourDetector")
    if not now.is_open:
        return _wrong(now)
    if event.answer == "mine":
        extends = now.state in UNVERIFIED and not now.is_extended
        return Change("answer_mine", replace(now, is_extended=True)) if extends else noted(now, "answer_noted")
    seen = replace(now, signs=with_sign(now.signs, sign_of(event.by)))
    if now.state in UNVERIFIED and people_confirm(seen.signs, seen.sightings):
        return confirmed(seen, event.at, VerifiedBy.PERSON, "answer_confirms")
    return noted(seen, "answer_real")


def _confirm(now: Snapshot, event: Said) -> Answer:
    """A responder at the scene decides alone; a resident, or a responder who is not there, is one sign."""
    by = event.by
    if not by.is_responder and by.dwelling is None:
        return Refused("NotAllowed")
    if now.state in (State.CONTROLLED, State.CLOSED):
        return _wrong(now)
    seen = replace(now, signs=with_sign(now.signs, sign_of(by)))
    is_there = by.is_responder and by.person_id in now.there
    is_enough = is_there or people_confirm(seen.signs, seen.sightings)
    if now.state is State.CONFIRMED:
        if is_enough and now.verified_by is VerifiedBy.NOBODY:
            return noted(replace(seen, verified_by=VerifiedBy.PERSON), "person_verifies")
        return noted(seen, "confirm_seconded")
    if is_enough:
        return confirmed(seen, event.at, VerifiedBy.PERSON, "responder_confirms" if is_there else "people_confirm")
    return noted(seen, "confirm_noted")


def _dismiss(now: Snapshot, event: Said) -> Answer:
    if now.state is State.CONFIRMED:
        if now.dismissed_by not in (None, event.by.person_id):
            return dismissed(now, event.at, "second_dismisses")
        return noted(replace(now, dismissed_by=event.by.person_id), "dismissal_proposed")
    if now.state not in UNVERIFIED:
        return _wrong(now)
    if event.at_scene:
        return dismissed(_there(now, event), event.at, "dismissed_at_scene")
    if not event.by.may_dismiss_afar:
        return Refused("NotAtScene")
    if now.state is not State.SUSPECTED:
        return Refused("WrongState")
    after = replace(
        now,
        state=State.WATCHING,
        watching_at=event.at,
        acknowledged_at=now.acknowledged_at or event.at,
    )
    return Change("dismissed_from_afar", after, (State.WATCHING,))


def _approve(now: Snapshot, event: Said) -> Answer:
    if now.state is not State.CONFIRMED:
        return _wrong(now)
    if now.dismissed_by is None:
        return Refused("NothingToApprove")
    if now.dismissed_by == event.by.person_id:
        return Refused("SecondPersonNeeded")
    return dismissed(now, event.at, "dismissal_approved")


def _control(now: Snapshot, event: Said) -> Answer:
    """Whoever controls a fire has seen it: "nobody answered" ends here too."""
    if now.state is not State.CONFIRMED:
        return _wrong(now)
    by = VerifiedBy.PERSON if now.verified_by is VerifiedBy.NOBODY else now.verified_by
    after = replace(now, state=State.CONTROLLED, controlled_at=event.at, verified_by=by, dismissed_by=None)
    return Change("controlled", after, (State.CONTROLLED,))


def _close(now: Snapshot, event: Said) -> Answer:
    """Only what was controlled or dismissed can be closed; who was told of a false alarm has heard its end already."""
    if now.state not in (State.CONTROLLED, State.FALSE_ALARM):
        return _wrong(now)
    end = "over" if now.state is State.CONTROLLED else None
    return Change("closed", replace(now, state=State.CLOSED, closed_at=event.at), (State.CLOSED,), end=end)


def _reopen(now: Snapshot, event: Said) -> Answer:
    if now.is_open:
        return Refused("WrongState")
    return reopened(now, event.at, "reopened_by_person")


SPOKEN: dict[Verb, Callable[[Snapshot, Said], Answer]] = {
    Verb.ACKNOWLEDGE: _acknowledge,
    Verb.ARRIVE: _arrive,
    Verb.ATTACK: _attack,
    Verb.ASK_FOR_HELP: _ask_for_help,
    Verb.CONFIRM: _confirm,
    Verb.DISMISS: _dismiss,
    Verb.APPROVE: _approve,
    Verb.ANSWER: _answer,
    Verb.CONTROL: _control,
    Verb.CLOSE: _close,
    Verb.REOPEN: _reopen,
}
