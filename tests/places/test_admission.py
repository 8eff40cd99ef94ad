"""Joining by the QR code, and who admits."""

from __future__ import annotations

from unittest.mock import ANY

import pytest
from sqlalchemy import select

from backend.accounts import actors
from backend.accounts import service as accounts
from backend.accounts.models import Person
from backend.kernel import db
from backend.kernel.access import Actor, acting_as
from backend.kernel.errors import NotFound
from backend.places import admission, household, qr
from backend.places.errors import NoSuchDwelling, NotYoursToDecide, ResidencyDecided, TooManyAsked
from backend.places.models import Building, Residency
from notifications.models import Notice
from tests.factories.accounts import create_member, create_person
from tests.factories.places import create_building, create_estate, create_resident, find_dwelling

pytestmark = pytest.mark.usefixtures("db_session")


def act(person: Person) -> Actor:
    with db.transaction():
        actor = actors.actor_for(person.id)
    assert actor is not None
    return actor


def ask(person: Person, building: Building, number: str = "101") -> Residency:
    actor = act(person)
    with acting_as(actor), db.transaction():
        return admission.ask(actor, qr.token(building), number)[0]


def told(kind: str) -> set[object]:
    with db.transaction() as session:
        return set(session.scalars(select(Notice.person_id).where(Notice.kind == kind)))


def test_a_neighbour_joins_by_the_code_and_becomes_a_resident():
    building = create_building()
    manager, newcomer = create_member("property", building.scope_path), create_person("新邻居")
    residency = ask(newcomer, building)
    assert residency.state == "asked" and told("admission.asked") == {manager.id}
    assert not act(newcomer).can("incidents.see")
    with acting_as(act(manager)), db.transaction():
        assert admission.admit(act(manager), residency.id).state == "admitted"
    assert told("admission.decided") == {newcomer.id}
    actor = act(newcomer)
    assert actor.may("incidents.see", building.scope_path)
    assert actor.may("needs.see", find_dwelling(building).scope_path)
    assert not actor.may("needs.see", building.scope_path)
    with db.transaction():
        assert household.homes_of(newcomer.id) == [
            {
                "residency_id": residency.id,
                "state": "admitted",
                "dwelling": {"id": ANY, "number": "101"},
                "floor": {"label": "1", "ordinal": 1},
                "building": {"id": building.id, "name": building.name, "name_en": ""},
                "estate": {"id": building.estate_id, "name": "海珠苑", "name_en": ""},
            }
        ]


def test_asking_twice_is_one_question():
    building, person = create_building(), create_person()
    assert ask(person, building).id == ask(person, building).id


def test_who_asks_at_every_door_has_to_wait():
    building, person = create_building(floors=range(1, 8)), create_person()
    for floor in range(1, 6):
        ask(person, building, f"{floor}01")
    with pytest.raises(TooManyAsked):
        ask(person, building, "601")


def test_a_door_that_is_none_is_named():
    with pytest.raises(NoSuchDwelling):
        ask(create_person(), create_building(), "9901")


def test_where_there_is_no_property_the_grid_worker_admits():
    estate = create_estate(has_property=False)
    building = create_building(estate=estate)
    grid = create_member("grid_worker", estate.scope_path)
    residency = ask(create_person(), building)
    assert told("admission.asked") == {grid.id}
    with acting_as(act(grid)), db.transaction():
        assert admission.refuse(act(grid), residency.id).state == "refused"
    with acting_as(act(grid)), db.transaction(), pytest.raises(ResidencyDecided):
        admission.admit(act(grid), residency.id)


def test_where_there_is_a_property_the_grid_worker_leaves_it_to_them():
    building = create_building()
    create_member("property", building.scope_path)
    grid = create_member("grid_worker", building.scope_path)
    residency = ask(create_person(), building)
    with acting_as(act(grid)), db.transaction(), pytest.raises(NotYoursToDecide):
        admission.admit(act(grid), residency.id)


def test_somebody_from_elsewhere_finds_nothing():
    building = create_building()
    create_member("property", building.scope_path)
    stranger = create_member("property", create_building(estate=create_estate()).scope_path)
    residency = ask(create_person(), building)
    with acting_as(act(stranger)), db.transaction(), pytest.raises(NotFound):
        admission.admit(act(stranger), residency.id)


def test_who_moves_out_loses_the_role():
    building = create_building()
    resident = create_resident(find_dwelling(building))
    assert act(resident).may("incidents.see", building.scope_path)
    with db.transaction() as session:
        residency = session.scalars(select(Residency).where(Residency.person_id == resident.id)).one()
    with acting_as(act(resident)), db.transaction():
        assert admission.end(act(resident), residency.id).state == "ended"
    assert not act(resident).can("incidents.see")
    with db.transaction():
        assert accounts.people_with("incidents.see", building.scope_path) == []


def test_a_household_writes_who_needs_help_and_its_neighbour_does_not():
    building = create_building()
    door = find_dwelling(building)
    resident, neighbour = create_resident(door), create_resident(find_dwelling(building, "102"))
    needs = [{"label": "奶奶", "kind": "mobility", "note": "轮椅", "people": 1}]
    with acting_as(act(resident)), db.transaction():
        card = household.change_household(act(resident), door.id, 3, needs)
    assert card["household"] == 3 and card["needs"][0].label == "奶奶"
    with acting_as(act(neighbour)), db.transaction(), pytest.raises(NotFound):
        household.change_household(act(neighbour), door.id, 1, [])
