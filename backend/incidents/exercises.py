"""Exercises: the same path, run on purpose and marked everywhere. A real danger calls them off: 演练中止, 真警."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from backend.incidents import intake, records, showing
from backend.incidents.errors import ExerciseRunning, refuse
from backend.incidents.limits import limits_at
from backend.incidents.models import Incident
from backend.incidents.service import seen
from backend.incidents.settling import settle
from backend.incidents.states import OPEN, Change, Danger, ExerciseEnds, Refused
from backend.incidents.transitions import opened, step
from backend.kernel import access, audit, clock, db
from backend.kernel.access import Actor
from backend.places import service as places
from backend.places.models import Floor


def start(actor: Actor, building_id: UUID, floor_id: UUID | None = None) -> Incident:
    """Open an exercise in a building without one and without an incident; ring 0 hears of it, marked."""
    building = places.seen_building(actor, building_id)
    access.need("exercises.run", building.scope_path)
    estate = intake.estate_of(building)
    intake.lock(estate.scope_path if estate else building.scope_path)
    busy = select(Incident.id).where(Incident.building_id == building.id, Incident.state.in_(OPEN)).limit(1)
    if db.session().scalar(busy):
        raise ExerciseRunning(building_id=str(building.id))
    at, policy = clock.now(), limits_at(building.scope_path)
    floor = db.session().get(Floor, floor_id) if floor_id else None
    ordinal = floor.ordinal if floor and floor.building_id == building.id else None
    incident = intake.draft("fire", estate, building, building.scope_path, at, is_exercise=True)
    incident.is_source_verified = True
    records.add_floor(incident, floor.id if floor and ordinal else None, ordinal)
    change = opened(Danger(at, "exercise", ordinal, is_registered=False), policy, is_exercise=True)
    settle(incident, change, policy, at, "exercise", actor)
    audit.record("exercises.start", "incident", incident.id, building.scope_path)
    return incident


def end(actor: Actor, incident_id: UUID) -> Incident:
    """The exercise is over; everybody who was told is told. Ending it twice is answered again."""
    incident = seen(actor, incident_id, lock=True)
    access.need("exercises.run", incident.scope_path)
    at, policy = clock.now(), limits_at(incident.scope_path)
    change = step(records.snapshot(incident), ExerciseEnds(at), policy)
    if isinstance(change, Refused):
        raise refuse(change.reason, **showing.state_of(incident))
    if change.is_new:
        settle(incident, change, policy, at, "exercise_end", actor)
    return incident


def call_off(exercise: Incident, real: Incident, at: datetime) -> None:
    """A real one stands open where it runs."""
    policy = limits_at(exercise.scope_path)
    change = step(records.snapshot(exercise), ExerciseEnds(at), policy)
    if isinstance(change, Change) and change.is_new:
        called_off = replace(change, branch="exercise_called_off", end=change.end and "cancelled")
        settle(exercise, called_off, policy, at, "exercise_end", real_id=str(real.id))
