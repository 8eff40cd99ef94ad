"""Settling a change: the row, its timeline, who is told, what the screens show, and what others react to."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from backend.accounts.models import Grant
from backend.incidents import audience, records, rings, showing
from backend.incidents.events import IncidentConfirmed, IncidentEnded, IncidentOpened
from backend.incidents.models import Incident, IncidentScope
from backend.incidents.states import Change, Policy, State
from backend.kernel import db, events, scope
from backend.kernel.access import Actor
from backend.places import service as places

# Whose word weighs most in a timeline, when one person holds several roles at a place.
DUTY_ORDER = (
    "control_room", "station_leader", "station_member", "property", "grid_worker", "police", "inspector",
    "dispatcher", "unit_manager", "centre_operator", "administrator", "resident",
)  # fmt: skip


def settle(
    incident: Incident,
    change: Change,
    policy: Policy,
    at: datetime,
    verb: str,
    actor: Actor | None = None,
    *,
    is_line: bool = True,
    **params: Any,
) -> None:
    """Write the change and all that follows from it, in the caller's transaction, which holds the incident's lock."""
    before = incident.state if incident.version else None
    records.write(incident, change.after, policy)
    if is_line:
        who = {"name": actor.name, "duty": duty_of(actor, incident.scope_path)} if actor else {}
        told = {"path": [str(state) for state in change.path], "rings": list(change.rings), **params}
        records.add_entry(incident, at, verb, change.branch, actor.person_id if actor else None, who, **told)
    if State.CONFIRMED in change.path:
        open_scopes(incident)
        _call_off_exercises(incident, at)
    rings.tell(incident, change.rings)
    if change.end:
        rings.tell_end(incident, change.end)
    showing.emit(incident)
    _publish(incident, change, before, at)


def _call_off_exercises(incident: Incident, at: datetime) -> None:
    from backend.incidents.intake import call_off_exercises  # which settles by this module

    call_off_exercises(incident, at)


def open_scopes(incident: Incident) -> None:
    """Who may see it: its own place at once; when confirmed, the joined buildings and the next, who are told too."""
    wanted = dict.fromkeys([incident.scope_path, *audience.nearby(incident)], "own")
    if incident.building_id and incident.state == State.CONFIRMED:
        for kind, buildings in (
            ("joined", places.joined(incident.building_id)),
            ("next", [] if incident.is_exercise else places.neighbours(incident.building_id)),
        ):
            for building in buildings:
                wanted.setdefault(building.scope_path, kind)
    have = {row.scope_path for row in incident.scopes}
    for path, kind in wanted.items():
        if path not in have:
            incident.scopes.append(IncidentScope(incident_id=incident.id, scope_path=path, kind=kind))
    db.session().flush()


def duty_of(actor: Actor, path: str) -> str:
    """As what somebody acts here: one role, the weightiest."""
    above = scope.ancestors(path)
    query = select(Grant.role).where(
        Grant.person_id == actor.person_id,
        Grant.ended_at.is_(None),
        Grant.paths.overlap(above) | Grant.building_paths.overlap(above),
    )
    roles = set(db.session().scalars(query))
    return next((role for role in DUTY_ORDER if role in roles), "")


def _publish(incident: Incident, change: Change, before: str | None, at: datetime) -> None:
    if State.SUSPECTED in change.path and before not in (State.SUSPECTED, State.WATCHING):
        events.publish(
            IncidentOpened(
                incident.id, at, incident.scope_path, incident.building_id, incident.is_exercise, before is not None
            )
        )
    if State.CONFIRMED in change.path and incident.verified_by:
        events.publish(
            IncidentConfirmed(incident.id, at, incident.verified_by, incident.scope_path, incident.is_exercise)
        )
    if change.end:
        events.publish(IncidentEnded(incident.id, at, change.end, incident.scope_path, incident.is_exercise))
