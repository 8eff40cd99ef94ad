"""What an actor sees of places, and what is joined to what."""

from __future__ import annotations

import pytest

from backend.kernel import db, scope
from backend.kernel.access import Actor
from backend.kernel.errors import NotFound
from backend.kernel.ids import new_id
from backend.places import service
from tests.factories.places import (
    HERE,
    create_building,
    create_estate,
    create_resident,
    find_dwelling,
)

pytestmark = pytest.mark.usefixtures("db_session")


def looking_at(*paths: str) -> Actor:
    return Actor(person_id=new_id(), scopes={"places.see": paths})


def names(rows: object) -> list[str]:
    return sorted(row.name for row in rows)  # type: ignore[attr-defined]  # rows with a name


def test_a_building_is_seen_from_its_estate_and_by_nobody_else():
    estate, other = create_estate("甲苑"), create_estate("乙苑")
    building = create_building("甲苑 1 栋", estate)
    create_building("乙苑 1 栋", other)
    with db.transaction() as session:
        assert names(session.scalars(service.visible_to(looking_at(estate.scope_path)))) == ["甲苑 1 栋"]
        assert names(session.scalars(service.visible_to(looking_at()))) == []
        with pytest.raises(NotFound):
            service.seen_building(looking_at(other.scope_path), building.id)
        assert service.seen_building(looking_at(building.scope_path), building.id).estate.name == "甲苑"


def test_who_sees_a_building_sees_the_names_of_what_lies_around_it():
    building = create_building(estate=create_estate("甲苑"))
    actor = looking_at(building.scope_path)
    with db.transaction() as session:
        assert names(session.scalars(service.estates(actor))) == ["甲苑"]
        assert [a.scope_path for a in session.scalars(service.areas(actor))] == [
            scope.parent(scope.parent(building.scope_path))
        ]


def test_joins_are_read_both_ways_and_neighbours_are_the_rest_of_the_estate():
    estate = create_estate()
    towers = [create_building(f"{n} 栋", estate) for n in range(1, 4)]
    garage = create_building("车库", estate, floors=[-2, -1], kind="garage", joined=towers[:2])
    create_building("别处", create_estate())
    with db.transaction():
        assert names(service.joined(garage.id)) == ["1 栋", "2 栋"]
        assert names(service.joined(towers[0].id)) == ["车库"]
        assert names(service.neighbours(garage.id)) == ["3 栋"]
        assert names(service.neighbours(towers[2].id)) == ["1 栋", "2 栋", "车库"]


def test_residents_of_a_building_are_those_admitted():
    building = create_building()
    first, second = find_dwelling(building, "101"), find_dwelling(building, "502")
    low, high = create_resident(first), create_resident(second)
    create_resident(second, state="asked")
    with db.transaction():
        rows = [tuple(row) for row in service.residents_of([building.id])]
        assert rows == [(low.id, first.id, building.id, 1), (high.id, second.id, building.id, 5)]
        assert service.household_of(second.id) == [high.id]


def test_the_nearest_building_is_within_reach_or_none():
    building = create_building(at=HERE)
    create_building("远处", at=(HERE[0] + 0.01, HERE[1]))
    with db.transaction():
        near = service.nearest(HERE[0] + 0.001, HERE[1])
        assert near is not None and near.id == building.id
        assert service.nearest(HERE[0] + 0.005, HERE[1]) is None


def test_a_card_has_floors_by_ordinal_and_doors_only_when_asked():
    building = create_building(floors=[-1, 1, 2], flats=1)
    with db.transaction():
        card = service.building_card(building.id)
        assert [floor.label for floor in card["floors"]] == ["B1", "1", "2"]
        assert "dwellings" not in card and card["gcj"]["lat"] != card["lat"]
        assert [d["number"] for d in service.building_card(building.id, with_dwellings=True)["dwellings"]] == [
            "101",
            "201",
        ]
