"""Who is on watch, and what stations answer for."""

from __future__ import annotations

import pytest

from backend.accounts import actors, scopes
from backend.accounts import service as accounts
from backend.kernel import db
from backend.stations import service
from backend.stations.models import Station
from tests.factories.accounts import create_grant, create_member, create_person
from tests.factories.places import create_area, create_building, create_estate
from tests.factories.stations import create_shift, create_station

pytestmark = pytest.mark.usefixtures("db_session")


def on(duty: str, path: str) -> set[object]:
    with db.transaction():
        return set(service.on_duty(duty, path))


def test_the_shift_of_now_is_told():
    estate = create_estate()
    building = create_building(estate=estate)
    now, off = (create_member("control_room", estate.scope_path) for _ in range(2))
    create_shift("control_room", "estate", estate.id, now.id)
    create_shift("control_room", "estate", estate.id, off.id, hours=-0.5)
    assert on("control_room", building.scope_path) == {now.id}


def test_nobody_on_shift_tells_everybody_with_the_duty():
    estate = create_estate()
    everybody = {create_member("control_room", estate.scope_path).id for _ in range(3)}
    create_member("property", estate.scope_path)
    assert on("control_room", estate.scope_path) == everybody


def test_who_lost_the_role_is_not_on_shift_any_more():
    estate = create_estate()
    left, stays = create_person(), create_member("property", estate.scope_path)
    create_shift("property", "estate", estate.id, left.id)
    assert on("property", estate.scope_path) == {stays.id}


def test_a_station_is_on_duty_for_the_estates_it_covers():
    home, away = create_estate("甲苑"), create_estate("乙苑")
    station = create_station(covers=[home])
    member = create_person()
    create_grant(member, "station_member", [home.scope_path], kind="station", scope_id=station.id)
    create_shift("station", "station", station.id, member.id)
    assert on("station", create_building(estate=home).scope_path) == {member.id}
    assert on("station", away.scope_path) == set()


def test_a_unit_has_its_own_control_room():
    building = create_building()
    guard = create_person()
    unit_id = building.id  # any id: the role says which paths the unit has
    create_grant(guard, "control_room", [building.scope_path], kind="unit", scope_id=unit_id)
    create_member("control_room", building.scope_path)
    create_shift("control_room", "unit", unit_id, guard.id)
    assert on("control_room", building.scope_path) == {guard.id}


def test_one_person_with_two_duties_is_counted_once():
    estate = create_estate()
    both = create_member("control_room", estate.scope_path)
    create_grant(both, "property", [estate.scope_path])
    with db.transaction():
        assert service.watch(estate.scope_path) == {"people": 1, "control_room": 1, "station": 0, "property": 1}
        assert service.watchers(estate.scope_path)["property"] == [{"id": both.id, "name": both.name}]


def test_covering_one_more_estate_reaches_who_holds_a_role_there():
    home, more = create_estate("甲苑"), create_estate("乙苑")
    station = create_station(covers=[home])
    leader = create_person()
    create_grant(leader, "station_leader", [home.scope_path], kind="station", scope_id=station.id)
    with db.transaction():
        service.cover(station.id, [home.id, more.id])
        assert accounts.people_with("incidents.respond", more.scope_path) == [leader.id]
        service.cover(station.id, [more.id])
        assert accounts.people_with("incidents.respond", home.scope_path) == []
        service.register_scope()
        assert scopes.find("station", station.id).paths == (more.scope_path,)


def test_next_stations_are_those_of_the_community_that_do_not_cover_the_place():
    area = create_area()
    home, near = create_estate("甲苑", area), create_estate("乙苑", area)
    create_station("自己的", covers=[home])
    other = create_station("隔壁的", covers=[near])
    create_station("派出所", "police", covers=[near])
    member = create_person()
    create_grant(member, "station_member", [near.scope_path], kind="station", scope_id=other.id)
    with db.transaction():
        assert [s.name for s in service.next_stations(home.scope_path)] == ["隔壁的"]
        assert service.next_on_duty(home.scope_path) == [member.id]


def test_the_property_sees_the_station_that_covers_it_and_no_other():
    home, away = create_estate("甲苑"), create_estate("乙苑")
    create_station("自己的", covers=[home])
    create_station("别人的", covers=[away])
    person = create_member("property", home.scope_path)
    with db.transaction() as session:
        actor = actors.actor_for(person.id)
        assert actor is not None
        assert [s.name for s in session.scalars(service.visible_to(actor))] == ["自己的"]
        assert session.get_one(Station, session.scalars(service.visible_to(actor)).one().id).phone is None


def test_stations_and_watchers_over_http(client, as_actor):
    estate = create_estate()
    building = create_building(estate=estate)
    create_station("自己的", covers=[estate])
    guard = create_member("control_room", estate.scope_path, name="赵海生")
    assert client.get("/api/stations").status_code == 401
    with db.transaction():
        actor = actors.actor_for(guard.id)
    assert actor is not None
    as_actor(actor.scopes, person_id=guard.id)
    (station,) = client.get("/api/stations").json["items"]
    assert station["name"] == "自己的" and station["phone_masked"] is None and station["gcj"]["lat"] != station["lat"]
    watch = client.get(f"/api/buildings/{building.id}/watch").json
    assert [p["name"] for p in watch["control_room"]] == ["赵海生"] and watch["station"] == []
