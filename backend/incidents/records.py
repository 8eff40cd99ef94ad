"""Between rows and the Snapshot: what is known of an incident is read from its rows, and a change is written back."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from backend.incidents.models import (
    Incident,
    IncidentEntry,
    IncidentEvidence,
    IncidentFloor,
    IncidentTimer,
    Responder,
)
from backend.incidents.states import Policy, Sighting, Sign, Snapshot, State, VerifiedBy, timers
from backend.kernel import db
from backend.places.models import Floor

DERIVED = ("sightings", "floors", "signs", "there", "done")
COLUMNS = [field.name for field in fields(Snapshot) if field.name not in DERIVED]
NEWEST = 100  # people's words, then points that can still decide: a storm of thousands is counted, not compared


def snapshot(incident: Incident) -> Snapshot:
    """What is known now; the caller holds the row's lock."""
    plain = {name: getattr(incident, name) for name in COLUMNS}
    plain["state"] = State(incident.state)
    plain["verified_by"] = VerifiedBy(incident.verified_by) if incident.verified_by else None
    plain["dismissed_by"] = str(incident.dismissed_by) if incident.dismissed_by else None
    evidence = _evidence(incident)
    return Snapshot(
        **plain,
        sightings=tuple(_sighting(row) for row in evidence if row.kind == "device"),
        floors=frozenset(floor.ordinal for floor in incident.floors),
        signs=tuple(_sign(row) for row in evidence if row.kind in ("resident", "responder")),
        there=_there(incident),
        done=_done(incident),
    )


def _evidence(incident: Incident) -> list[IncidentEvidence]:
    query = (
        select(IncidentEvidence)
        .where(IncidentEvidence.incident_id == incident.id, IncidentEvidence.at >= incident.evidence_at)
        .order_by(IncidentEvidence.kind == "device", IncidentEvidence.at.desc())
        .limit(NEWEST)
    )
    return list(db.session().scalars(query))


def _sighting(row: IncidentEvidence) -> Sighting:
    return Sighting(row.point, row.at, row.floor_ordinal, row.counts)


def _sign(row: IncidentEvidence) -> Sign:
    dwelling = str(row.dwelling_id) if row.dwelling_id else None
    return Sign(str(row.person_id), dwelling, row.kind == "responder", row.is_household)


def _there(incident: Incident) -> frozenset[str]:
    query = select(Responder.person_id).where(
        Responder.incident_id == incident.id,
        Responder.case_at == incident.case_at,
        Responder.arrived_at.is_not(None),
    )
    return frozenset(str(person) for person in db.session().scalars(query))


def _done(incident: Incident) -> frozenset[tuple[str, str]]:
    query = select(IncidentEntry.verb, IncidentEntry.person_id, IncidentEntry.params["key"].as_string()).where(
        IncidentEntry.incident_id == incident.id,
        IncidentEntry.at >= incident.clock_at,
        IncidentEntry.person_id.is_not(None),
    )
    return frozenset((key or verb, str(person)) for verb, person, key in db.session().execute(query))


def moment(incident: Incident, received_at: datetime) -> datetime:
    """When an event takes its place in this incident: its receipt, but after everything that is already written.

    A frame that waited for the lock while somebody dismissed the incident comes after the dismissal, not before it.
    """
    newest = db.session().scalar(select(func.max(IncidentEntry.at)).where(IncidentEntry.incident_id == incident.id))
    return max(received_at, newest + timedelta(microseconds=1)) if newest else received_at


def write(incident: Incident, after: Snapshot, policy: Policy) -> None:
    """Put the new state into the row, its version one up, and let its limits follow."""
    for name in COLUMNS:
        setattr(incident, name, getattr(after, name))
    incident.state, incident.verified_by = str(after.state), str(after.verified_by) if after.verified_by else None
    incident.dismissed_by = UUID(after.dismissed_by) if after.dismissed_by else None
    incident.version += 1
    db.session().flush()
    follow(incident.id, after, policy)


def follow(incident_id: UUID, after: Snapshot, policy: Policy) -> None:
    """Let the timer rows say what runs in this state under this policy, no more and no less."""
    due = timers(after, policy)
    running = {row.kind: row for row in db.session().scalars(select(IncidentTimer).filter_by(incident_id=incident_id))}
    for kind, row in running.items():
        if kind not in due and row.done_at is None:
            row.done_at = max(after.clock_at, row.due_at)
    for kind, at in due.items():
        found = running.get(kind)
        if found is None:
            db.session().add(IncidentTimer(incident_id=incident_id, kind=kind, due_at=at))
        elif found.due_at != at or found.done_at is not None:
            found.due_at, found.done_at = at, None


def add_floor(incident: Incident, floor_id: UUID | None, ordinal: int | None) -> None:
    """A floor that reported; once."""
    if ordinal is None or any(floor.ordinal == ordinal for floor in incident.floors):
        return
    found = db.session().get(Floor, floor_id) if floor_id else None
    if found is None and incident.building_id:
        found = db.session().scalar(select(Floor).filter_by(building_id=incident.building_id, ordinal=ordinal))
    label = found.label if found else str(ordinal)
    row = IncidentFloor(incident_id=incident.id, ordinal=ordinal, floor_id=found.id if found else None, label=label)
    incident.floors.append(row)


def add_evidence(incident: Incident, point: str, at: datetime, **values: Any) -> bool:
    """Keep one thing that speaks for it; a point that repeats itself moves its last moment. True when it is new."""
    found = db.session().scalar(
        select(IncidentEvidence).filter_by(incident_id=incident.id, round=incident.round, point=point)
    )
    if found is None:
        row = IncidentEvidence(incident_id=incident.id, round=incident.round, point=point, at=at, first_at=at, **values)
        db.session().add(row)
        return True
    found.at, found.times = max(found.at, at), found.times + 1
    found.counts = found.counts or bool(values.get("counts"))
    return False


def add_entry(
    incident: Incident,
    at: datetime,
    verb: str,
    branch: str,
    person_id: UUID | None = None,
    actor: dict[str, Any] | None = None,
    **params: Any,
) -> None:
    """One more line of the timeline."""
    row = IncidentEntry(incident_id=incident.id, at=at, verb=verb, branch=branch, person_id=person_id)
    row.actor, row.params = actor or {}, params
    db.session().add(row)
