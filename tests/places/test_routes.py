"""Places over HTTP: anonymous, outsider, resident, property, administrator."""

from __future__ import annotations

from typing import Any

import pytest

from backend.accounts import actors
from backend.accounts.models import Person
from backend.kernel import clock, db
from backend.kernel.ids import new_id
from backend.places import qr
from tests.factories.accounts import create_member, create_person
from tests.factories.places import create_area, create_building, create_estate, create_resident, find_dwelling

READS = ("/api/areas", "/api/estates", "/api/buildings", "/api/residencies", "/api/units", "/api/stations")


@pytest.fixture
def signed_in(client, as_actor):
    """signed_in(person) makes the client that person's."""

    def go(person: Person) -> Any:
        with db.transaction():
            actor = actors.actor_for(person.id)
        assert actor is not None
        as_actor(actor.scopes, person_id=person.id, name=person.name)
        return client

    return go


@pytest.mark.parametrize("path", READS)
def test_anonymous_gets_401(client, path):
    assert client.get(path).status_code == 401


def test_somebody_elses_building_is_the_same_404_as_none(signed_in):
    building = create_building()
    client = signed_in(create_member("property", create_estate().scope_path))
    answers = [
        client.get(f"/api/buildings/{id}{part}") for id in (building.id, new_id()) for part in ("", "/qr", "/watch")
    ]
    assert {a.status_code for a in answers} == {404} and {a.json["code"] for a in answers} == {"NotFound"}


def test_a_person_without_roles_is_refused_lists_and_sees_nobodys_residency(signed_in):
    create_resident(find_dwelling(create_building()))
    client = signed_in(create_person())
    assert client.get("/api/buildings").status_code == 403
    assert client.get("/api/residencies").json == {"items": [], "next": None}


def test_the_card_of_a_building_for_a_resident_and_for_staff(signed_in):
    building = create_building(floors=[-1, 1, 2])
    resident = create_resident(find_dwelling(building))
    card = signed_in(resident).get(f"/api/buildings/{building.id}").json
    assert [f["label"] for f in card["floors"]] == ["B1", "1", "2"]
    assert card["plan"]["meeting_point"]["zh"] == "南门广场" and "dwellings" not in card
    staff = signed_in(create_member("property", building.scope_path))
    assert len(staff.get(f"/api/buildings/{building.id}").json["dwellings"]) == 4


def test_lists_are_paged(signed_in):
    estate = create_estate()
    made = [str(create_building(f"{n} 栋", estate).id) for n in range(3)]
    client = signed_in(create_member("property", estate.scope_path))
    first = client.get("/api/buildings?limit=2").json
    rest = client.get(f"/api/buildings?limit=2&after={first['next']}").json
    assert [b["id"] for b in first["items"] + rest["items"]] == made[::-1] and rest["next"] is None
    assert client.get("/api/buildings?limit=201").status_code == 422


def test_joining_by_the_code_over_http(signed_in):
    building = create_building()
    manager, newcomer = create_member("property", building.scope_path), create_person("新邻居")
    code = signed_in(manager).get(f"/api/buildings/{building.id}/qr").json
    assert code["url"].endswith("/q/" + code["token"])
    asked = signed_in(newcomer).post("/api/residencies", json={"qr": code["url"], "number": "101"})
    assert asked.status_code == 201 and asked.json["state"] == "asked"
    again = signed_in(newcomer).post("/api/residencies", json={"qr": code["token"], "number": "101"})
    assert again.status_code == 200 and again.json["id"] == asked.json["id"]
    assert signed_in(newcomer).post(f"/api/residencies/{asked.json['id']}/admit").status_code == 403
    waiting = signed_in(manager).get("/api/residencies?state=asked").json["items"]
    assert [w["person"]["name"] for w in waiting] == ["新邻居"] and "****" in waiting[0]["person"]["phone_masked"]
    admitted = signed_in(manager).post(f"/api/residencies/{asked.json['id']}/admit")
    assert admitted.json["state"] == "admitted"
    assert signed_in(manager).post(f"/api/residencies/{asked.json['id']}/refuse").status_code == 409
    assert [b["id"] for b in signed_in(newcomer).get("/api/buildings").json["items"]] == [str(building.id)]


