"""A tower is told by one row with a cursor, nearest floors first; and the watchman looks for who was forgotten."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import structlog
from sqlalchemy import select

from backend.incidents import audience
from backend.incidents.audience import Home, Telling
from backend.incidents.models import Incident, RingStep
from backend.incidents.rings import (
    BELL_S,
    NEXT_SMS,
    RESIDENT_VERBS,
    confirmed_staff,
    send,
    send_all,
    step,
    tell_households,
)
from backend.incidents.states import OPEN, State
from backend.kernel import clock, db, policy
from backend.places import service as places
from notifications import service as notices

log = structlog.get_logger(__name__)
CHUNK = 500
Told = tuple[UUID, Home | None]


def expand_chunk(step_id: UUID) -> bool:
    """Tell the next CHUNK people of a step, in a transaction of its own; False when nothing is left to do."""
    with db.transaction() as session:
        row = session.scalar(
            select(RingStep)
            .where(RingStep.id == step_id, RingStep.done_at.is_(None))
            .with_for_update(key_share=True, skip_locked=True)
        )
        if row is None:
            return False
        incident = session.get_one(Incident, row.incident_id)
        audience_of = AUDIENCES.get(row.what, _told_before)
        everybody = audience_of(Telling(incident), row)
        chunk = everybody[row.cursor : row.cursor + CHUNK]
        if not chunk:
            # Who moved in or out meanwhile has shifted the list: one last look finds who was passed over.
            known = notices.told_by_step(incident.id).get(row.step, set())
            chunk = [one for one in everybody if one[0] not in known][:CHUNK]
            row.done_at = None if chunk else clock.now()
        row.told += _send_chunk(incident, row, chunk)
        row.cursor += len(chunk)
        row.due_at = clock.now() + BELL_S
        return row.done_at is None


def _send_chunk(incident: Incident, row: RingStep, chunk: list[Told]) -> int:
    telling = Telling(incident)
    verbs = {"confirmed": RESIDENT_VERBS, "next": ("help",)}.get(row.what, ())
    kind = {"confirmed": "incident.confirmed", "next": "incident.next"}.get(row.what, row.what)
    people = [telling.recipient(person, home, verbs) for person, home in chunk]
    if row.what != "confirmed" and not policy.get(NEXT_SMS, incident.scope_path):
        spared = {one.person_id for one in people} if row.what == "next" else _only_ready(incident.id)
        people = [replace(one, sms="never") if one.person_id in spared else one for one in people]
    return send_all(incident, kind, row.step, people)


def _only_ready(incident_id: UUID) -> set[UUID]:
    """Who heard no more than to be ready: without an SMS of that they need none of its end."""
    ready: set[UUID] = set()
    more: set[UUID] = set()
    for name, people in notices.told_by_step(incident_id).items():
        if not name.startswith("end."):
            (ready if name.startswith("next.") else more).update(people)
    return ready - more


def _of_the_building(telling: Telling, row: RingStep) -> list[Told]:
    """Everybody of the building and of those joined to it, nearest floors first."""
    building = telling.incident.building
    return [*telling.residents([building, *telling.joined])] if building else []


def _of_the_next(telling: Telling, row: RingStep) -> list[Told]:
    """The other buildings of the estate: be ready. Who also lives in this one has heard more."""
    incident = telling.incident
    near = places.neighbours(incident.building_id) if incident.building_id else []
    told = notices.told_by_step(incident.id).get(step(incident, 2), set())
    return [one for one in telling.residents(near) if one[0] not in told]


def _told_before(telling: Telling, row: RingStep) -> list[Told]:
    """Everybody told of something since they last heard an end; in a fixed order, for the cursor.

    By person, not by round: the end of an earlier round may have been overtaken before all of them had heard it.
    """
    subject = telling.incident.id
    steps = notices.told_by_step(subject)
    cut_off = notices.cut_off(subject, [name for name in steps if name.startswith("end.")])
    told: dict[UUID, int] = {}
    ended: dict[UUID, int] = {}
    for name, people in steps.items():
        head, _, number = name.partition(".")
        if not number.isdigit() or int(number) > row.round or name == row.step:
            continue
        latest, heard = (ended, people - cut_off.get(name, set())) if head == "end" else (told, people)
        latest.update((person, int(number)) for person in heard if int(number) > latest.get(person, -1))
    return [(person, None) for person in sorted(told) if told[person] > ended.get(person, -1)]


AUDIENCES: dict[str, Callable[[Telling, RingStep], list[Told]]] = {
    "confirmed": _of_the_building,
    "next": _of_the_next,
}


def waiting_steps() -> list[UUID]:
    """Steps that no bell has woken, or whose worker died."""
    query = select(RingStep.id).where(RingStep.done_at.is_(None), RingStep.due_at <= clock.now())
    with db.transaction(read_only=True) as session:
        return list(session.scalars(query.order_by(RingStep.ring, RingStep.due_at)))


# --- the watchman ---------------------------------------------------------------------------------------------


def reconcile(incident: Incident) -> int:
    """Compare who should have been told in this round with who was; tell who was forgotten and say how many."""
    if incident.state not in OPEN or incident.ring < 0:
        return 0
    known = notices.told_by_step(incident.id)
    missing = _forgotten_of_confirmed(incident, known) if incident.state == State.CONFIRMED else 0
    if incident.state != State.CONFIRMED and incident.ring < 2:
        # A later round may begin with ring 1 alone, at the end of a watch: then ring 0 was not forgotten in it.
        has_ring0 = not incident.round or not incident.ring or step(incident, 0) in known
        missing = tell_households(incident) if has_ring0 else 0
        for ring in range(0 if has_ring0 else 1, incident.ring + 1):
            people = audience.ring0(incident) if ring == 0 else audience.ring1(incident)
            kind = "incident.suspected" if ring == 0 else "incident.unanswered"
            name = step(incident, ring)
            missing += send(incident, kind, name, [one for one in people if one not in known.get(name, ())])
    if missing:
        log.warning("people who should have been told were not", incident=str(incident.id), people=missing)
    return missing


def _forgotten_of_confirmed(incident: Incident, known: dict[str, set[UUID]]) -> int:
    name, telling = step(incident, 2), Telling(incident)
    staff = [one for one in confirmed_staff(incident) if one not in known.get(name, ())]
    missing = send(incident, "incident.confirmed", name, staff)
    done = select(RingStep).where(
        RingStep.incident_id == incident.id,
        RingStep.round == incident.round,
        RingStep.ring == 2,
        RingStep.done_at.is_not(None),
    )
    for row in db.session().scalars(done):
        told = known.get(row.step, set())
        missing += _send_chunk(incident, row, [one for one in AUDIENCES[row.what](telling, row) if one[0] not in told])
    return missing
