"""Incidents as others ask for them: who sees which, and what is open."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import Select, exists, select

from backend.incidents.intake import note_evidence, take_in
from backend.incidents.models import Incident, IncidentScope
from backend.incidents.states import OPEN
from backend.kernel import db
from backend.kernel.access import Actor
from backend.kernel.errors import NotFound
from backend.kernel.scope import within

__all__ = ["note_evidence", "open_in", "seen", "take_in", "visible_to"]


def visible_to(actor: Actor) -> Select[Incident]:
    """Incidents of the actor's places: own from the first second, joined and next ones once confirmed."""
    paths = actor.paths("incidents.see")
    mine = exists().where(IncidentScope.incident_id == Incident.id, within(IncidentScope.scope_path, paths))
    return select(Incident).where(mine)


def seen(actor: Actor, incident_id: UUID, *, lock: bool = False) -> Incident:
    """The incident, or the same NotFound for one that is none and one that is not the actor's to see."""
    query = visible_to(actor).where(Incident.id == incident_id)
    if lock:
        query = query.with_for_update(key_share=True, of=Incident).execution_options(populate_existing=True)
    found = db.session().scalar(query)
    if found is None:
        raise NotFound(incident_id=str(incident_id))
    return found


def open_in(building_ids: Iterable[UUID]) -> list[Incident]:
    """What is open in these buildings now, the newest first; for the home screen's state."""
    query = select(Incident).where(Incident.building_id.in_(list(building_ids)), Incident.state.in_(OPEN))
    return list(db.session().scalars(query.order_by(Incident.id.desc())))
