"""From the plan to rows: areas, estates, buildings, floors, dwellings, units, stations. One insert a table."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from backend.demo import estate as plans
from backend.demo.devices import flats
from backend.kernel import crypt, scope
from backend.kernel.db import Base
from backend.kernel.ids import new_id
from backend.places.models import Area, Building, BuildingJoin, Dwelling, Estate, Floor, Gate, Hydrant
from backend.stations.models import Station, StationCover
from backend.units.models import Unit, UnitPremises

Values = dict[str, Any]


@dataclass(frozen=True)
class StationPlan:
    key: str
    name: str
    name_en: str
    kind: str
    phone: str
    east: int
    north: int
    covers: tuple[str, ...]


STATIONS = (
    StationPlan(
        "micro", "晨光里微型消防站", "Chenguang Li micro fire station", "micro", "19900000090", 10, -95, ("home",)
    ),
    StationPlan(
        "next", "晨光路微型消防站", "Chenguang Road micro fire station", "micro", "19900000091", 300, 20, ("street",)
    ),
    StationPlan(
        "police", "晨光派出所", "Chenguang police station", "police", "19900000092", 480, 150, ("home", "street")
    ),
)


@dataclass
class Land:
    """The rows to insert, in an order that foreign keys allow, and where each plan's row went."""

    rows: dict[type[Base], list[Values]] = field(default_factory=dict)
    areas: dict[str, Values] = field(default_factory=dict)
    estates: dict[str, Values] = field(default_factory=dict)
    buildings: dict[str, Values] = field(default_factory=dict)
    floors: dict[tuple[str, int], Values] = field(default_factory=dict)
    dwellings: dict[tuple[str, str], Values] = field(default_factory=dict)
    stations: dict[str, Values] = field(default_factory=dict)
    covered: dict[str, list[str]] = field(default_factory=dict)

    def add(self, model: type[Base], **values: Any) -> Values:
        row = {"id": new_id(), **values}
        self.rows.setdefault(model, []).append(row)
        return row


def survey() -> Land:
    """All places of the demo as rows."""
    land = Land()
    _areas(land)
    for plan in plans.ESTATES:
        _estate(land, plan)
    for building in plans.BUILDINGS:
        _building(land, building)
    for building in plans.BUILDINGS:
        _joins(land, building)
    _outside(land)
    _units(land)
    for station in STATIONS:
        _station(land, station)
    return land


def _areas(land: Land) -> None:
    path, above = scope.ROOT, None
    for plan in plans.AREAS:
        path = scope.child(path, plan.code)
        row = land.add(Area, **vars(plan), parent_id=above, scope_path=path)
        land.areas[plan.code], above = row, row["id"]


def _estate(land: Land, plan: plans.EstatePlan) -> None:
    grid = land.areas[plans.AREAS[-1].code]
    lat, lon = plans.at(plan.east, plan.north)
    row = land.add(
        Estate, area_id=grid["id"], name=plan.name, name_en=plan.name_en, address=plan.address, lat=lat, lon=lon,
        has_property=plan.has_property,
    )  # fmt: skip
    row["scope_path"] = scope.child(grid["scope_path"], row["id"])
    land.estates[plan.key] = row


def _building(land: Land, plan: plans.BuildingPlan) -> None:
    estate = land.estates[plan.estate]
    lat, lon = plans.at(plan.east, plan.north)
    row = land.add(
        Building, estate_id=estate["id"], area_id=estate["area_id"], name=plan.name, name_en=plan.name_en,
        kind=plan.kind, lat=lat, lon=lon, plan=plans.escape_plan(plan),
    )  # fmt: skip
    row["scope_path"] = scope.child(estate["scope_path"], row["id"])
    land.buildings[plan.key] = row
    for ordinal in plans.ordinals(plan):
        floor = land.add(
            Floor, building_id=row["id"], ordinal=ordinal, label=plans.label(plan, ordinal),
            is_refuge=ordinal in plan.refuge,
        )  # fmt: skip
        land.floors[plan.key, ordinal] = floor
        for number in flats(plan, ordinal):
            door = land.add(Dwelling, building_id=row["id"], floor_id=floor["id"], number=number, household=None)
            door["scope_path"] = scope.child(row["scope_path"], door["id"])
            land.dwellings[plan.key, number] = door


def _joins(land: Land, plan: plans.BuildingPlan) -> None:
    for other, how in plan.joined:
        land.add(BuildingJoin, a_id=land.buildings[plan.key]["id"], b_id=land.buildings[other]["id"], how=how)


def _outside(land: Land) -> None:
    home: UUID = land.estates["home"]["id"]
    for name, name_en, east, north, is_fire_lane in plans.GATES:
        lat, lon = plans.at(east, north)
        land.add(Gate, estate_id=home, name=name, name_en=name_en, lat=lat, lon=lon, is_fire_lane=is_fire_lane)
    for label, east, north, kind in plans.HYDRANTS:
        lat, lon = plans.at(east, north)
        land.add(Hydrant, estate_id=home, label=label, lat=lat, lon=lon, kind=kind)


def _units(land: Land) -> None:
    for plan in plans.UNITS:
        building = land.buildings[plan.building]
        unit = land.add(
            Unit, area_id=building["area_id"], name=plan.name, name_en=plan.name_en, kind=plan.kind, phone=""
        )
        land.add(
            UnitPremises, unit_id=unit["id"], building_id=building["id"], from_ordinal=plan.from_ordinal,
            to_ordinal=plan.to_ordinal, scope_path=building["scope_path"],
        )  # fmt: skip


def _station(land: Land, plan: StationPlan) -> None:
    lat, lon = plans.at(plan.east, plan.north)
    row = land.add(
        Station, name=plan.name, name_en=plan.name_en, kind=plan.kind, lat=lat, lon=lon,
        phone_encrypted=crypt.encrypt(plan.phone),
    )  # fmt: skip
    row["scope_path"] = scope.child(land.areas[plans.AREAS[-1].code]["scope_path"], row["id"])
    land.stations[plan.key] = row
    land.covered[plan.key] = [land.estates[key]["scope_path"] for key in plan.covers]
    for key in plan.covers:
        land.add(StationCover, station_id=row["id"], estate_id=land.estates[key]["id"])
