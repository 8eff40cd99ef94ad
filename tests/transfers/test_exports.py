"""An estate goes out masked; the full numbers need a permission and a reason, and every copy is on record."""

from __future__ import annotations

import csv
import io

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from backend.accounts import cookies
from backend.accounts.models import Person
from backend.accounts.roles import ROLES
from backend.kernel import clock, db
from backend.kernel.audit import AuditEntry
from backend.places.models import Area, Estate
from backend.transfers import service
from backend.transfers.layouts import LAYOUTS
from tests.factories.accounts import create_grant, create_member, create_person, create_session
from tests.factories.places import create_area, create_building, create_estate, create_resident, find_dwelling
from tests.transfers.conftest import Import
from tests.transfers.test_imports import DEVICES, ESTATE, PEOPLE, TRANSMITTERS


@pytest.fixture
def estate(area: Area) -> Estate:
    made = create_estate("=1+1 苑", area)
    create_building("1 号楼", made)
    return made


def _export(browser: FlaskClient, estate_id: object, **more: object) -> dict:
    asked = browser.post("/api/exports", json={"estate_id": str(estate_id), "reason": "交接核对"} | more)
    assert asked.status_code == 202, asked.text
    service.run(asked.json["id"])
    shown = browser.get(f"/api/exports/{asked.json['id']}").json
    assert shown["state"] == "done", shown
    return shown


def _rows(browser: FlaskClient, export: dict, file: str) -> list[dict[str, str]]:
    answer = browser.get(f"/api/exports/{export['id']}/files/{file}")
    assert answer.status_code == 200 and answer.mimetype == "text/csv"
    assert "attachment" in answer.headers["Content-Disposition"]
    text = answer.get_data(as_text=True)
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:], newline="")))


def _create_home(area: Area) -> tuple[Estate, Person]:
    estate = create_estate("守望苑", area)
    person = create_person("王小明")
    create_resident(find_dwelling(create_building("1 号楼", estate)), person)
    return estate, person


def test_numbers_and_names_are_masked(area: Area, administrator: FlaskClient) -> None:
    estate, person = _create_home(area)
    export = _export(administrator, estate.id)
    rows = _rows(administrator, export, "people")
    assert rows[0]["手机号"] == f"{person.phone[:3]}****{person.phone[-4:]}" and rows[0]["姓名"] == "王**"
    assert rows[0]["户号"] == "101"
    for file in LAYOUTS:
        assert person.phone not in str(_rows(administrator, export, file))


def test_unmasked_needs_its_permission_and_all_is_on_record(
    app: Flask, area: Area, administrator: FlaskClient, db_session, monkeypatch: pytest.MonkeyPatch
) -> None:
    estate, person = _create_home(area)
    export = _export(administrator, estate.id, unmasked=True)
    assert _rows(administrator, export, "people")[0]["手机号"] == person.phone
    entries = {e.action: e for e in db_session.scalars(select(AuditEntry).where(AuditEntry.action.like("exports.%")))}
    assert set(entries) == {"exports.ask", "exports.run", "exports.download"}
    details = {"reason": "交接核对", "is_unmasked": True, "count": 1}
    assert entries["exports.run"].details == details and entries["exports.run"].person_id
    weaker = ROLES["property"].permissions | {"exports.run"}
    monkeypatch.setitem(ROLES, "property", type(ROLES["property"])("property", "", "", frozenset({"estate"}), weaker))
    browser = app.test_client()
    browser.set_cookie(cookies.NAME, create_session(create_member("property", estate.scope_path)))
    refused = browser.post("/api/exports", json={"estate_id": str(estate.id), "reason": "想看看", "unmasked": True})
    assert refused.status_code == 403
    assert db_session.scalars(select(AuditEntry).where(AuditEntry.action == "exports.refused")).one().details
    assert _rows(browser, _export(browser, estate.id), "people")[0]["姓名"] == "王**"


def test_no_cell_is_a_formula(estate: Estate, administrator: FlaskClient) -> None:
    rows = _rows(administrator, _export(administrator, estate.id), "estate")
    assert rows[0]["名称"] == "'=1+1 苑"


def test_a_reason_is_needed_and_the_estate_must_be_mine(administrator: FlaskClient, estate: Estate) -> None:
    assert administrator.post("/api/exports", json={"estate_id": str(estate.id)}).status_code == 422
    foreign = create_estate(area=create_area("别处"))
    answer = administrator.post("/api/exports", json={"estate_id": str(foreign.id), "reason": "核对"})
    assert answer.status_code == 404


def test_files_are_for_the_asker_and_for_a_day(app: Flask, area: Area, administrator: FlaskClient) -> None:
    estate, _ = _create_home(area)
    export = _export(administrator, estate.id)
    path = f"/api/exports/{export['id']}/files/people"
    other = create_person()
    create_grant(other, "administrator", [area.scope_path], kind="area", scope_id=area.id)
    browser = app.test_client()
    browser.set_cookie(cookies.NAME, create_session(other))
    assert browser.get(path).status_code == 404
    assert browser.get(f"/api/exports/{export['id']}").status_code == 404
    assert administrator.get(path.replace("people", "passwd")).status_code == 404
    assert administrator.get(path.replace("people", "..%2f..%2fkeys")).status_code == 404
    with clock.freeze(clock.now()) as time:
        time.tick(25 * 3600)
        assert administrator.get(path).json["code"] == "FileGone"
        service.forget_files()
    assert administrator.get(path).status_code == 404


def test_what_goes_out_comes_in_again_as_it_was(area: Area, administrator: FlaskClient, bring_in: Import) -> None:
    files = {"estate": ESTATE.format(area=area.code), "transmitters": TRANSMITTERS, "devices": DEVICES}
    people = PEOPLE.format(a="10099990001", b="10099990002", c="10099990003")
    first = bring_in(**files, people=people)
    export = _export(administrator, first["estate_id"], unmasked=True)
    before = {file: _rows(administrator, export, file) for file in LAYOUTS}
    out = {f: administrator.get(f"/api/exports/{export['id']}/files/{f}").get_data(as_text=True) for f in LAYOUTS}
    moved = create_area("另一社区")
    create_grant_of_all(administrator, moved)
    out["estate"] = out["estate"].replace(area.code, moved.code)
    again = bring_in(**out)
    assert (again["state"], again["errors"]) == ("done", [])
    assert again["estate_id"] != first["estate_id"]
    copy = _export(administrator, again["estate_id"], unmasked=True)
    after = {file: _rows(administrator, copy, file) for file in LAYOUTS}
    for row in after["estate"] + before["estate"]:
        row.pop("区划代码")
    assert after == before


def create_grant_of_all(administrator: FlaskClient, area: Area) -> None:
    person_id = administrator.get("/api/me").json["id"]
    with db.transaction() as session:
        person = session.get(Person, person_id)
    create_grant(person, "administrator", [area.scope_path], kind="area", scope_id=area.id)
