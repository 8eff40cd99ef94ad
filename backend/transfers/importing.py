"""Taking an import over, all of it or nothing. What is there stays; rows add to it or correct it, none removes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select

from backend.accounts import service as accounts
from backend.kernel import audit, clock, db, stream
from backend.kernel.access import Actor
from backend.kernel.ids import new_id
from backend.monitoring.gateway import codes, profiles
from backend.monitoring.models import Device, Transmitter
from backend.places import admission, surveying
from backend.places.models import Building, BuildingJoin, Dwelling, Estate, Gate, Hydrant, Residency, ResidencyState
from backend.places.scoped import of_place
from backend.transfers import cells, checking, drafts
from backend.transfers.drafts import Draft, Known
from backend.transfers.problems import Problems, Refused
from backend.transfers.sheets import Line

ESTATE_FIELDS = ("name", "name_en", "address", "lat", "lon", "has_property")
BUILDING_FIELDS = ("name", "name_en", "kind", "lat", "lon", "plan")
OPEN = (ResidencyState.ASKED, ResidencyState.ADMITTED)


def take_in(actor: Actor, estate_id: UUID | None, files: Mapping[str, str]) -> tuple[Estate, dict[str, int]]:
    """Import these texts by file name; the estate and the number of rows of each kind. Raises Refused."""
    problems = Problems()
    draft = drafts.read(files, problems)
    known = drafts.known(estate_id, draft)
    checking.check(draft, known, actor, problems)
    if problems.total:
        raise Refused(problems)
    estate = _draw(actor, draft, known)
    _transmitters(draft.transmitters, estate, known)
    _devices(draft.devices, known)
    _people(actor, draft.people, estate, known)
    audit.record("imports.run", "estate", estate.id, estate.scope_path, **draft.counts())
    return estate, draft.counts()


def _draw(actor: Actor, draft: Draft, known: Known) -> Estate:
    """Places first, by the same way as the administrator's pages: the same checks, the same audit trail."""
    estate = _estate(actor, draft, known)
    for line in draft.buildings:
        fields = _given(line, BUILDING_FIELDS) | {"kind": cells.kind(line.get("kind"))}
        there = known.buildings.get(line.get("name"))
        if there:
            surveying.change_building(actor, there.id, **fields)
        else:
            surveying.create_building(actor, estate.id, **fields)
    drafts.fill(known, estate.id)
    for name, lines in _by(draft.floors, "building").items():
        surveying.draw_floors(known.buildings[name], [_floor(line, known) for line in lines])
    _join(actor, draft.buildings, known)
    _outside(actor, draft, estate)
    drafts.fill(known, estate.id)
    return estate


def _estate(actor: Actor, draft: Draft, known: Known) -> Estate:
    fields = _given(draft.estates[0], ESTATE_FIELDS) if draft.estates else {}
    if known.estate is None:
        assert known.area is not None  # checking.check refuses an import without a place
        known.estate = surveying.create_estate(actor, known.area.id, **fields)
    elif fields:
        surveying.change_estate(actor, known.estate.id, **fields)
    return known.estate


def _floor(line: Line, known: Known) -> dict[str, Any]:
    """The floor as drawn; what the row leaves out stays as it is."""
    there = known.floors.get((known.buildings[line.get("building")].id, line.get("ordinal")))
    was = {"label": there.label, "is_refuge": there.is_refuge} if there else {}
    return was | _given(line, ("ordinal", "label", "is_refuge", "dwellings"))


def _join(actor: Actor, lines: Iterable[Line], known: Known) -> None:
    ids = [b.id for b in known.buildings.values()]
    query = select(BuildingJoin.a_id, BuildingJoin.b_id).where(BuildingJoin.a_id.in_(ids))
    tied = {frozenset(pair) for pair in db.session().execute(query)}
    for line in lines:
        building = known.buildings[line.get("name")]
        for name in line.get("joined_to", ()):
            pair = frozenset((building.id, known.buildings[name].id))
            if pair not in tied:
                tied.add(pair)
                surveying.join(actor, building, [known.buildings[name].id])


def _outside(actor: Actor, draft: Draft, estate: Estate) -> None:
    """Gates and hydrants are replaced together; the kind without a row stays as it is."""
    if not draft.gates and not draft.hydrants:
        return
    gates = [_given(line, ("name", "name_en", "lat", "lon", "is_fire_lane")) for line in draft.gates]
    hydrants = [
        {"label": line.get("name"), "kind": cells.hydrant(line.get("kind", "pillar"))} | _given(line, ("lat", "lon"))
        for line in draft.hydrants
    ]
    gates = gates or _kept(Gate, estate, ("name", "name_en", "lat", "lon", "is_fire_lane"))
    hydrants = hydrants or _kept(Hydrant, estate, ("label", "kind", "lat", "lon"))
    surveying.place_outside(actor, estate.id, gates, hydrants)