def test_codes_that_are_old_or_none(signed_in):
    building = create_building()
    client = signed_in(create_person())
    with db.transaction():
        token = qr.token(building)
        later = qr.valid_until(building)
    with clock.freeze(later):
        gone = client.post("/api/residencies", json={"qr": token, "number": "101"})
    assert gone.status_code == 410 and gone.json["code"] == "QrExpired"
    assert client.post("/api/residencies", json={"qr": "nonsense", "number": "101"}).status_code == 404


def test_the_picture_of_the_code(signed_in):
    building = create_building()
    answer = signed_in(create_member("property", building.scope_path)).get(f"/api/buildings/{building.id}/qr.svg")
    assert answer.mimetype == "image/svg+xml" and b"<svg" in answer.data


def test_a_household_is_its_own(signed_in):
    building = create_building()
    door, next_door = find_dwelling(building), find_dwelling(building, "102")
    client = signed_in(create_resident(door))
    body = {"household": 2, "needs": [{"label": "奶奶", "kind": "mobility"}]}
    assert client.put(f"/api/dwellings/{door.id}", json=body).json["needs"][0]["people"] == 1
    assert client.get(f"/api/dwellings/{next_door.id}").status_code == 404
    wrong = {"needs": [{"label": "奶奶", "kind": "unheard"}]}
    assert client.put(f"/api/dwellings/{door.id}", json=wrong).status_code == 422


def test_the_administrator_draws_an_estate(signed_in):
    area = create_area()
    client = signed_in(create_member("administrator", area.scope_path))
    estate = client.post("/api/estates", json={"area_id": str(area.id), "name": "新苑", "lat": 22.5, "lon": 113.9})
    assert estate.status_code == 201
    drawn = {
        "estate_id": estate.json["id"],
        "name": "1 栋",
        "kind": "tower",
        "lat": 22.5,
        "lon": 113.9,
        "plan": {"stairs": [{"id": "A", "side": "west"}]},
        "floors": [{"ordinal": -1}, {"ordinal": 1, "dwellings": ["101"]}, {"ordinal": 4, "label": "3A"}],
    }
    tower = client.post("/api/buildings", json=drawn)
    assert tower.status_code == 201 and [f["label"] for f in tower.json["floors"]] == ["B1", "1", "3A"]
    garage = client.post("/api/buildings", json={**drawn, "kind": "garage", "joined": [tower.json["id"]], "floors": []})
    assert [b["id"] for b in garage.json["joined"]] == [tower.json["id"]]
    path = f"/api/buildings/{tower.json['id']}"
    changed = client.patch(path, json={"name": "甲栋", "floors": [{"ordinal": 1, "dwellings": ["101", "102"]}]})
    assert changed.json["name"] == "甲栋" and len(changed.json["dwellings"]) == 2
    outside = {"gates": [{"name": "东门", "lat": 22.5, "lon": 113.9, "is_fire_lane": True}]}
    assert client.put(f"/api/estates/{estate.json['id']}/outside", json=outside).status_code == 200
    assert client.get(path).json["gates"][0]["is_fire_lane"] is True
    door = changed.json["dwellings"][0]["id"]
    assert client.delete(f"/api/dwellings/{door}").status_code == 204
    assert client.post(f"{path}/qr").status_code == 200


def test_nobody_draws_outside_the_own_area(signed_in):
    mine, other = create_area(), create_area()
    client = signed_in(create_member("administrator", mine.scope_path))
    body = {"area_id": str(other.id), "name": "新苑", "lat": 22.5, "lon": 113.9}
    assert client.post("/api/estates", json=body).status_code == 404
    assert client.patch(f"/api/estates/{create_estate().id}", json={"name": "改"}).status_code == 404


@pytest.mark.parametrize(
    ("code", "level", "status"),
    [("440305004999001", "grid", 201), ("4403050049", "grid", 422), ("99", "province", 404), ("x" * 15, "grid", 422)],
)
def test_areas_hang_by_their_code(signed_in, code, level, status):
    above = create_area(code="440305004999")
    client = signed_in(create_member("administrator", above.scope_path))
    answer = client.post("/api/areas", json={"code": code, "level": level, "name": "第一网格"})
    assert answer.status_code == status
    if status == 201:
        assert answer.json["parent_id"] == str(above.id)
        assert client.post("/api/areas", json={"code": code, "level": level, "name": "又"}).status_code == 409
