"""An estate as the same files that an import takes. Numbers and names are masked unless the asker may have them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson
from sqlalchemy import or_, select

from backend.accounts.models import Grant, Person
from backend.kernel import db
from backend.kernel.text import mask_phone
from backend.monitoring.models import Device, Transmitter
from backend.places.models import (
    Area,
    Building,
    BuildingJoin,
    Dwelling,
    Estate,
    Floor,
    Gate,
    Hydrant,
    Residency,
    ResidencyState,
)
from backend.transfers import sheets
from backend.transfers.cells import IMPORTED_ROLES, shown_name

Rows = list[dict[str, Any]]


def give_out(estate: Estate, *, is_unmasked: bool, language: str) -> tuple[dict[str, str], dict[str, int]]:
    """The CSV texts by file name, and how many rows each has."""
    buildings = db.session().scalars(select(Building).where(Building.estate_id == estate.id).order_by(Building.name))
    names = {b.id: b for b in buildings}
    rows = {
        "estate": _estate(estate, names),
        "transmitters": _transmitters(estate, names),
        "devices": _devices(estate, names),
        "people": _people(estate, names, is_unmasked),
    }
    texts = {file: sheets.write(file, found, language) for file, found in rows.items()}
    return texts, {file: len(found) for file, found in rows.items()}


def _columns(row: object, *names: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _estate(estate: Estate, buildings: dict[Any, Building]) -> Rows:
    area = db.session().get_one(Area, estate.area_id)
    head = {"what": "estate", "area": area.code}
    head |= _columns(estate, "name", "name_en", "address", "has_property", "lat", "lon")
    return [head, *_buildings(buildings), *_floors(buildings), *_outside(estate)]


def _buildings(buildings: dict[Any, Building]) -> Iterator[dict[str, Any]]:
    query = select(BuildingJoin).where(BuildingJoin.a_id.in_(buildings))
    joined: dict[Any, list[str]] = {}
    for tie in db.session().scalars(query.order_by(BuildingJoin.id)):
        if tie.b_id in buildings:
            joined.setdefault(tie.a_id, []).append(buildings[tie.b_id].name)
    for building in buildings.values():
        yield {
            "what": "building",
            "joined_to": "; ".join(joined.get(building.id, [])),
            "plan": orjson.dumps(building.plan).decode() if building.plan else None,
        } | _columns(building, "name", "name_en", "kind", "lat", "lon")


def _floors(buildings: dict[Any, Building]) -> Iterator[dict[str, Any]]:
    numbers: dict[Any, list[str]] = {}
    for dwelling in db.session().scalars(
        select(Dwelling).where(Dwelling.building_id.in_(buildings)).order_by(Dwelling.number)
    ):
        numbers.setdefault(dwelling.floor_id, []).append(dwelling.number)
    query = select(Floor).where(Floor.building_id.in_(buildings)).order_by(Floor.building_id, Floor.ordinal)
    for floor in db.session().scalars(query):
        yield {
            "what": "floor",
            "building": buildings[floor.building_id].name,
            "dwellings": "; ".join(numbers.get(floor.id, [])),
        } | _columns(floor, "ordinal", "label", "is_refuge")


def _outside(estate: Estate) -> Iterator[dict[str, Any]]:
    for gate in db.session().scalars(select(Gate).where(Gate.estate_id == estate.id).order_by(Gate.id)):
        yield {"what": "gate"} | _columns(gate, "name", "name_en", "lat", "lon", "is_fire_lane")
    for hydrant in db.session().scalars(select(Hydrant).where(Hydrant.estate_id == estate.id).order_by(Hydrant.id)):
        yield {"what": "hydrant", "name": hydrant.label} | _columns(hydrant, "kind", "lat", "lon")


def _transmitters(estate: Estate, buildings: dict[Any, Building]) -> Rows:
    query = select(Transmitter).where(Transmitter.estate_id == estate.id).order_by(Transmitter.name)
    names = ("name", "name_en", "source_address", "profile", "network", "identity", "silent_after_s")
    return [_columns(t, *names) | {"building": _name(buildings, t.building_id)} for t in db.session().scalars(query)]


def _devices(estate: Estate, buildings: dict[Any, Building]) -> Rows:
    query = (
        select(Device, Transmitter.name.label("transmitter"), Floor.ordinal, Dwelling.number)
        .join(Transmitter, Transmitter.id == Device.transmitter_id)
        .outerjoin(Floor, Floor.id == Device.floor_id)
        .outerjoin(Dwelling, Dwelling.id == Device.dwelling_id)
        .where(Transmitter.estate_id == estate.id)
        .order_by(Transmitter.name, Device.system_type, Device.system_address, Device.component_address)
    )
    names = ("system_type", "system_address", "component_type", "component_address", "label", "label_en")
    return [
        {
            "transmitter": row.transmitter,
            "building": _name(buildings, row.Device.building_id),
            "floor": row.ordinal,
            "dwelling": row.number,
        }
        | _columns(row.Device, *names)
        for row in db.session().execute(query)
    ]


def _people(estate: Estate, buildings: dict[Any, Building], is_unmasked: bool) -> Rows:
    """Residents by their dwelling, then those who hold a role on the estate or one of its buildings."""
    residents = (
        select(Person, Dwelling.building_id, Dwelling.number)
        .join(Residency, Residency.person_id == Person.id)
        .join(Dwelling, Dwelling.id == Residency.dwelling_id)
        .where(Dwelling.building_id.in_(buildings), Residency.state == ResidencyState.ADMITTED)
        .order_by(Dwelling.building_id, Dwelling.number, Person.id)
    )
    rows = [
        _person(row.Person, is_unmasked)
        | {"role": "resident", "building": _name(buildings, row.building_id), "dwelling": row.number}
        for row in db.session().execute(residents)
    ]
    on = or_(
        (Grant.scope_kind == "estate") & (Grant.scope_id == estate.id),
        (Grant.scope_kind == "building") & Grant.scope_id.in_(buildings),
    )
    staff = (
        select(Person, Grant.role, Grant.scope_id)
        .join(Grant, Grant.person_id == Person.id)
        .where(on, Grant.ended_at.is_(None), Grant.role.in_(IMPORTED_ROLES))
        .order_by(Grant.role, Person.id)
    )
    return rows + [
        _person(row.Person, is_unmasked) | {"role": row.role, "building": _name(buildings, row.scope_id)}
        for row in db.session().execute(staff)
    ]


def _person(person: Person, is_unmasked: bool) -> dict[str, Any]:
    number = person.phone
    return {
        "phone": number if is_unmasked else mask_phone(number),
        "name": shown_name(person.name, is_unmasked),
        "language": person.language,
    }


def _name(buildings: dict[Any, Building], id: Any) -> str | None:
    return buildings[id].name if id in buildings else None
