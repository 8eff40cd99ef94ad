"""The demo estate as it is loaded."""

from __future__ import annotations

from collections import Counter

import orjson
import pytest
from sqlalchemy import func, select

from backend.accounts import service as accounts
from backend.demo import load
from backend.demo.devices import planned
from backend.demo.estate import BUILDINGS, label, ordinals
from backend.demo.people import PEOPLE, residents, staff
from backend.kernel import db
from backend.kernel.config import settings
from backend.monitoring.models import Device, Transmitter
from backend.places import service as places
from backend.places.models import Building, Dwelling, Floor
from backend.stations import service as stations
from backend.units import service as units

pytestmark = pytest.mark.usefixtures("db_session")


@pytest.fixture(scope="module")
def demo(database):
    """Loaded once for this module, in a transaction that is rolled back at its end."""
    with db.engine().connect() as connection, connection.begin() as outer:
        db.bind_for_tests(connection)
        counts = load.load()
        yield counts
        db.bind_for_tests(None)
        outer.rollback()


@pytest.fixture
def db_session(demo):
    """Instead of the common one: the tests only read what `demo` loaded."""
    with db.transaction() as session:
        yield session


def tower(session, number: int) -> Building:
    return session.scalars(select(Building).where(Building.name == f"晨光里 {number} 号楼")).one()


def test_it_is_as_large_as_it_says(demo):
    assert demo["people"] == PEOPLE == 2500
    assert 1850 <= demo["dwellings"] <= 1950
    assert 3100 <= demo["devices"] <= 3300
    assert demo["transmitters"] == 9 and demo["units"] == 5


def test_it_is_not_loaded_into_a_database_with_something_in_it(demo):
    with pytest.raises(load.NotEmpty):
        load.load()


def test_eight_towers_of_18_to_33_floors(db_session):
    tops = db_session.execute(
        select(Building.id, func.max(Floor.ordinal)).join(Floor).where(Building.kind == "tower").group_by(Building.id)
    ).all()
    assert len(tops) == 8
    assert min(top for _, top in tops) == 18 and max(top for _, top in tops) == 33


def test_building_seven_is_the_one_of_the_pictures(db_session):
    seven = tower(db_session, 7)
    refuge = [floor.label for floor in places.floors_of(seven.id) if floor.is_refuge]
    assert refuge == ["11", "22"]
    assert [stair["side"] for stair in seven.plan["stairs"]] == ["west", "east"]
    assert seven.plan["meeting_point"]["zh"] == "南门广场"
    assert [b.name for b in places.joined(seven.id)] == ["晨光里地下车库"]


def test_labels_are_only_labels():
    plans = {plan.key: plan for plan in BUILDINGS}
    assert label(plans["3"], 4) == "3A" and label(plans["3"], 14) == "13A" and label(plans["3"], 5) == "5"
    assert label(plans["5"], 4) == "5" and label(plans["5"], 13) == "15" and label(plans["5"], 30) == "33"
    assert label(plans["garage"], -2) == "B2"
    for plan in BUILDINGS:
        names = [label(plan, n) for n in ordinals(plan)]
        assert len(names) == len(set(names)) and 0 not in ordinals(plan)
    assert not any(label(plans["5"], n).endswith("4") for n in ordinals(plans["5"]))


def test_people_are_the_same_at_each_load_and_live_behind_real_doors(db_session):
    count = PEOPLE - len(staff())
    assert residents(count) == residents(count) and len(residents(count)) == count
    doors = Counter(db_session.scalars(select(Dwelling.number).join(Building).where(Building.kind == "tower")))
    assert all(home.number in doors for home in residents(count) if home.building != "lane")


def test_each_point_lies_on_its_floor_and_has_an_address_of_its_own(db_session):
    assert len({(p.transmitter, p.system, p.component, p.address) for p in planned()}) == len(planned())
    wrong = select(func.count()).select_from(Device).join(Floor, Floor.id == Device.floor_id)
    assert db_session.scalar(wrong.where(Floor.building_id != Device.building_id)) == 0


def test_demo_json_names_people_and_transmitters(db_session):
    found = orjson.loads((settings().data_dir / "demo.json").read_bytes())
    assert set(found) == {"people", "transmitters"} and len(found["people"]) == PEOPLE
    assert all(set(p) == {"name", "phone", "roles"} for p in found["people"])
    assert found["people"][0]["roles"] == ["administrator"]
    known = {str(t.id): t.source_address for t in db_session.scalars(select(Transmitter))}
    assert {t["id"]: t["source_address"] for t in found["transmitters"]} == known
    assert {t["estate"] for t in found["transmitters"]} <= {
        str(e) for e in db_session.scalars(select(Building.estate_id))
    }


def test_somebody_is_on_watch_at_every_hour(db_session):
    seven = tower(db_session, 7)
    assert stations.watch(seven.scope_path) == {"people": 7, "control_room": 2, "station": 4, "property": 1}
    everybody = accounts.people_with("incidents.respond", seven.scope_path, roles=["station_member"])
    assert len(everybody) == 12


def test_the_noodle_shop_lies_in_the_podium(db_session):
    podium = db_session.scalars(select(Building).where(Building.kind == "podium")).one()
    assert sorted(u.name for u in units.in_building(podium.id, 1)) == ["晨光里生活广场", "阿婆面馆"]
    assert [u.name for u in units.in_building(podium.id, 3)] == ["晨光里生活广场"]
