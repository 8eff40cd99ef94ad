"""Areas, estates, buildings, dwellings and residents for tests."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from typing import Any

from backend.accounts.models import Person
from backend.kernel import clock, db, scope
from backend.kernel.ids import new_id
from backend.places import admission, surveying
from backend.places.models import Area, Building, BuildingJoin, Dwelling, Estate, Floor, Residency, ResidencyState
from tests.factories.accounts import create_person

_codes = itertools.count(440305004001)
HERE = (22.5333, 113.9304)
PLAN = {
    "stairs": [{"id": "A", "side": "west"}, {"id": "B", "side": "east"}],
    "meeting_point": {"zh": "南门广场", "en": "South Gate Square"},
}


def create_area(name: str = "海珠社区", code: str | None = None, above: Area | None = None) -> Area:
    with db.transaction() as session:
        code = code or str(next(_codes))
        path = scope.child(above.scope_path if above else "/44/4403/440305/440305004/", code)
        area = Area(code=code, level="community", name=name, scope_path=path, parent_id=above.id if above else None)
        session.add(area)
        session.flush()
        return area


def create_estate(name: str = "海珠苑", area: Area | None = None, has_property: bool = True) -> Estate:
    with db.transaction() as session:
        area = area or create_area()
        estate = Estate(id=new_id(), area_id=area.id, name=name, lat=HERE[0], lon=HERE[1], has_property=has_property)
        estate.scope_path = scope.child(area.scope_path, estate.id)
        session.add(estate)
        session.flush()
        return estate


def create_building(
    name: str = "海珠苑 1 栋",
    estate: Estate | None = None,
    floors: Iterable[int] = range(1, 6),
    flats: int = 2,
    kind: str = "tower",
    joined: Sequence[Building] = (),
    at: tuple[float, float] = HERE,
) -> Building:
    """A building with `flats` dwellings on each floor above ground, numbered 101, 102, ..."""
    with db.transaction() as session:
        estate = estate or create_estate()
        building = Building(id=new_id(), estate_id=estate.id, area_id=estate.area_id, name=name, kind=kind)
        building.lat, building.lon, building.plan = at[0], at[1], PLAN
        building.scope_path = scope.child(estate.scope_path, building.id)
        session.add(building)
        session.flush()
        surveying.draw_floors(building, [_drawn(n, flats) for n in floors])
        session.add_all(BuildingJoin(a_id=building.id, b_id=other.id) for other in joined)
        session.flush()
        return building


def _drawn(ordinal: int, flats: int) -> dict[str, Any]:
    doors = [f"{ordinal}{n:02d}" for n in range(1, flats + 1)] if ordinal > 0 else []
    return {"ordinal": ordinal, "dwellings": doors}


def find_floor(building: Building, ordinal: int) -> Floor:
    with db.transaction() as session:
        return session.query(Floor).filter_by(building_id=building.id, ordinal=ordinal).one()


def find_dwelling(building: Building, number: str = "101") -> Dwelling:
    with db.transaction() as session:
        return session.query(Dwelling).filter_by(building_id=building.id, number=number).one()


def create_resident(dwelling: Dwelling, person: Person | None = None, state: str = ResidencyState.ADMITTED) -> Person:
    """Somebody who lives there, with the role of resident when admitted."""
    with db.transaction() as session:
        person = person or create_person()
        residency = Residency(dwelling_id=dwelling.id, person_id=person.id, asked_at=clock.now(), state=state)
        session.add(residency)
        session.flush()
        if state == ResidencyState.ADMITTED:
            admission.settle(admission.loaded(residency.id), by=None, is_bulk=True)
        return person
