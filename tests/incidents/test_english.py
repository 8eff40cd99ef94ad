"""An English reader reads no Chinese where an English name exists: neither on a screen nor in a notice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from backend.accounts.models import Person
from backend.demo import devices, estate
from backend.incidents import jobs, spreading
from backend.incidents.intake import note_evidence
from backend.kernel import clock, db
from backend.monitoring import jobs as faults
from backend.monitoring.events import EvidenceSeen
from backend.places import qr
from backend.places.models import Building, Estate
from notifications import texts
from notifications.models import Notice
from tests.factories import monitoring as m
from tests.factories.accounts import create_person
from tests.factories.incidents import Watch, create_incident, create_watch
from tests.factories.places import create_building, find_dwelling, find_floor
from tests.incidents.test_api import Phone

HAN = re.compile(r"[\u4e00-\u9fff]")
DETECTOR = {"label": "1503燃气探测器", "label_en": "1503 gas detector"}


@pytest.fixture
def watch(db_session: Any) -> Watch:
    """A tower as the demo has them, with a garage under it, in which everybody reads English."""
    made = create_watch()
    garage = create_building("晨光里地下车库", made.estate, range(-2, 0), kind="garage", joined=[made.tower])
    with db.transaction() as session:
        session.execute(update(Person).values(language="en"))
        session.execute(update(Estate).values(name="晨光里", name_en="Chenguang Li"))
        names = {made.tower.id: ("晨光里 7 号楼", "Building 7"), garage.id: ("晨光里地下车库", "Underground garage")}
        for id, (zh, en) in names.items():
            session.execute(update(Building).where(Building.id == id).values(name=zh, name_en=en))
        session.expire_all()
    return made


def chinese(data: Any, path: str = "") -> Iterator[str]:
    """Every text with Chinese in it, but a name beside which its English one stands."""
    if isinstance(data, dict):
        for key, value in data.items():
            if not (key == "name" and data.get("name_en")):
                yield from chinese(value, f"{path}.{key}")
    elif isinstance(data, list):
        for value in data:
            yield from chinese(value, path)
    elif isinstance(data, str) and HAN.search(data):
        yield f"{path}: {data}"


def in_notices() -> list[str]:
    found = []
    with db.transaction() as session:
        for notice in session.scalars(select(Notice)):
            for channel in texts.CHANNELS:
                text = texts.render(notice.kind, channel, "en", notice.params)
                whole = f"{text.title} {text.body.removeprefix(texts.SIGNATURE)} {text.short}"
                found += [f"{notice.kind} {channel}: {whole}"] if HAN.search(whole) else []
            told = {key: texts.localise(value, "en") for key, value in notice.params.items()}
            found += list(chinese(told, notice.kind))
    return found


def lived_through(app: Flask, watch: Watch) -> list[str]:
    """Everything that an English resident and an English guard read of a fire, at each step of it."""
    found: list[str] = []
    door = find_dwelling(watch.tower, "302")
    incident = create_incident(watch.tower, 3, dwelling_id=door.id, **DETECTOR)
    phones = {who: Phone(app, watch.people[who]) for who in ("desk", "station", "neighbour", "upstairs")}
    path = f"/incidents/{incident.id}"

    def look() -> None:
        for phone in phones.values():
            found.extend(chinese(phone.get("/incidents")["items"], "list"))
            found.extend(chinese(phone.get(path), "detail"))
        found.extend(chinese(phones["desk"].get(f"{path}/report"), "report"))

    look()
    phones["neighbour"].post(f"{path}/answer", {"answer": "real"})
    phones["desk"].post(f"{path}/acknowledge")
    with db.transaction():
        for what in ("reset", "cleared"):
            place = (watch.tower.scope_path, watch.tower.id, None)
            note_evidence(EvidenceSeen(clock.now(), what, *place, "北区消控主机", "North panel"))
    create_incident(watch.tower, 4, evidence="confirm", label="4 层手动报警按钮", label_en="manual call point")
    jobs.expand_waiting()
    for step in list(spreading.waiting_steps()):
        jobs.expand(step)
    look()
    phones["upstairs"].post(f"{path}/roll-call", {"status": "help", "people": 2})
    phones["station"].post(f"{path}/arrive", {"lat": watch.tower.lat, "lon": watch.tower.lon})
    phones["station"].post(f"{path}/control")
    look()
    phones["desk"].post(f"{path}/close", {"cause": "oil", "grade": "small", "loss": "none"})
    look()
    return found


def test_no_chinese_on_an_english_screen_from_the_first_signal_to_the_end(app: Flask, watch: Watch) -> None:
    assert lived_through(app, watch) == []


def test_no_chinese_in_an_english_notice(app: Flask, watch: Watch) -> None:
    lived_through(app, watch)
    assert in_notices() == []


def test_evidence_and_timeline_carry_the_english_label(app: Flask, watch: Watch) -> None:
    incident = create_incident(watch.tower, 3, **DETECTOR)
    detail = Phone(app, watch.people["desk"]).get(f"/incidents/{incident.id}")
    assert detail["evidence"][0]["label"] == "1503 gas detector"
    assert detail["timeline"][0]["text"] == "1503 gas detector: smoke detector: fire"
    assert detail["place"] == "Building 7, floor 3, Chenguang Li"


def test_faults_silence_and_admissions_are_told_in_english(app: Flask, watch: Watch) -> None:
    box = m.create_transmitter(building=watch.tower, name="7 号楼传输装置", name_en="Transmitter of building 7")
    named = {"system": 11, "label": "1 号消火栓泵", "label_en": "hydrant pump 1"}
    m.create_device(box, 91, component=91, building=watch.tower, floor=find_floor(watch.tower, 1), **named)
    m.arrive(m.component(box.source_address, 91, m.FAULT, component=91, system=11), m.unit(box.source_address, 8))
    faults.tell_faults()
    desk, newcomer = Phone(app, watch.people["desk"]), create_person("Ann", language="en")
    with db.transaction():
        code = qr.token(watch.tower)
    Phone(app, newcomer).post("/residencies", {"qr": code, "number": "901"}, 201)
    titles = [fault["title"] for fault in desk.get("/faults")["items"]]
    assert "Floor 1, hydrant pump 1: fault" in titles and len(titles) == 2
    assert list(chinese(desk.get("/faults"))) == []
    home = desk.get(f"/home?building={watch.tower.id}")
    assert list(chinese([home["faults"], home["status"]])) == []
    with db.transaction() as session:
        kinds = set(session.scalars(select(Notice.kind)))
    assert {"fault.opened", "admission.asked"} <= kinds
    assert in_notices() == []


def test_without_an_english_label_the_chinese_one_stands(app: Flask, watch: Watch) -> None:
    incident = create_incident(watch.tower, 3, label="三层烟感", label_en="")
    detail = Phone(app, watch.people["desk"]).get(f"/incidents/{incident.id}")
    assert detail["evidence"][0]["label"] == "三层烟感"


def test_chinese_has_a_space_between_a_door_and_a_word(app: Flask, watch: Watch) -> None:
    with db.transaction() as session:
        session.execute(update(Person).values(language="zh"))
    incident = create_incident(watch.tower, 3, **DETECTOR)
    report = Phone(app, watch.people["desk"]).get(f"/incidents/{incident.id}/report")
    assert report["evidence"][0]["label"] == "1503 燃气探测器"
    assert report["timeline"][0]["text"].startswith("1503 燃气探测器报警")


def test_everything_of_the_demo_has_an_english_name() -> None:
    named = [*estate.ESTATES, *estate.BUILDINGS, *estate.UNITS, *estate.AREAS, *estate.TRANSMITTERS]
    for plan in named:
        assert plan.name_en and not HAN.search(plan.name_en), plan
    for point in devices.planned():
        assert point.label_en and not HAN.search(point.label_en), point
