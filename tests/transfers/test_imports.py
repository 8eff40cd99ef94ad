"""An estate comes in whole or not at all; what is there stays, and new people confirm themselves."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from backend.accounts import actors
from backend.accounts.models import Grant, Person
from backend.kernel import clock, crypt, db
from backend.kernel.audit import AuditEntry
from backend.monitoring.models import Device, Transmitter
from backend.places.models import Area, Building, BuildingJoin, Dwelling, Estate, Floor, Gate, Hydrant, Residency
from backend.transfers import service
from backend.transfers.layouts import title
from notifications.models import Notice
from tests.factories.accounts import create_grant, create_person, create_phone
from tests.factories.places import create_building, create_estate, create_resident, find_dwelling
from tests.transfers.conftest import Import

ESTATE = """类型,名称,区划代码,种类,纬度,经度,相连楼栋,所在楼栋,层序,楼层标识,避难层,户号,消防车通道,地址
小区,守望苑,{area},,22.53,113.93,,,,,,,,海珠路 1 号
楼栋,1 号楼,,高层,22.531,113.931,地库,,,,,,,
楼栋,地库,,车库,22.532,113.932,,,,,,,,
楼层,,,,,,,1 号楼,1,大堂,,,,
楼层,,,,,,,1 号楼,2,,是,0201；0202,,
楼层,,,,,,,地库,-1,B1,,,,
大门,南门,,,22.533,113.933,,,,,,,是,
室外消火栓,S1,,地上,22.534,113.934,,,,,,,,
"""
TRANSMITTERS = "name,source_address,profile,network,building\n1 号楼主机,1001,standard,10.1.2.3,1 号楼\n"
DEVICES = (
    "transmitter,system_type,system_address,component_type,component_address,building,floor,dwelling,label\n"
    "1 号楼主机,1,0,40,1,,2,0201,0201 厨房烟感\n"
    "1 号楼主机,1,0,23,2,,2,,2 层手报\n"
)
PEOPLE = "手机号,姓名,身份,楼栋,户号\n{a},王小明,居民,1 号楼,0201\n{b},赵强,物业管理人员,,\n{c},孙丽,,,\n"


def _count(model: type) -> int:
    with db.transaction() as session:
        return session.scalar(select(func.count()).select_from(model))


def _files(area: Area) -> dict[str, str]:
    phones = {key: create_phone() for key in "abc"}
    return {
        "estate": ESTATE.format(area=area.code), "transmitters": TRANSMITTERS, "devices": DEVICES,
        "people": PEOPLE.format(**phones),
    }  # fmt: skip


def test_an_estate_comes_in_with_all_it_has(area: Area, bring_in: Import, db_session) -> None:
    done = bring_in(**_files(area))
    assert (done["state"], done["errors"]) == ("done", [])
    assert done["counts"] == {
        "estates": 1, "buildings": 2, "floors": 3, "gates": 1, "hydrants": 1, "transmitters": 1, "devices": 2,
        "people": 3,
    }  # fmt: skip
    estate = db_session.scalars(select(Estate)).one()
    assert str(estate.id) == done["estate_id"] and estate.scope_path.startswith(area.scope_path)
    assert estate.address == "海珠路 1 号"
    tower = db_session.scalars(select(Building).where(Building.name == "1 号楼")).one()
    refuge = db_session.scalars(select(Floor).where(Floor.is_refuge)).one()
    assert (refuge.building_id, refuge.ordinal, refuge.label) == (tower.id, 2, "2")
    assert db_session.scalars(select(BuildingJoin)).one().a_id == tower.id
    assert (
        db_session.scalars(select(Gate)).one().is_fire_lane and db_session.scalars(select(Hydrant)).one().label == "S1"
    )
    device = db_session.scalars(select(Device).where(Device.component_address == 1)).one()
    dwelling = db_session.scalars(select(Dwelling).where(Dwelling.number == "0201")).one()
    assert (device.building_id, device.floor_id, device.dwelling_id) == (tower.id, refuge.id, dwelling.id)
    assert device.scope_path == tower.scope_path and device.kind and not device.is_found


def test_imported_people_hold_their_roles_and_are_not_confirmed(area: Area, bring_in: Import, db_session) -> None:
    files = _files(area)
    bring_in(**files)
    phone = files["people"].splitlines()[1].split(",")[0]
    person = db_session.scalars(select(Person).where(Person.phone_index == crypt.blind_index(phone))).one()
    assert person.name == "王小明" and person.confirmed_at is None
    residency = db_session.scalars(select(Residency)).one()
    assert (residency.person_id, residency.state) == (person.id, "admitted")
    dwelling = db_session.get(Dwelling, residency.dwelling_id)
    with db.transaction():
        actor = actors.actor_for(person.id)
    assert actor.may("incidents.answer", dwelling.scope_path)
    assert {g.role for g in db_session.scalars(select(Grant))} == {"administrator", "resident", "property"}


def test_twice_is_once(area: Area, bring_in: Import) -> None:
    files = _files(area)
    bring_in(**files)
    tables = (
        Estate,
        Building,
        BuildingJoin,
        Floor,
        Dwelling,
        Gate,
        Hydrant,
        Transmitter,
        Device,
        Person,
        Grant,
        Residency,
    )
    before = [_count(model) for model in tables]
    assert bring_in(**files)["state"] == "done"
    assert [_count(model) for model in tables] == before


@pytest.mark.parametrize(
    ("file", "old", "new", "row", "column"),
    [
        ("estate", "高层", "城堡", 3, "kind"),
        ("estate", "地库,,,,,,,\n", "天空,,,,,,,\n", 3, "joined_to"),
        ("estate", "1 号楼,2,", "9 号楼,2,", 6, "building"),
        ("estate", "1 号楼,2,", "1 号楼,1,", 6, "ordinal"),
        ("estate", "22.534", "222", 9, "lat"),
        ("estate", "地上", "天上", 9, "kind"),
        ("transmitters", "10.1.2.3,1 号楼", "10.1.2.3,9 号楼", 2, "building"),
        ("transmitters", "standard", "unheard", 2, "profile"),
        ("devices", "1 号楼主机,1,0,23", "别的主机,1,0,23", 3, "transmitter"),
        ("devices", "23,2,", "40,1,", 3, "component_address"),
        ("devices", ",2,0201,", ",7,0201,", 2, "floor"),
        ("devices", ",2,0201,", ",2,0909,", 2, "dwelling"),
        ("people", "1 号楼,0201", "1 号楼,0909", 2, "dwelling"),
        ("people", "赵强,物业管理人员,,", "赵强,物业管理人员,,0201", 3, "dwelling"),
        ("people", "赵强,物业管理人员,,", "赵强,系统管理员,,", 3, "role"),
    ],
)
def test_one_wrong_row_and_nothing_is_taken_over(
    area: Area, bring_in: Import, file: str, old: str, new: str, row: int, column: str
) -> None:
    files = _files(area)
    assert old in files[file]
    files[file] = files[file].replace(old, new, 1)
    refused = bring_in(**files)
    assert refused["state"] == "refused"
    assert (file, row, title(file, column, "zh")) in [(e["file"], e["row"], e["column"]) for e in refused["errors"]]
    assert all(e["message"] for e in refused["errors"]) and refused["error_count"] == len(refused["errors"])
    assert [_count(m) for m in (Estate, Building, Transmitter, Device, Residency)] == [0] * 5
    assert _count(Person) == 1, "only the administrator"


def test_messages_follow_the_askers_language(area: Area, bring_in: Import, administrator: FlaskClient) -> None:
    files = _files(area) | {"people": "phone,name\n119,王\n"}
    refused = bring_in(**files)
    assert "手机号" in refused["errors"][0]["message"]
    english = administrator.get(f"/api/imports/{refused['id']}", headers={"Accept-Language": "en"}).json
    assert "phone number" in english["errors"][0]["message"]


def test_people_alone_come_into_an_estate_that_is_there(area: Area, bring_in: Import) -> None:
    estate = create_estate(area=area)
    create_building("1 号楼", estate)
    phone = create_phone()
    done = bring_in(estate.id, people=f"phone,name,role,building,dwelling\n{phone},王,resident,1 号楼,101\n")
    assert done["state"] == "done" and done["counts"] == {"people": 1}


def test_who_is_known_keeps_name_and_homes(area: Area, bring_in: Import, db_session) -> None:
    estate = create_estate(area=area)
    building = create_building("1 号楼", estate)
    person = create_person("原名")
    create_resident(find_dwelling(building), person)
    rows = f"{person.phone},别名,resident,1 号楼,101\n{person.phone},别名,resident,1 号楼,102\n"
    assert bring_in(estate.id, people="phone,name,role,building,dwelling\n" + rows)["state"] == "done"
    db_session.expire_all()
    assert db_session.get(Person, person.id).name == "原名"
    assert len(db_session.scalars(select(Residency).where(Residency.person_id == person.id)).all()) == 2


def test_an_estate_elsewhere_is_not_found_or_refused(bring_in: Import, administrator: FlaskClient) -> None:
    foreign = create_estate()
    data = {"people": (io.BytesIO(b"phone,name\n"), "people.csv")}
    answer = administrator.post(f"/api/imports?estate_id={foreign.id}", data=data, content_type="multipart/form-data")
    assert answer.status_code == 404
    with db.transaction() as session:
        code = session.get(Area, foreign.area_id).code
    refused = bring_in(estate=ESTATE.format(area=code))
    assert refused["state"] == "refused" and "范围" in refused["errors"][0]["message"]


def test_only_who_may_imports(app, area: Area, administrator: FlaskClient) -> None:
    data = {"people": (io.BytesIO(b"phone,name\n"), "people.csv")}
    assert app.test_client().post("/api/imports", data=data, content_type="multipart/form-data").status_code == 401
    assert administrator.post("/api/imports", data={}, content_type="multipart/form-data").status_code == 422
    bad = {"secrets": (io.BytesIO(b"x"), "x.csv")}
    assert administrator.post("/api/imports", data=bad, content_type="multipart/form-data").status_code == 422
    binary = {"people": (io.BytesIO(b"\x00\xff\xff\x00"), "people.csv")}
    answer = administrator.post("/api/imports", data=binary, content_type="multipart/form-data")
    assert (answer.status_code, answer.json["code"]) == (422, "NotText")
    text = administrator.post("/api/imports", data={"people": "no file"}, content_type="multipart/form-data")
    assert text.status_code == 422


def test_a_file_that_is_too_large_is_refused(administrator: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.transfers.sheets.MOST_BYTES", 1000)
    data = {"people": (io.BytesIO(b"a" * 2000), "people.csv")}
    assert administrator.post("/api/imports", data=data, content_type="multipart/form-data").status_code == 413


def test_somebody_elses_import_is_not_found(app, area: Area, bring_in: Import) -> None:
    done = bring_in(**_files(area))
    other = create_person()
    create_grant(other, "administrator", [area.scope_path], kind="area", scope_id=area.id)
    from tests.factories.accounts import create_session

    browser = app.test_client()
    browser.set_cookie("session", create_session(other))
    assert browser.get(f"/api/imports/{done['id']}").status_code == 404
    assert browser.get("/api/imports").json["items"] == []


def test_uploads_lie_encrypted_and_go_when_done(
    area: Area, administrator: FlaskClient, data_dir: Path, db_session
) -> None:
    files = _files(area)
    phone = files["people"].splitlines()[1].split(",")[0]
    data = {name: (io.BytesIO(text.encode()), f"{name}.csv") for name, text in files.items()}
    asked = administrator.post("/api/imports", data=data, content_type="multipart/form-data").json
    stored = list((data_dir / "transfers").rglob("*.enc"))
    assert len(stored) == 4 and all(phone.encode() not in p.read_bytes() for p in stored)
    assert all(p.stat().st_mode & 0o077 == 0 for p in stored)
    service.run(asked["id"])
    with clock.freeze(clock.now()) as time:
        time.tick(1)
        service.forget_files()
    assert list((data_dir / "transfers").rglob("*.enc")) == []


def test_the_asker_is_told_and_it_is_on_record(area: Area, bring_in: Import, db_session) -> None:
    done = bring_in(**_files(area))
    notice = db_session.scalars(select(Notice).where(Notice.kind == "import.finished")).one()
    assert str(notice.subject_id) == done["id"] and notice.params["outcome"] == "done"
    entry = db_session.scalars(select(AuditEntry).where(AuditEntry.action == "imports.run")).one()
    assert entry.details["people"] == 3 and entry.person_id == notice.person_id
