"""The operations: who may, who sees nothing, and what they answer."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from backend.kernel import clock
from backend.monitoring.models import Device, QuarantinedFrame, Signal, Transmitter
from tests.factories import monitoring as m
from tests.factories.places import create_building, find_floor

ALL = (
    "devices.see", "transmitters.see", "transmitters.manage", "frames.see", "tests.run", "quarantine.manage",
)  # fmt: skip


@pytest.fixture
def manager(as_actor, box):
    """Somebody who may do everything of monitoring, in the box's estate."""
    path = box.scope_path.rsplit("/", 2)[0] + "/"
    return as_actor(dict.fromkeys(ALL, (path,)))


@pytest.fixture
def outsider(as_actor, client):
    return as_actor(dict.fromkeys(ALL, ("/11/",)))


READS = (
    "/api/devices", "/api/transmitters", "/api/faults", "/api/readings/latest", "/api/quarantine",
    "/api/transmitters/profiles",
)  # fmt: skip


@pytest.mark.parametrize("path", READS)
def test_nobody_signed_in_sees_nothing(client, path):
    assert client.get(path).status_code == 401


@pytest.mark.parametrize("path", READS[:4])
def test_an_outsider_gets_empty_lists(client, box, outsider, path):
    m.arrive(m.component(box.source_address, 17, m.FAULT), m.analog(box.source_address, 1, 2, 235))
    answer = client.get(path)
    assert (answer.status_code, answer.json) == (200, {"items": [], "next": None})


def test_somebody_elses_row_is_the_same_404_as_none(client, box, outsider, db_session):
    m.arrive(m.component(box.source_address, 17))
    device = db_session.scalars(select(Device)).one()
    for path in (f"/api/transmitters/{box.id}", f"/api/transmitters/{box.id}/frames", f"/api/devices/{device.id}"):
        assert client.get(path).status_code == 404
    assert client.patch(f"/api/transmitters/{box.id}", json={"name": "x"}).status_code == 404
    assert client.post(f"/api/transmitters/{box.id}/test", json={"minutes": 5}).status_code == 404
    given = {"estate_id": str(box.estate_id), "name": "x", "source_address": 5}
    assert client.post("/api/transmitters", json=given).status_code == 404


def test_a_device_in_the_contracts_shape(client, tower, box, manager):
    floor = find_floor(tower, 3)
    m.create_device(box, 17, building=tower, floor=floor)
    m.arrive(m.component(box.source_address, 17))
    [item] = client.get(f"/api/devices?building={tower.id}&kind=smoke").json["items"]
    assert item["place"] == {
        "building": {"id": str(tower.id), "name": tower.name, "name_en": ""},
        "floor": {"id": str(floor.id), "label": "3", "ordinal": 3},
        "label": "17 号探测器",
        "label_en": "",
    }
    assert (item["state"], item["component_address"], item["system_type"]) == ("fire", 17, 1)
    assert item["seen_at"].endswith("Z")
    assert client.get("/api/devices?state=unknown").json["items"] == []
    card = client.get(f"/api/devices/{item['id']}").json
    assert card["readings"] == []
    assert card["transmitter"] == {"id": str(box.id), "name": box.name, "name_en": ""}
    assert [(said["words"], said["is_danger"]) for said in card["signals"]] == [("火警", True)]


def test_pages_of_devices(client, box, manager):
    for n in range(5):
        m.create_device(box, n)
    first = client.get("/api/devices?limit=3").json
    second = client.get(f"/api/devices?limit=3&after={first['next']}").json
    assert (len(first["items"]), len(second["items"]), second["next"]) == (3, 2, None)
    assert not {i["id"] for i in first["items"]} & {i["id"] for i in second["items"]}


def test_register_and_change(client, box, manager):
    given = {"estate_id": str(box.estate_id), "name": "2 号传输装置", "source_address": 5, "network": "10.1.2.3/16"}
    made = client.post("/api/transmitters", json=given)
    assert made.status_code == 201, made.json
    assert (made.json["network"], made.json["state"], made.json["good"]) == ("10.1.0.0/16", "new", 0)
    again = client.post("/api/transmitters", json=given)
    assert (again.status_code, again.json["code"]) == (409, "TransmitterTaken")
    path = f"/api/transmitters/{made.json['id']}"
    changed = client.patch(path, json={"network": "port:26901", "silent_after_s": 60}).json
    assert (changed["network"], changed["silent_after_s"]) == ("port:26901", 60)
    wrong = client.patch(path, json={"network": "nowhere"})
    assert (wrong.status_code, wrong.json["code"]) == (422, "WrongNetwork")


