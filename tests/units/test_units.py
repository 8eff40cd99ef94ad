"""Units and where they lie."""

from __future__ import annotations

import pytest

from backend.accounts import scopes
from backend.kernel import db
from backend.kernel.access import Actor
from backend.kernel.ids import new_id
from backend.units import service
from tests.factories.places import create_building, create_estate
from tests.factories.units import create_unit

pytestmark = pytest.mark.usefixtures("db_session")


def test_units_on_a_floor_are_those_that_hold_it():
    building = create_building()
    create_unit(building, "面馆", floors=(1, 1))
    create_unit(building, "商场", "mall", floors=(1, 3))
    with db.transaction():
        assert [u.name for u in service.in_building(building.id)] == ["商场", "面馆"]
        assert [u.name for u in service.in_building(building.id, 2)] == ["商场"]


def test_a_unit_is_seen_where_its_premises_lie():
    building = create_building()
    create_unit(building)
    elsewhere = create_estate()
    with db.transaction() as session:
        for path, count in ((building.scope_path, 1), (elsewhere.scope_path, 0)):
            actor = Actor(person_id=new_id(), scopes={"units.see": (path,)})
            assert len(session.scalars(service.visible_to(actor)).all()) == count


def test_a_role_on_a_unit_reaches_its_buildings():
    building = create_building()
    unit = create_unit(building)
    with db.transaction():
        service.register_scope()
        assert scopes.find("unit", unit.id).paths == (building.scope_path,)


def test_units_of_a_building_over_http(client, as_actor):
    building, other = create_building(), create_building()
    create_unit(building, "面馆")
    create_unit(other, "学校", "school")
    as_actor({"units.see": (building.scope_path,)})
    found = client.get(f"/api/units?building={building.id}").json["items"]
    assert [u["name"] for u in found] == ["面馆"] and found[0]["premises"][0]["building"]["id"] == str(building.id)
    assert client.get(f"/api/units?building={other.id}").json["items"] == []
    as_actor({})
    assert client.get("/api/units").status_code == 403
