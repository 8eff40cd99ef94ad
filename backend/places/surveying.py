"""Drawing and redrawing places: areas, estates, buildings with their floors and dwellings. For the administrator."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import delete, exists, select

from backend.kernel import audit, db, scope
from backend.kernel.access import Actor
from backend.kernel.errors import NotFound
from backend.kernel.ids import new_id
from backend.kernel.scope import within
from backend.places.errors import CodeTaken, DwellingInUse, WrongCode
from backend.places.models import (
    CODE_LENGTH,
    Area,
    Building,
    BuildingJoin,
    Dwelling,
    Estate,
    Floor,
    Gate,
    Hydrant,
    Level,
    Residency,
)

MANAGE = "places.manage"
P = TypeVar("P", Area, Estate, Building, Dwelling)
N = TypeVar("N", Area, Estate, Building)


def create_area(actor: Actor, code: str, level: str, name: str, name_en: str = "") -> Area:
    """A node of the area tree below the area whose code begins its own. Raises WrongCode, CodeTaken."""
    if not (code.isascii() and code.isdigit()) or len(code) != CODE_LENGTH[Level(level)]:
        raise WrongCode(code=code)
    if db.session().scalar(select(Area.id).where(Area.code == code)):
        raise CodeTaken(code=code)
    above = _area_above(code)
    if above is None and level != Level.PROVINCE:
        raise WrongCode(code=code)
    path = scope.child(above.scope_path if above else scope.ROOT, code)
    _need(actor, path)
    area = Area(code=code, level=level, name=name, name_en=name_en, scope_path=path)
    area.parent_id = above.id if above else None
    return _added(area, "areas.create", path)


def create_estate(actor: Actor, area_id: UUID, **fields: Any) -> Estate:
    """An estate in an area: name, name_en, address, lat, lon (WGS 84), has_property."""
    area = _managed(actor, Area, area_id)
    estate = Estate(area_id=area_id, **fields)
    estate.id = new_id()
    estate.scope_path = scope.child(area.scope_path, estate.id)
    return _added(estate, "estates.create", estate.scope_path)


def change_estate(actor: Actor, estate_id: UUID, **fields: Any) -> Estate:
    """Change what is given of name, name_en, address, lat, lon, has_property."""
    return _changed(_managed(actor, Estate, estate_id), "estates.change", fields)


def create_building(
    actor: Actor,
    estate_id: UUID,
    *,
    floors: Iterable[dict[str, Any]] = (),
    joined: Iterable[UUID] = (),
    **fields: Any,
) -> Building:
    """A building of an estate with its floors [{ordinal, label, is_refuge, dwellings: [number]}] and what it joins."""
    estate = _managed(actor, Estate, estate_id)
    building = Building(estate_id=estate_id, area_id=estate.area_id, **fields)
    building.id = new_id()
    building.scope_path = scope.child(estate.scope_path, building.id)
    _added(building, "buildings.create", building.scope_path)
    draw_floors(building, floors)
    join(actor, building, joined)
    return building


def change_building(
    actor: Actor,
    building_id: UUID,
    *,
    floors: Iterable[dict[str, Any]] | None = None,
    joined: Iterable[UUID] | None = None,
    **fields: Any,
) -> Building:
    """Change what is given; `floors` are added or relabelled by ordinal, `joined` replaces all joins."""
    building = _managed(actor, Building, building_id)
    _changed(building, "buildings.change", fields)
    if floors is not None:
        draw_floors(building, floors)
    if joined is not None:
        db.session().execute(
            delete(BuildingJoin).where((BuildingJoin.a_id == building_id) | (BuildingJoin.b_id == building_id))
        )
        join(actor, building, joined)
    return building


def draw_floors(building: Building, floors: Iterable[dict[str, Any]]) -> None:
    """Add floors and dwellings that are new, and relabel floors by ordinal; nothing is removed by leaving it out."""
    known = {f.ordinal: f for f in db.session().scalars(select(Floor).where(Floor.building_id == building.id))}
    numbers = set(db.session().scalars(select(Dwelling.number).where(Dwelling.building_id == building.id)))
    for drawn in floors:
        floor = known.get(drawn["ordinal"]) or Floor(building_id=building.id, ordinal=drawn["ordinal"])
        floor.label = drawn.get("label") or floor_label(drawn["ordinal"])
        floor.is_refuge = drawn.get("is_refuge", False)
        db.session().add(floor)
        db.session().flush()
        for number in drawn.get("dwellings", ()):
            if number not in numbers:
                numbers.add(number)
                db.session().add(new_dwelling(building, floor, number))
    db.session().flush()


def new_dwelling(building: Building, floor: Floor, number: str) -> Dwelling:
    """A dwelling row that knows its path; the caller adds it."""
    dwelling = Dwelling(id=new_id(), building_id=building.id, floor_id=floor.id, number=number)
    dwelling.scope_path = scope.child(building.scope_path, dwelling.id)
    return dwelling


def floor_label(ordinal: int) -> str:
    """The usual label: 3 for the third floor, B2 for the second cellar."""
    return str(ordinal) if ordinal > 0 else f"B{-ordinal}"


def remove_dwelling(actor: Actor, dwelling_id: UUID) -> None:
    """Remove a dwelling entered by mistake; refused (DwellingInUse) once anybody lived or asked to live there."""
    dwelling = _managed(actor, Dwelling, dwelling_id)
    if db.session().scalar(select(exists().where(Residency.dwelling_id == dwelling_id))):
        raise DwellingInUse()
    audit.record("dwellings.remove", "dwelling", dwelling_id, dwelling.scope_path, number=dwelling.number)
    db.session().delete(dwelling)


def join(actor: Actor, building: Building, others: Iterable[UUID], how: str = "structure") -> None:
    """Tie the building to others that the actor manages too."""
    for other_id in dict.fromkeys(others):
        _managed(actor, Building, other_id)
        db.session().add(BuildingJoin(a_id=building.id, b_id=other_id, how=how))
    db.session().flush()


def place_outside(actor: Actor, estate_id: UUID, gates: list[dict[str, Any]], hydrants: list[dict[str, Any]]) -> Estate:
    """Replace the estate's gates and outside hydrants."""
    estate = _managed(actor, Estate, estate_id)
    for model, rows in ((Gate, gates), (Hydrant, hydrants)):
        db.session().execute(delete(model).where(model.estate_id == estate_id))
        db.session().add_all(model(estate_id=estate_id, **row) for row in rows)
    db.session().flush()
    audit.record("estates.outside", "estate", estate_id, estate.scope_path, gates=len(gates), hydrants=len(hydrants))
    return estate


