"""Who is on watch for a place now; stations and what they cover."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, or_, select

from backend.accounts import scopes
from backend.accounts import service as accounts
from backend.accounts.models import Grant
from backend.kernel import clock, db, scope
from backend.kernel.access import Actor
from backend.kernel.errors import NotFound
from backend.kernel.scope import within
from backend.places.models import Estate
from backend.stations.models import Duty, Shift, Station, StationCover, StationKind

ROLES = {
    Duty.CONTROL_ROOM: ("control_room",),
    Duty.STATION: ("station_member", "station_leader"),
    Duty.PROPERTY: ("property",),
}


def on_duty(duty: str, scope_path: str, at: datetime | None = None) -> list[UUID]:
    """Who is on shift for this duty at this place now; nobody on shift: everybody who holds the duty's role there.

    It fails towards telling: an empty roster, or one whose people lost their role, wakes all of them.
    """
    holders = accounts.people_with("incidents.respond", scope_path, roles=ROLES[Duty(duty)])
    on_shift = set(db.session().scalars(_shifts(duty, scope_path, at or clock.now())))
    return [person_id for person_id in holders if person_id in on_shift] or holders


def watch(scope_path: str, at: datetime | None = None) -> dict[str, Any]:
    """How many people keep watch over this place now: {people, control_room, station, property}."""
    on = {duty: on_duty(duty, scope_path, at) for duty in Duty}
    everybody = {person_id for people in on.values() for person_id in people}
    return {"people": len(everybody)} | {str(duty): len(people) for duty, people in on.items()}


def watchers(scope_path: str) -> dict[str, list[dict[str, Any]]]:
    """The people on watch by duty: {duty: [{id, name}]}."""
    on = {str(duty): on_duty(duty, scope_path) for duty in Duty}
    names = accounts.names_of(person_id for people in on.values() for person_id in people)
    return {duty: [{"id": p, "name": names.get(p, "")} for p in people] for duty, people in on.items()}


def visible_to(actor: Actor) -> Select[Station]:
    """Stations in the actor's scope, and those that answer for an estate in it."""
    paths = actor.paths("stations.see")
    above = {a for p in paths for a in scope.ancestors(p)}
    covering = (
        select(StationCover.station_id)
        .join(Estate, Estate.id == StationCover.estate_id)
        .where(or_(within(Estate.scope_path, paths), Estate.scope_path.in_(above)))
    )
    return select(Station).where(or_(within(Station.scope_path, paths), Station.id.in_(covering)))


def next_stations(scope_path: str, kind: str = StationKind.MICRO) -> list[Station]:
    """Stations of the same community that do not cover this place: whom ring 1 asks besides."""
    estate = db.session().scalar(select(Estate).where(Estate.scope_path.in_(scope.ancestors(scope_path))))
    if estate is None:
        return []
    own = select(StationCover.station_id).where(StationCover.estate_id == estate.id)
    near = select(Station).where(within(Station.scope_path, [scope.parent(estate.scope_path)]))
    return list(db.session().scalars(near.where(Station.kind == kind, Station.id.not_in(own)).order_by(Station.name)))


def next_on_duty(scope_path: str, at: datetime | None = None) -> list[UUID]:
    """Who is on shift at the next stations; nobody on shift: everybody who holds a station's role there."""
    ids = [station.id for station in next_stations(scope_path)]
    held = select(Grant.person_id).where(
        Grant.scope_kind == "station",
        Grant.scope_id.in_(ids),
        Grant.role.in_(ROLES[Duty.STATION]),
        Grant.ended_at.is_(None),
    )
    holders = list(db.session().scalars(held.distinct().order_by(Grant.person_id)))
    now = at or clock.now()
    on = select(Shift.person_id).where(
        Shift.scope_id.in_(ids), Shift.duty == Duty.STATION, Shift.starts_at <= now, Shift.ends_at > now
    )
    on_shift = set(db.session().scalars(on))
    return [person_id for person_id in holders if person_id in on_shift] or holders


def cover(station_id: UUID, estate_ids: Iterable[UUID]) -> None:
    """Set the estates a station answers for; the roles held on it follow."""
    if db.session().get(Station, station_id, with_for_update={"key_share": True}) is None:
        raise NotFound(station_id=str(station_id))
    kept = {c.estate_id: c for c in db.session().scalars(select(StationCover).filter_by(station_id=station_id))}
    wanted = set(estate_ids)
    for estate_id in wanted - set(kept):
        db.session().add(StationCover(station_id=station_id, estate_id=estate_id))
    for estate_id in set(kept) - wanted:
        db.session().delete(kept[estate_id])
    db.session().flush()
    accounts.rescope("station", station_id, covered_paths([station_id]).get(station_id, []))


def covered_paths(station_ids: Iterable[UUID]) -> dict[UUID, list[str]]:
    """The paths of the estates that each station answers for."""
    query = (
        select(StationCover.station_id, Estate.scope_path)
        .join(Estate, Estate.id == StationCover.estate_id)
        .where(StationCover.station_id.in_(list(station_ids)))
        .order_by(Estate.scope_path)
    )
    found: dict[UUID, list[str]] = {}
    for station_id, path in db.session().execute(query):
        found.setdefault(station_id, []).append(path)
    return found


def register_scope() -> None:
    """Make stations known to accounts as things a role can be held on."""
    scopes.register("station", _scopes)


def _scopes(ids: Iterable[UUID]) -> dict[UUID, scopes.Scope]:
    stations = list(db.session().scalars(select(Station).where(Station.id.in_(list(ids)))))
    paths = covered_paths(s.id for s in stations)
    return {s.id: scopes.Scope(s.name, s.name_en, tuple(paths.get(s.id, ()))) for s in stations}


def _shifts(duty: str, scope_path: str, at: datetime) -> Select[UUID]:
    above = scope.ancestors(scope_path)
    estates = select(Estate.id).where(Estate.scope_path.in_(above))
    stations = select(StationCover.station_id).where(StationCover.estate_id.in_(estates))
    units = select(Grant.scope_id).where(Grant.scope_kind == "unit", Grant.paths.overlap(above))
    here = or_(
        and_(Shift.scope_kind == "estate", Shift.scope_id.in_(estates)),
        and_(Shift.scope_kind == "station", Shift.scope_id.in_(stations)),
        and_(Shift.scope_kind == "unit", Shift.scope_id.in_(units)),
    )
    return select(Shift.person_id).where(Shift.duty == duty, Shift.starts_at <= at, Shift.ends_at > at, here)
