"""The closing report: the 1-3-5 clocks, who did what, who was told, what it was."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import exists, func, select

from backend.accounts import service as accounts
from backend.incidents import roll_call, showing, timeline
from backend.incidents.models import (
    Dismissal,
    Incident,
    IncidentEntry,
    IncidentEvidence,
    IncidentScope,
    Responder,
    RingStep,
)
from backend.incidents.service import seen
from backend.kernel import clock, db, policy
from backend.kernel.access import Actor
from backend.kernel.scope import within
from backend.kernel.text import pair
from notifications import service as notices

# A micro station answers within 1 minute, is there within 3, attacks within 5 (公消〔2015〕301号, local rules).
ANSWER_S = policy.declare("incidents.clock_answer_s", 60, "Seconds within which a micro station shall answer.")
ARRIVE_S = policy.declare("incidents.clock_arrive_s", 180, "Seconds within which a micro station shall arrive.")
ATTACK_S = policy.declare("incidents.clock_attack_s", 300, "Seconds within which a micro station shall attack.")
CLOCKS = (
    ("answer", "acknowledged_at", ANSWER_S), ("arrive", "arrived_at", ARRIVE_S), ("attack", "attacked_at", ATTACK_S),
)  # fmt: skip
STEP_NAMES = ("ring0", "ring1", "ring2", "next", "help", "end")


def report(actor: Actor, incident_id: UUID) -> dict[str, Any]:
    """Everything of one incident for the file; readable while it runs, complete when it is closed."""
    incident = seen(actor, incident_id)
    return {
        "incident": showing.item(incident),
        "place": showing.place(incident, is_full=True)["en" if actor.language == "en" else "zh"],
        "made_at": clock.now(),
        "is_final": incident.closed_at is not None,
        "seconds": _seconds(incident.opened_at, incident.closed_at or clock.now()),
        "clocks": clocks(incident, incident),
        "responders": [_responder(row, incident) for row in _responders(incident)],
        "timeline": [timeline.line(row, actor.language, is_staff=True) for row in _entries(incident)],
        "evidence": _evidence(incident, actor.language),
        "told": _told(incident),
        "dismissals": _dismissals(incident),
        "roll_call": roll_call.board(actor, incident)["totals"],
        "cause": incident.cause,
        "grade": incident.grade,
        "loss": incident.loss,
        "note": incident.note,
    }


def clocks(times: Incident | Responder, incident: Incident) -> list[dict[str, Any]]:
    """[{key, limit_s, at, seconds, is_met}]: of the incident (the first of all), or of one responder."""
    made = []
    for key, column, name in CLOCKS:
        at, limit = getattr(times, column), int(policy.get(name, incident.scope_path))
        seconds = _seconds(incident.case_at, at) if at else None
        is_met = seconds <= limit if seconds is not None else None
        made.append({"key": key, "limit_s": limit, "at": at, "seconds": seconds, "is_met": is_met})
    return made


def _seconds(start: Any, end: Any) -> int:
    return int((end - start).total_seconds())


def _responders(incident: Incident) -> list[Responder]:
    query = select(Responder).filter_by(incident_id=incident.id)
    return list(db.session().scalars(query.order_by(Responder.case_at, Responder.acknowledged_at)))


def _responder(row: Responder, incident: Incident) -> dict[str, Any]:
    return {"id": row.person_id, "name": row.name, "metres": row.metres, "clocks": clocks(row, incident)}


def _entries(incident: Incident) -> list[IncidentEntry]:
    query = select(IncidentEntry).where(IncidentEntry.incident_id == incident.id, IncidentEntry.branch != "safe")
    return list(db.session().scalars(query.order_by(IncidentEntry.at, IncidentEntry.id).limit(2000)))


def _evidence(incident: Incident, language: str) -> list[dict[str, Any]]:
    query = select(IncidentEvidence).filter_by(incident_id=incident.id).order_by(IncidentEvidence.first_at).limit(2000)
    language = "en" if language == "en" else "zh"
    return [
        {
            "id": row.id, "kind": row.kind, "at": row.first_at, "last_at": row.at, "times": row.times,
            "device_id": row.device_id, "floor_ordinal": row.floor_ordinal,
            "label": pair(row.label, row.label_en)[language],
            "evidence": row.evidence, "words": row.words.get(language, ""),
            "is_counted": row.counts, "is_source_verified": row.kind != "device" or row.is_source_verified,
        }
        for row in db.session().scalars(query)
    ]  # fmt: skip


def _told(incident: Incident) -> list[dict[str, Any]]:
    """Per step: how many were told, have it, answered; and when a tower's telling was through."""
    done = {row.step: row.done_at for row in db.session().scalars(select(RingStep).filter_by(incident_id=incident.id))}
    rows = []
    for step in sorted(notices.told_by_step(incident.id)):
        if step.partition(".")[0] in STEP_NAMES or step.startswith("help"):
            found = notices.told(incident.id, [step])
            counts = {"people": found.people, "received": found.received, "answered": found.answered}
            rows.append({"step": step, **counts, "done_at": done.get(step)})
    return rows


def _dismissals(incident: Incident) -> list[dict[str, Any]]:
    query = select(Dismissal).where(Dismissal.incident_id == incident.id)
    rows = list(db.session().scalars(query.order_by(Dismissal.at)))
    names = accounts.names_of({one for row in rows for one in (row.person_id, row.approved_by) if one})
    return [
        {
            "person": {"id": row.person_id, "name": names.get(row.person_id, "")},
            "at": row.at,
            "reason": row.reason,
            "at_scene": row.at_scene,
            "note": row.note,
            "was_confirmed": row.was_confirmed,
            "approved_by": {"id": row.approved_by, "name": names.get(row.approved_by, "")} if row.approved_by else None,
        }
        for row in rows
    ]


def rates(actor: Actor, days: int) -> list[dict[str, Any]]:
    """Each person's dismissals within the asker's scope, with their share of what the person answered at all."""
    since = clock.now() - timedelta(days=days)
    mine = exists().where(
        IncidentScope.incident_id == Incident.id, within(IncidentScope.scope_path, actor.paths("dismissals.see"))
    )
    seen_ids = select(Incident.id).where(mine, Incident.opened_at >= since, Incident.is_exercise.is_(False))
    by_person: dict[UUID, list[Dismissal]] = defaultdict(list)
    for row in db.session().scalars(select(Dismissal).where(Dismissal.incident_id.in_(seen_ids))):
        by_person[row.person_id].append(row)
    answered = (
        select(IncidentEntry.person_id, func.count(IncidentEntry.incident_id.distinct()))
        .where(IncidentEntry.incident_id.in_(seen_ids), IncidentEntry.person_id.in_(list(by_person)))
        .group_by(IncidentEntry.person_id)
    )
    totals: dict[UUID, int] = {person: total for person, total in db.session().execute(answered) if person}
    names = accounts.names_of(by_person)
    made = [_rate(person, rows, totals.get(person, 0), names) for person, rows in by_person.items()]
    return sorted(made, key=lambda one: (-one["rate"], -one["dismissed"]))


def _rate(person: UUID, rows: list[Dismissal], total: int, names: dict[UUID, str]) -> dict[str, Any]:
    dismissed = len({row.incident_id for row in rows})
    return {
        "person": {"id": person, "name": names.get(person, "")},
        "dismissed": dismissed,
        "total": max(total, dismissed),
        "rate": round(dismissed / max(total, dismissed), 3),
        "last_at": max(row.at for row in rows),
        "reasons": dict(Counter(row.reason for row in rows)),
    }