def replace_codes(actor: Actor, building_id: UUID) -> Building:
    """Make all QR codes of a building worthless now, because one was misused."""
    building = _managed(actor, Building, building_id)
    building.revoke_codes()
    audit.record("buildings.replace_codes", "building", building_id, building.scope_path)
    return building


def _area_above(code: str) -> Area | None:
    shorter = [code[:n] for n in CODE_LENGTH.values() if n < len(code)]
    query = select(Area).where(Area.code.in_(shorter)).order_by(Area.code.desc()).limit(1)
    return db.session().scalar(query)


def _managed(actor: Actor, model: type[P], row_id: UUID) -> P:
    """The row within what the actor manages, locked; NotFound else."""
    query = (
        select(model)
        .where(model.id == row_id, within(model.scope_path, actor.paths(MANAGE)))
        .with_for_update(key_share=True)
    )
    found = db.session().scalar(query)
    if found is None:
        raise NotFound(id=str(row_id))
    return found


def _need(actor: Actor, path: str) -> None:
    if not actor.may(MANAGE, path):
        raise NotFound(path=path)


def _added(row: N, action: str, path: str) -> N:
    db.session().add(row)
    db.session().flush()
    audit.record(action, row.__tablename__, row.id, path, name=row.name)
    return row


def _changed(row: N, action: str, fields: dict[str, Any]) -> N:
    before = {name: getattr(row, name) for name in fields}
    for name, value in fields.items():
        setattr(row, name, value)
    db.session().flush()
    audit.record(action, row.__tablename__, row.id, row.scope_path, before=before, after=fields)
    return row
