"""Places as others ask for them: what an actor sees, what is joined, who lives where. Changing them: surveying.py."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Row, Select, or_, select
from sqlalchemy.orm import selectinload

from backend.kernel import db, scope
from backend.kernel.access import Actor
from backend.kernel.errors import NotFound
from backend.kernel.geo import metres, to_gcj02
from backend.kernel.scope import within
from backend.places.models import (
    Area,
    Building,
    BuildingJoin,
    Dwelling,
    Estate,
    Floor,
    Gate,
    Hydrant,
    Need,
    Residency,
    ResidencyState,
)

T = TypeVar("T", Gate, Hydrant)
NEAR_M = 150
DEGREE_M = 111_000


def areas(actor: Actor) -> Select[Area]:
    """Areas within the actor's scope, and those above it: a street's name is no secret to who lives in it."""
    paths = actor.paths("places.see")
    above = {a for p in paths for a in scope.ancestors(p)}
    return select(Area).where(or_(within(Area.scope_path, paths), Area.scope_path.in_(above)))


def estates(actor: Actor) -> Select[Estate]:
    """Estates within the actor's scope, and the one around a building that the actor sees."""
    paths = actor.paths("places.see")
    above = {a for p in paths for a in scope.ancestors(p)}
    return select(Estate).where(or_(within(Estate.scope_path, paths), Estate.scope_path.in_(above)))


def buildings() -> Select[Building]:
    """All buildings, with their estate; who asks has settled who may see them."""
    return select(Building).options(selectinload(Building.estate))


def visible_to(actor: Actor) -> Select[Building]:
    """Buildings the actor sees, with their estate."""
    return buildings().where(within(Building.scope_path, actor.paths("places.see")))


def seen_building(actor: Actor, building_id: UUID) -> Building:
    """The building, or the same NotFound for one that is none and one that is not the actor's to see."""
    found = db.session().scalar(visible_to(actor).where(Building.id == building_id))
    if found is None:
        raise NotFound(building_id=str(building_id))
    return found


def on_estate(estate_id: UUID) -> list[Building]:
    """The buildings of one estate."""
    return list(db.session().scalars(buildings().where(Building.estate_id == estate_id).order_by(Building.id)))


def joined(building_id: UUID) -> list[Building]:
    """Buildings that share air, stairs or structure with this one: the podium, the garage, the towers above it."""
    joins = db.session().execute(
        select(BuildingJoin.a_id, BuildingJoin.b_id).where(
            or_(BuildingJoin.a_id == building_id, BuildingJoin.b_id == building_id)
        )
    )
    others = {other for pair in joins for other in pair if other != building_id}
    query = select(Building).where(Building.id.in_(others)).order_by(Building.name)
    return list(db.session().scalars(query))


def neighbours(building_id: UUID) -> list[Building]:
    """The other buildings of the same estate that are not joined to this one: they are told to be ready."""
    building = db.session().get(Building, building_id)
    if building is None or building.estate_id is None:
        return []
    tied = {b.id for b in joined(building_id)} | {building_id}
    query = select(Building).where(Building.estate_id == building.estate_id, Building.id.not_in(tied))
    return list(db.session().scalars(query.order_by(Building.name)))


def nearest(lat: float, lon: float, within_m: float = NEAR_M) -> Building | None:
    """The building nearest to a position (WGS 84) and at most `within_m` metres away."""
    reach = within_m / DEGREE_M
    box = select(Building).where(
        Building.lat.between(lat - reach, lat + reach),
        Building.lon.between(lon - 3 * reach, lon + 3 * reach),  # wide enough up to 70° of latitude
    )
    near = [(metres(lat, lon, b.lat, b.lon), b.id, b) for b in db.session().scalars(box)]
    best = min(near, default=None)
    return best[2] if best and best[0] <= within_m else None


def residents_of(building_ids: Collection[UUID]) -> Sequence[Row[UUID, UUID, UUID, int]]:
    """(person_id, dwelling_id, building_id, floor_ordinal) of everybody admitted to these buildings."""
    query = (
        select(Residency.person_id, Dwelling.id, Dwelling.building_id, Floor.ordinal)
        .join(Dwelling, Dwelling.id == Residency.dwelling_id)
        .join(Floor, Floor.id == Dwelling.floor_id)
        .where(Dwelling.building_id.in_(building_ids), Residency.state == ResidencyState.ADMITTED)
        .order_by(Dwelling.building_id, Floor.ordinal, Dwelling.number, Residency.person_id)
    )
    return db.session().execute(query).all()