def _transmitters(lines: Iterable[Line], estate: Estate, known: Known) -> None:
    for line in lines:
        profile = profiles.get(line.get("profile", "standard"))
        there = known.transmitters.get(line.get("name"))
        if there is None:
            there = Transmitter(estate_id=estate.id, name=line.get("name"), registered_at=clock.now())
            there.identity, there.silent_after_s, there.scope_path = profile.identity, profile.silent_after_s, ""
            there.id = new_id()
            known.transmitters[there.name] = there
            db.session().add(there)
        names = ("name_en", "source_address", "profile", "network", "identity", "silent_after_s")
        for name, value in _given(line, names).items():
            setattr(there, name, value)
        building = known.buildings.get(line.get("building"))
        there.building_id = building.id if building else there.building_id
        there.scope_path = building.scope_path if building else there.scope_path or estate.scope_path
    db.session().flush()


def _devices(lines: Iterable[Line], known: Known) -> None:
    homes = {b.id: b for b in known.buildings.values()}
    ids = {t.id: name for name, t in known.transmitters.items()}
    there: dict[tuple[object, ...], Device] = {
        (ids[d.transmitter_id], d.system_type, d.system_address, d.component_type, d.component_address): d
        for d in db.session().scalars(select(Device).where(Device.transmitter_id.in_(ids)))
    }
    fresh = []
    for line in lines:
        transmitter = known.transmitters[line.get("transmitter")]
        values = _device(line, transmitter, homes, known)
        found = there.get(checking.point(line))
        if found is None:
            fresh.append(values | {"id": new_id(), "created_at": clock.now()})
            continue
        for name, value in values.items():
            setattr(found, name, value)
    if fresh:
        db.session().execute(insert(Device), fresh)


def _device(line: Line, transmitter: Transmitter, homes: Mapping[UUID, Building], known: Known) -> dict[str, Any]:
    building = known.buildings.get(line.get("building")) or homes.get(transmitter.building_id or new_id())
    dwelling = known.dwellings.get((building.id, line.get("dwelling", ""))) if building else None
    floor = known.floors.get((building.id, line.get("floor", 0))) if building else None
    return _given(line, ("system_type", "system_address", "component_type", "component_address", "label")) | {
        "transmitter_id": transmitter.id,
        "kind": codes.component(line.get("component_type")).kind,
        "label_en": line.get("label_en", ""),
        "building_id": building.id if building else None,
        "floor_id": floor.id if floor else dwelling.floor_id if dwelling else None,
        "dwelling_id": dwelling.id if dwelling else None,
        "scope_path": building.scope_path if building else transmitter.scope_path,
        "is_found": False,
    }


def _people(actor: Actor, lines: Iterable[Line], estate: Estate, known: Known) -> None:
    """New people are unconfirmed until they sign in; who is known keeps the own name and language."""
    homes = {b.id: b for b in known.buildings.values()}
    changed = set()
    for line in lines:
        person = accounts.find_or_create(line.get("phone"), line.get("name"), line.get("language", "zh"))
        role, building = line.get("role"), known.buildings.get(line.get("building"))
        if role == "resident" and building:
            dwelling = known.dwellings[building.id, line.get("dwelling")]
            _settle(actor, person.id, dwelling, homes)
        elif role:
            place, kind = (building, "building") if building else (estate, "estate")
            accounts.grant(person.id, role, kind, place.id, of_place(place), actor.person_id, is_bulk=True)
        changed.add(person.id)
    if changed:
        stream.end_streams(people=changed)


def _settle(actor: Actor, person_id: UUID, dwelling: Dwelling, homes: Mapping[UUID, Building]) -> None:
    query = select(Residency).where(
        Residency.dwelling_id == dwelling.id, Residency.person_id == person_id, Residency.state.in_(OPEN)
    )
    residency = db.session().scalar(query)
    if residency is None:
        residency = Residency(dwelling_id=dwelling.id, person_id=person_id, asked_at=clock.now())
        residency.state = ResidencyState.ASKED
        db.session().add(residency)
    if residency.state == ResidencyState.ADMITTED:
        return
    residency.move(ResidencyState.ADMITTED, actor.person_id)
    residency.dwelling, dwelling.building = dwelling, homes[dwelling.building_id]
    admission.settle(residency, by=actor.person_id, is_bulk=True)


def _given(line: Line, names: Iterable[str]) -> dict[str, Any]:
    """Only the cells that are filled, so that an empty one changes nothing."""
    return {name: line.values[name] for name in names if name in line.values}


def _kept(model: type[Gate] | type[Hydrant], estate: Estate, names: tuple[str, ...]) -> list[dict[str, Any]]:
    rows = db.session().scalars(select(model).where(model.estate_id == estate.id).order_by(model.id))
    return [{name: getattr(row, name) for name in names} for row in rows]


def _by(lines: Iterable[Line], column: str) -> dict[str, list[Line]]:
    groups: dict[str, list[Line]] = {}
    for line in lines:
        groups.setdefault(line.get(column), []).append(line)
    return groups
