"""Dangers, and an estate full of people who hear of them, for tests."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from backend.accounts import actors
from backend.accounts.models import Person
from backend.incidents.models import Incident
from backend.incidents.service import take_in
from backend.kernel import clock, db
from backend.kernel.access import Actor
from backend.kernel.ids import new_id
from backend.monitoring.events import DangerSensed
from backend.places.models import Building, Estate
from backend.stations.models import Station
from tests.factories.accounts import create_grant, create_person
from tests.factories.places import create_building, create_estate, create_resident, find_dwelling, find_floor
from tests.factories.stations import create_station


def create_danger(building: Building | None, floor: int | None = 3, **more: Any) -> DangerSensed:
    """A detector's rising edge on a floor of a building; each call is another detector unless `device_id` says so."""
    given: dict[str, Any] = {
        "signal_id": new_id(),
        "received_at": clock.now(),
        "category": "fire",
        "evidence": "suspect",
        "words_zh": "感烟探测器报火警",
        "words_en": "smoke detector: fire",
        "estate_id": building.estate_id if building else None,
        "building_id": building.id if building else None,
        "floor_id": find_floor(building, floor).id if building and floor else None,
        "floor_ordinal": floor,
        "dwelling_id": None,
        "scope_path": building.scope_path if building else "/44/",
        "device_id": new_id(),
        "transmitter_id": new_id(),
        "label": f"{floor} 层走道烟感",
        "is_source_verified": True,
        "is_test": False,
    }
    return DangerSensed(**(given | more))


def create_incident(building: Building | None, floor: int | None = 3, **more: Any) -> Incident:
    """What a danger makes of it: a new incident, or the one that it joins."""
    with db.transaction():
        return take_in(create_danger(building, floor, **more))


@dataclass
class Watch:
    """One tower with people for each ring, all in the database."""

    estate: Estate
    tower: Building
    station: Station
    people: dict[str, Person] = field(default_factory=dict)

    def actor(self, who: str) -> Actor:
        with db.transaction():
            found = actors.actor_for(self.people[who].id)
        assert found is not None
        return found


def create_watch(floors: range = range(1, 11)) -> Watch:
    """A tower of ten floors with two flats each; control room, station, property, leader, grid worker, police,
    inspector, and three households: home (301), neighbour (302), upstairs (801)."""
    estate = create_estate()
    tower = create_building(estate=estate, floors=floors)
    station = create_station(covers=[estate])
    made = Watch(estate, tower, station)
    held = {
        "desk": ("control_room", "estate"), "property": ("property", "estate"), "grid": ("grid_worker", "estate"),
        "inspector": ("inspector", "area"), "police": ("police", "area"),
        "station": ("station_member", "station"), "leader": ("station_leader", "station"),
    }  # fmt: skip
    for name, (role, kind) in held.items():
        made.people[name] = create_person(name)
        scope_id = {"estate": estate.id, "area": estate.area_id, "station": station.id}[kind]
        create_grant(made.people[name], role, [estate.scope_path], kind=kind, scope_id=scope_id)
    for name, number in {"home": "301", "neighbour": "302", "upstairs": "801"}.items():
        made.people[name] = create_resident(find_dwelling(tower, number), create_person(name))
    return made