def household_of(dwelling_id: UUID) -> list[UUID]:
    """People admitted to one dwelling."""
    query = select(Residency.person_id).where(
        Residency.dwelling_id == dwelling_id, Residency.state == ResidencyState.ADMITTED
    )
    return list(db.session().scalars(query.order_by(Residency.person_id)))


def needs_of(building_ids: Collection[UUID]) -> list[dict[str, Any]]:
    """Who needs help to leave: {dwelling_id, building_id, floor_ordinal, number, kind, label, note, people}."""
    query = (
        select(
            Need.id, Need.dwelling_id, Dwelling.building_id, Floor.ordinal.label("floor_ordinal"), Dwelling.number,
            Need.kind, Need.label, Need.note, Need.people,
        )
        .join(Dwelling, Dwelling.id == Need.dwelling_id)
        .join(Floor, Floor.id == Dwelling.floor_id)
        .where(Dwelling.building_id.in_(building_ids))
        .order_by(Floor.ordinal.desc(), Dwelling.number)
    )  # fmt: skip
    return [dict(row._mapping) for row in db.session().execute(query)]


def floors_of(*building_ids: UUID) -> list[Floor]:
    """All floors of these buildings from the lowest up."""
    query = select(Floor).where(Floor.building_id.in_(building_ids)).order_by(Floor.ordinal)
    return list(db.session().scalars(query))


def dwellings_of(building_id: UUID) -> list[Dwelling]:
    """All dwellings by floor and number."""
    query = select(Dwelling).options(selectinload(Dwelling.floor)).join(Floor, Floor.id == Dwelling.floor_id)
    query = query.where(Dwelling.building_id == building_id).order_by(Floor.ordinal, Dwelling.number)
    return list(db.session().scalars(query))


def building_card(building_id: UUID, *, with_dwellings: bool = False) -> dict[str, Any]:
    """All that the screens draw of a building; the caller has checked that the asker may see it."""
    building = db.session().scalar(buildings().where(Building.id == building_id))
    if building is None:
        raise NotFound(building_id=str(building_id))
    floors = floors_of(building_id)
    card = {
        **brief(building),
        "gcj": gcj(building.lat, building.lon),
        "floors": floors,
        "plan": building.plan,
        "joined": [{"id": b.id, "name": b.name, "name_en": b.name_en, "kind": b.kind} for b in joined(building_id)],
        "gates": [_positioned(g) for g in _outside(Gate, building)],
        "hydrants": [_positioned(h) for h in _outside(Hydrant, building)],
    }
    if with_dwellings:
        card["dwellings"] = [
            {"id": d.id, "number": d.number, "floor_id": d.floor_id} for d in dwellings_of(building_id)
        ]
    return card


def brief(building: Building) -> dict[str, Any]:
    """A building as lists show it; its estate must be loaded."""
    estate = building.estate
    return {
        "id": building.id,
        "name": building.name,
        "name_en": building.name_en,
        "kind": building.kind,
        "estate": {"id": estate.id, "name": estate.name, "name_en": estate.name_en} if estate else None,
        "lat": building.lat,
        "lon": building.lon,
    }


def gcj(lat: float, lon: float) -> dict[str, float]:
    """The position that China's map apps want (GCJ-02)."""
    shifted = to_gcj02(lat, lon)
    return {"lat": round(shifted[0], 6), "lon": round(shifted[1], 6)}


def _outside(model: type[T], building: Building) -> Iterable[T]:
    if building.estate_id is None:
        return []
    return db.session().scalars(select(model).where(model.estate_id == building.estate_id).order_by(model.id))


def _positioned(thing: Gate | Hydrant) -> dict[str, Any]:
    """A gate or hydrant with both positions and its distance left to the phone."""
    columns = {c.key: getattr(thing, c.key) for c in thing.__table__.columns}
    return columns | {"gcj": gcj(thing.lat, thing.lon)}