def test_a_model_told_by_its_connection_needs_a_network(client, box, manager):
    given = {"estate_id": str(box.estate_id), "name": "大华", "source_address": 0, "profile": "dahua"}
    answer = client.post("/api/transmitters", json=given)
    assert (answer.status_code, answer.json["code"]) == (422, "NetworkNeeded")


def test_raw_frames_are_shown_with_what_they_say(client, box, manager):
    m.arrive(m.component(box.source_address, 17, text="西走廊烟感"), m.raw_frame(box.source_address, b"\x63\x01\x01"))
    denied, fire = client.get(f"/api/transmitters/{box.id}/frames").json["items"]
    assert (denied["outcome"], denied["problems"]) == ("denied", ["unknown_type"])
    assert fire["items"][0]["bits"] == ["normal", "fire"]
    assert fire["items"][0]["text"] == "西走廊烟感"
    assert fire["hex"].startswith("4040")


def test_test_mode_has_an_end(client, box, manager):
    path = f"/api/transmitters/{box.id}/test"
    assert client.post(path, json={"minutes": 10}).json["test_until"] is not None
    assert client.post(path, json={"minutes": 100_000}).status_code == 422
    assert datetime.fromisoformat(client.delete(path).json["test_until"]) <= clock.now()


def test_readings_and_faults(client, box, manager):
    m.arrive(
        m.analog(box.source_address, 1, 2, 235), m.component(box.source_address, 91, m.FAULT, component=91, system=11)
    )
    [reading] = client.get("/api/readings/latest").json["items"]
    assert (reading["metric"], reading["value"], reading["unit"]) == ("height", 2.35, "m")
    assert (reading["label"], reading["label_en"]) == ("消防水箱 1", "Water tank 1")
    [fault] = client.get("/api/faults").json["items"]
    assert fault["title"].endswith("消防水泵 91 故障")
    assert [step["label"] for step in fault["steps"]] == ["发现", "已通知物业", "恢复"]
    m.arrive(m.component(box.source_address, 91, m.NORMAL, component=91, system=11))
    assert client.get("/api/faults").json["items"] == []
    assert len(client.get("/api/faults?state=recovered").json["items"]) == 1


def test_one_tap_adopts_a_stranger_and_its_fire(client, box, manager, told, db_session):
    m.arrive(m.component(4242, 17), m.component(4242, 18, m.NORMAL), peer="192.0.2.7")
    [stranger] = client.get("/api/quarantine").json["items"]
    assert (stranger["frames"], stranger["has_fire"], stranger["source_address"]) == (2, True, 4242)
    given = {"estate_id": str(box.estate_id), "name": "北区"}
    made = client.post(f"/api/quarantine/{stranger['key']}/adopt", json=given)
    assert made.status_code == 201, made.json
    assert (made.json["network"], made.json["quarantined"]) == ("192.0.2.7/32", 2)
    assert [e.is_source_verified for e in told] == [True]
    assert not db_session.scalars(select(QuarantinedFrame)).all()
    assert len(db_session.scalars(select(Signal)).all()) == 2
    gone = client.post(f"/api/quarantine/{stranger['key']}/adopt", json=given)
    assert (gone.status_code, gone.json["code"]) == (404, "NobodyThere")
    assert client.post("/api/quarantine/nonsense/adopt", json=given).status_code == 404


def test_who_may_look_may_not_change(client, box, as_actor):
    as_actor({"transmitters.see": ("/",), "devices.see": ("/",)})
    assert client.get(f"/api/transmitters/{box.id}").status_code == 200
    assert client.patch(f"/api/transmitters/{box.id}", json={"name": "x"}).status_code == 403
    assert client.get(f"/api/transmitters/{box.id}/frames").status_code == 403
    assert client.get("/api/quarantine").status_code == 403


def test_every_transmitter_of_an_estate(client, db_session, as_actor):
    as_actor({"transmitters.see": ("/",)})
    mine, other = m.create_transmitter(building=create_building()), m.create_transmitter(building=create_building())
    found = client.get(f"/api/transmitters?estate={mine.estate_id}").json["items"]
    assert [i["id"] for i in found] == [str(mine.id)]
    assert other.id != mine.id
    assert db_session.get(Transmitter, mine.id).registered_at > clock.now() - timedelta(minutes=1)
