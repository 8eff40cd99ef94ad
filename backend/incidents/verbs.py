"""What people say and do about an incident: one verb, under the row's lock, by the table of transitions."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from backend.incidents import audience, records, rings, showing
from backend.incidents.calls import add_word
from backend.incidents.errors import refuse
from backend.incidents.limits import limits_at
from backend.incidents.models import Dismissal, Incident, Responder
from backend.incidents.people import by_of
from backend.incidents.service import seen
from backend.incidents.settling import settle
from backend.incidents.spoken import key
from backend.incidents.states import Change, Refused, Said, Snapshot, State, Verb
from backend.incidents.transitions import step
from backend.kernel import clock, db
from backend.kernel.access import Actor
from backend.kernel.errors import NotAllowed
from backend.kernel.geo import metres
from backend.monitoring import service as monitoring
from notifications import service as notices

STAMPS = {Verb.ACKNOWLEDGE: "acknowledged_at", Verb.ARRIVE: "arrived_at", Verb.ATTACK: "attacked_at"}


def say(actor: Actor, incident_id: UUID, verb: Verb, **body: Any) -> Incident:
    """Do `verb`; the incident as it is after it. The same verb by the same person is answered again.

    Raises NotFound for what is not in the actor's scope, NotAllowed, and conflicts with the current state.
    """
    incident = seen(actor, incident_id, lock=True)
    policy = limits_at(incident.scope_path)
    speaker = by_of(actor, incident, audience.household_dwellings(incident))
    at_scene = bool(body.get("at_scene"))
    if verb is Verb.DISMISS and at_scene and not actor.may("incidents.dismiss", incident.scope_path):
        raise NotAllowed()
    event = Said(records.moment(incident, clock.now()), verb, speaker, at_scene, body.get("answer"))
    before = records.snapshot(incident)
    answer = step(before, event, policy)
    if isinstance(answer, Refused):
        raise refuse(answer.reason, **showing.state_of(incident))
    if not answer.is_new:
        return incident
    _keep(actor, incident, before, answer, event, body)
    given = {name: value for name, value in body.items() if value is not None}
    settle(incident, answer, policy, event.at, verb.value, actor, key=key(event), **given)
    if verb is Verb.ASK_FOR_HELP:
        rings.tell_help(incident)
    notices.mark_answered(incident.id, actor.person_id)
    return incident


def _keep(
    actor: Actor, incident: Incident, before: Snapshot, answer: Change, event: Said, body: dict[str, Any]
) -> None:
    """What a verb leaves beside the state: clocks of the person, words, dismissals, the cause."""
    incident.round = answer.after.round
    verb, at = event.verb, event.at
    if verb in STAMPS or (verb is Verb.DISMISS and event.at_scene):
        _stamp(actor, incident, STAMPS.get(verb, "arrived_at"), at, body)
    if verb is Verb.CONFIRM or (verb is Verb.ANSWER and event.answer == "real"):
        add_word(incident, event.by, at, "confirm" if verb is Verb.CONFIRM else "real")
    if verb is Verb.DISMISS:
        _keep_dismissal(actor, incident, before, at, body)
    if State.FALSE_ALARM in answer.path and before.state is State.CONFIRMED:
        _approve(actor, incident, before, at)
    if verb is Verb.CLOSE:
        for name in ("cause", "grade", "loss", "note"):
            if body.get(name) is not None:
                setattr(incident, name, body[name])


def _stamp(actor: Actor, incident: Incident, column: str, at: datetime, body: dict[str, Any]) -> None:
    """The person's own clocks; arriving answers, attacking arrives."""
    ident = (incident.id, incident.case_at, actor.person_id)
    row = db.session().get(Responder, ident)
    if row is None:
        row = Responder(incident_id=ident[0], case_at=ident[1], person_id=ident[2], name=actor.name)
        db.session().add(row)
    for name in ("acknowledged_at", "arrived_at", "attacked_at"):
        if getattr(row, name) is None:
            setattr(row, name, at)
        if name == column:
            break
    lat, lon, building = body.get("lat"), body.get("lon"), incident.building
    if lat is not None and lon is not None and building is not None:
        row.metres = round(metres(lat, lon, building.lat, building.lon))


def _keep_dismissal(actor: Actor, incident: Incident, before: Snapshot, at: datetime, body: dict[str, Any]) -> None:
    if before.state is State.CONFIRMED and before.dismissed_by not in (None, str(actor.person_id)):
        return  # the second of two: written as the approval of the first
    row = Dismissal(incident_id=incident.id, person_id=actor.person_id, at=at, reason=body.get("reason") or "unknown")
    row.at_scene, row.note = bool(body.get("at_scene")), body.get("note")
    row.was_confirmed = before.state is State.CONFIRMED
    db.session().add(row)


def _approve(actor: Actor, incident: Incident, before: Snapshot, at: datetime) -> None:
    query = select(Dismissal).where(Dismissal.incident_id == incident.id, Dismissal.approved_at.is_(None))
    row = db.session().scalars(query.order_by(Dismissal.at.desc()).limit(1)).first()
    if row is not None and row.person_id != actor.person_id:
        row.approved_by, row.approved_at = actor.person_id, at


def silence(actor: Actor, incident_id: UUID, device_id: UUID, minutes: int) -> Incident:
    """Keep one device quiet for a while; it changes no state, and its end is part of it."""
    incident = seen(actor, incident_id, lock=True)
    monitoring.silence(actor, device_id, minutes)
    change = Change("silenced", records.snapshot(incident))
    policy = limits_at(incident.scope_path)
    given: dict[str, Any] = {"device_id": str(device_id), "minutes": minutes}
    settle(incident, change, policy, clock.now(), "silence", actor, **given)
    return incident
