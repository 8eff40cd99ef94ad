"""The incidents that a danger may belong to: of its building and its estate, alive or closed a moment ago."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, or_, select

from backend.incidents.joining import Candidate, Place
from backend.incidents.models import Incident, IncidentEvidence
from backend.incidents.states import OPEN, Policy, State
from backend.kernel import db

MOST = 200  # of one estate, what is open first, then the newest


def candidates(place: Place, at: datetime, policy: Policy) -> Iterable[Candidate]:
    """The incidents of this estate (or building) that are alive, or were closed a moment ago."""
    here = [Incident.building_id == UUID(place.building)] if place.building else []
    here += [Incident.estate_id == UUID(place.estate)] if place.estate else []
    alive = or_(Incident.state != State.CLOSED, Incident.closed_at >= at - timedelta(seconds=policy.reopen_s))
    order = (Incident.state.in_(OPEN).desc(), Incident.id.desc())
    query = select(Incident).where(or_(*here), alive).order_by(*order).limit(MOST)
    rows = list(db.session().scalars(query.execution_options(populate_existing=True)))
    sources = _sources(row.id for row in rows)
    return [_candidate(row, sources.get(row.id, frozenset())) for row in rows]


def _candidate(row: Incident, sources: frozenset[str]) -> Candidate:
    return Candidate(
        id=str(row.id),
        category=row.category,
        state=State(row.state),
        estate=str(row.estate_id) if row.estate_id else None,
        building=str(row.building_id) if row.building_id else None,
        floors=frozenset(floor.ordinal for floor in row.floors),
        sources=sources,
        is_exercise=row.is_exercise,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
    )


def _sources(ids: Iterable[UUID]) -> dict[UUID, frozenset[str]]:
    table = IncidentEvidence
    query = select(table.incident_id, func.array_agg(table.transmitter_id.distinct())).where(
        table.incident_id.in_(list(ids)), table.transmitter_id.is_not(None)
    )
    rows = db.session().execute(query.group_by(table.incident_id))
    return {incident: frozenset(str(source) for source in sources) for incident, sources in rows}
