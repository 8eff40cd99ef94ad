"""Rings: who is told at which moment. The near ones in the same transaction, a tower by one row with a cursor.

A step is ring and round, so that an incident that is opened again tells again; who was told once in a step is not told
twice (notifications.send is idempotent by subject, step and person). Whoever was told hears the end, once.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy import func, select, update

import notifications
from backend.incidents import audience, showing
from backend.incidents.audience import Home, Telling
from backend.incidents.models import Dismissal, Incident, IncidentEntry, RingStep
from backend.incidents.states import State
from backend.kernel import clock, db, jobs, policy
from backend.places import service as places
from notifications import Recipient
from notifications import service as notices

log = structlog.get_logger(__name__)
CHUNK = 500
BELL_S = timedelta(seconds=2)  # what no bell woke by then, the sweeper does
STAFF_VERBS = ["acknowledge"]
RESIDENT_VERBS = ("safe", "help")
STAFF_ADVICE = {
    "zh": "打开守望看位置、水源和需要帮助的住户。",
    "en": "Open Shouwang for the place, the water and who needs help.",
}
NEXT_SMS = policy.declare(
    "incidents.next_sms", False, "Whether the next buildings get an SMS besides the push when they are to be ready."
)
SUBJECT = "incident"
Told = tuple[UUID, Home | None]


def tell(incident: Incident, rings: tuple[int, ...]) -> None:
    """Tell the rings that a change opened. Confirmed: the near ones now, everybody else by the cursor."""
    if not rings:
        return
    if incident.round and 0 in rings:
        _overtake(incident)
    if incident.state == State.CONFIRMED:
        _tell_confirmed(incident)
        return
    for ring in rings:
        people = audience.ring0(incident) if ring == 0 else audience.ring1(incident)
        kind = "incident.suspected" if ring == 0 else "incident.unanswered"
        send(incident, kind, step(incident, ring), people, sms="fallback" if ring == 0 else "now")
        if ring == 0:
            tell_households(incident)


def _overtake(incident: Incident) -> None:
    """A new round begins: what an earlier one still has on its way (an all-clear!) is not sent any more."""
    older = (RingStep.incident_id == incident.id, RingStep.done_at.is_(None), RingStep.round < incident.round)
    db.session().execute(update(RingStep).where(*older).values(done_at=clock.now()))
    notices.end(incident.id)


def step(incident: Incident, ring: int) -> str:
    return f"ring{ring}.{incident.round}"


def _tell_confirmed(incident: Incident) -> None:
    name = step(incident, 2)
    send(incident, "incident.confirmed", name, confirmed_staff(incident))
    if incident.building_id is None:
        return
    _queue(incident, name, "confirmed", 2)
    if not incident.is_exercise:
        _queue(incident, f"next.{incident.round}", "next", 2)


def confirmed_staff(incident: Incident) -> list[UUID]:
    """Who acts on a confirmed one: rings 0 and 1, police, inspectors. Households hear it in their floor's words."""
    lives = {person for dwelling in audience.household_dwellings(incident) for person in places.household_of(dwelling)}
    people = [*audience.ring0(incident), *audience.ring1(incident), *audience.authorities(incident)]
    return [person for person in dict.fromkeys(people) if person not in lives]


def tell_households(incident: Incident) -> int:
    """The households whose own detector reported, in the words for them; who was told already is not told again."""
    telling = Telling(incident)
    people = [telling.recipient(person, home) for person, home in telling.households(telling.own)]
    return send_all(incident, "incident.suspected", step(incident, 0), people)


def tell_spread(incident: Incident, ordinal: int | None, dwelling_id: UUID | None) -> int:
    """A confirmed one has come nearer than people were told: to a floor (`ordinal`), or into somebody's own rooms.

    They read what holds for them now, once a round; who hears of it for the first time only a moment later does too.
    """
    if incident.building is None:
        return 0
    telling = Telling(incident)
    if ordinal is not None:
        name = f"floor{ordinal}.{incident.round}"
        people = [one for one in telling.residents([incident.building]) if one[1].floor == ordinal]
    else:
        name = f"own.{incident.round}"
        people = telling.households([dwelling_id] if dwelling_id else [])
    told = [telling.recipient(person, home, RESIDENT_VERBS) for person, home in people]
    return send_all(incident, "incident.confirmed", name, told)


def tell_help(incident: Incident) -> None:
    """A responder asks for help: ring 1 hears of it, also who was told before, and of each one who asks."""
    entry = IncidentEntry
    asked = select(func.count()).where(
        entry.incident_id == incident.id, entry.verb == "ask_for_help", entry.at >= incident.clock_at
    )
    number = db.session().scalar(asked) or 1
    name = f"help{number if number > 1 else ''}.{incident.round}"
    send(incident, "incident.help", name, audience.ring1(incident), sms="now")


def tell_end(incident: Incident, end: str) -> None:
    """Stop what is still on its way, then tell everybody who was told since the last end. Waits for a running chunk."""
    now = clock.now()
    db.session().execute(
        update(RingStep).where(RingStep.incident_id == incident.id, RingStep.done_at.is_(None)).values(done_at=now)
    )
    notices.end(incident.id)
    kind = {"over": "exercise.over" if incident.is_exercise else "incident.over"}.get(end, f"incident.{end}")
    _queue(incident, f"end.{incident.round}", "exercise.cancelled" if end == "cancelled" else kind, 3)


def _queue(incident: Incident, name: str, what: str, ring: int) -> None:
    if db.session().scalar(select(RingStep.id).filter_by(incident_id=incident.id, step=name)):
        return
    row = RingStep(incident_id=incident.id, step=name, what=what, ring=ring, round=incident.round)
    row.due_at = clock.now() + BELL_S
    db.session().add(row)
    db.session().flush()
    from backend.incidents.jobs import expand

    jobs.enqueue(expand, row.id)


def send(incident: Incident, kind: str, name: str, people: list[UUID], sms: str = "fallback") -> int:
    telling = Telling(incident)
    text = {language: telling.words(None, language) for language in ("zh", "en")}
    params = _params(incident, is_full=True) | {
        "verbs": STAFF_VERBS,
        "advice": STAFF_ADVICE,
        "incident": {**telling.item, "words": text},
    }
    recipients = [Recipient(person, sms=sms) for person in people]
    return _send(incident, kind, name, recipients, params)


def _params(incident: Incident, *, is_full: bool) -> dict[str, object]:
    return {
        "place": showing.place(incident, is_full=is_full),
        "category": incident.category,
        "is_exercise": incident.is_exercise,
        "is_test": incident.is_test,
        "is_source_verified": incident.is_source_verified or incident.signal_count == 0,
    }


def send_all(incident: Incident, kind: str, name: str, people: list[Recipient]) -> int:
    params = _params(incident, is_full=False) | {"reason": _reason(incident)}
    return _send(incident, kind, name, people, params)


def _send(incident: Incident, kind: str, name: str, people: list[Recipient], params: dict[str, object]) -> int:
    return notifications.send(
        kind,
        subject=(SUBJECT, incident.id),
        step=name,
        recipients=people,
        params=params,
        scope_path=incident.scope_path,
    )


def _reason(incident: Incident) -> str:
    """Why it was held for false, in the words of the last dismissal."""
    query = select(Dismissal.reason).where(Dismissal.incident_id == incident.id)
    return db.session().scalar(query.order_by(Dismissal.at.desc()).limit(1)) or ""
