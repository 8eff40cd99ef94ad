"""The first screen, for each kind of person."""

from __future__ import annotations

from datetime import timedelta, timezone
from typing import Any

import pytest

from backend.accounts import actors
from backend.accounts.models import Person
from backend.home.keeping import Keeper
from backend.kernel import clock, db, policy
from backend.kernel.ids import new_id
from backend.places import qr
from tests.factories.accounts import create_member, create_person
from tests.factories.incidents import create_incident
from tests.factories.monitoring import FAULT, arrive, component, create_device, create_transmitter
from tests.factories.places import create_building, create_estate, create_resident, find_dwelling, find_floor


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


def test_a_resident_sees_the_own_tower_and_floor(signed_in):
    building = create_building(floors=[1, 2, 3])
    manager = create_member("property", building.scope_path)
    home = signed_in(create_resident(find_dwelling(building, "302"))).get("/api/home").json
    assert home["kind"] == "resident"
    assert home["buildings"] == [{"id": str(building.id), "name": building.name, "name_en": "", "kind": "tower"}]
    assert [f["ordinal"] for f in home["building"]["floors"]] == [1, 2, 3]
    assert home["own"] | {"dwelling_id": ""} == {
        "dwelling_id": "",
        "number": "302",
        "floor_ordinal": 3,
        "floor_label": "3",
        "state": "admitted",
    }
    assert home["watch"] == {"people": 1, "control_room": 0, "station": 0, "property": 1}
    assert home["incidents"] == [] and manager


def test_a_fault_says_its_floor_and_its_place(signed_in):
    building = create_building(floors=[1, 2, 3])
    box = create_transmitter(building=building, state="ok")
    create_device(box, 9, building=building, floor=find_floor(building, 2), label="2 层烟感")
    arrive(component(box.source_address, 9, FAULT))
    [fault] = signed_in(create_resident(find_dwelling(building))).get("/api/home").json["faults"]
    assert (fault["floor"], fault["place"]) == ({"ordinal": 2, "label": "2"}, "2 层烟感")


def test_a_building_that_nobody_watches_never_reads_well(signed_in):
    building = create_building()
    status = signed_in(create_resident(find_dwelling(building))).get("/api/home").json["status"]
    assert status["state"] == "unwatched" and status["unwatched"] and status["total"] == 0


def test_who_asked_and_waits_sees_only_that(signed_in):
    door = find_dwelling(create_building())
    home = signed_in(create_resident(door, state="asked")).get("/api/home").json
    assert home["own"]["state"] == "asked" and home["own"]["number"] == "101"
    assert home["building"] is None and home["status"] is None and home["buildings"] == []


def test_staff_choose_among_their_buildings(signed_in):
    estate = create_estate()
    second, first = create_building("甲 10 栋", estate), create_building("甲 2 栋", estate)
    create_building("甲 1 号车库", estate, kind="garage")
    client = signed_in(create_member("control_room", estate.scope_path))
    home = client.get("/api/home").json
    assert home["kind"] == "staff" and home["building"]["id"] == str(first.id) and home["building"]["dwellings"]
    assert client.get(f"/api/home?building={second.id}").json["building"]["id"] == str(second.id)
    assert client.get(f"/api/home?building={new_id()}").status_code == 404


def test_a_person_without_any_role_gets_the_empty_screen(signed_in):
    home = signed_in(create_person()).get("/api/home").json
    assert home["kind"] == "resident" and home["building"] is None and home["own"] is None


def test_anonymous_is_asked_to_sign_in(client):
    assert client.get("/api/home").status_code == 401


def test_the_public_page_says_a_word_and_nothing_private(client):
    building = create_building()
    create_resident(find_dwelling(building), create_person("不可见"))
    with db.transaction():
        token, later = qr.token(building), qr.valid_until(building)
    page = client.get(f"/api/public/buildings/{token}")
    assert page.status_code == 200
    assert set(page.json) == {"name", "name_en", "estate", "estate_en", "state", "token_valid_until"}
    assert page.json["estate"] == "海珠苑" and page.json["state"] == "unwatched"
    assert "不可见" not in page.text
    with clock.freeze(later):
        assert client.get(f"/api/public/buildings/{token}").status_code == 410
    assert client.get("/api/public/buildings/nonsense").status_code == 404


def test_the_state_of_a_building_for_who_may_see_it(signed_in):
    building = create_building()
    assert signed_in(create_person()).get(f"/api/buildings/{building.id}/status").status_code == 403
    client = signed_in(create_member("police", building.scope_path))
    assert client.get(f"/api/buildings/{building.id}/status").json["state"] == "unwatched"
    assert client.get(f"/api/buildings/{create_building().id}/status").status_code == 404


def test_a_keeper_makes_once_and_forgets(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(clock, "monotonic", lambda: now[0])
    made: list[int] = []

    def make() -> int:
        made.append(1)
        return len(made)

    keeper = Keeper(5)
    assert [keeper.get("a", make), keeper.get("a", make), keeper.get("b", make)] == [1, 1, 2]
    now[0] += 5
    assert keeper.get("a", make) == 3


def test_an_open_incident_goes_before_all_and_chooses_the_building(signed_in, client):
    estate = create_estate()
    create_building("甲 1 栋", estate)
    tower = create_building("甲 2 栋", estate)
    garage = create_building("甲车库", estate, floors=[-1], flats=0, kind="garage", joined=[tower])
    resident, guard = create_resident(find_dwelling(tower)), create_member("control_room", estate.scope_path)
    assert signed_in(resident).get("/api/home").json["status"]["state"] == "unwatched"
    create_incident(tower, 3)
    home = signed_in(guard).get("/api/home").json
    assert home["building"]["id"] == str(tower.id) and home["status"]["state"] == "alarm"
    assert [i["state"] for i in home["incidents"]] == ["suspected"]
    assert signed_in(guard).get(f"/api/buildings/{garage.id}/status").json["state"] != "alarm"
    with db.transaction():
        token = qr.token(tower)
    assert client.get(f"/api/public/buildings/{token}").json["state"] == "unwatched"  # a suspicion is not for strangers
    create_incident(tower, 3)
    assert client.get(f"/api/public/buildings/{token}").json["state"] == "alarm"
    assert signed_in(resident).get("/api/home").json["status"]["state"] == "alarm"
    assert signed_in(guard).get(f"/api/buildings/{garage.id}/status").json["state"] == "alarm"


def test_an_exercise_is_announced_until_its_time_has_come(signed_in):
    first, second = create_building(), create_building()
    later = clock.now() + timedelta(days=3)
    with db.transaction():
        value = {"at": later.astimezone(timezone(timedelta(hours=8))).isoformat(), "zh": "全楼疏散演练", "en": ""}
        policy.put("home.next_exercise", first.scope_path, value)
        policy.put("home.next_exercise", second.scope_path, value | {"at": "周六"})
    client = signed_in(create_resident(find_dwelling(first)))
    announced = client.get("/api/home").json["next_exercise"]
    assert announced["name"] == "全楼疏散演练" and announced["at"].endswith("Z")
    with clock.freeze(later):
        assert client.get("/api/home").json["next_exercise"] is None
    assert signed_in(create_resident(find_dwelling(second))).get("/api/home").json["next_exercise"] is None
