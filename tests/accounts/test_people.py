"""People as the administrator and the property see them: own scope only, masked, every full number recorded."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from backend.accounts import scopes
from backend.accounts.commands import appoint
from backend.accounts.errors import AdministratorExists, RolesExclude
from backend.accounts.models import Grant
from backend.accounts.scopes import Scope
from backend.kernel import db
from backend.kernel.audit import AuditEntry
from backend.kernel.ids import new_id
from backend.kernel.stream import CONTROL, StreamEvent
from notifications import subscriptions
from tests.accounts.conftest import SignInAs
from tests.factories.accounts import (
    BUILDING,
    DWELLING,
    ESTATE,
    create_grant,
    create_member,
    create_person,
    create_phone,
)

FOREIGN = "/44/4403/440305/440305004/440305004011/e2/"
HERE, THERE = new_id(), new_id()


@pytest.fixture(autouse=True)
def _estates(_registered: None, db_session: object) -> None:
    known = {HERE: Scope("守望小区", "Shouwang Estate", (ESTATE,)), THERE: Scope("别的小区", "", (FOREIGN,))}
    scopes.register("estate", lambda ids: {i: known[i] for i in ids if i in known})


@pytest.fixture
def administrator(signed_in: SignInAs) -> FlaskClient:
    return signed_in(create_member("administrator", ESTATE, name="管理员"))


def _names(answer) -> set[str]:
    return {item["name"] for item in answer.json["items"]}


def test_lists_hold_the_own_scope_only(administrator: FlaskClient) -> None:
    create_member("resident", DWELLING, name="住户")
    far = create_member("resident", FOREIGN + "b9/d9/", name="外人")
    create_grant(far, "inspector", [FOREIGN])
    create_person("无身份")
    assert _names(administrator.get("/api/people")) == {"管理员", "住户"}
    assert _names(administrator.get("/api/people?role=resident")) == {"住户"}
    by_number = administrator.get("/api/people", query_string={"phone": far.phone}).json["items"]
    assert [(i["name"], i["roles"]) for i in by_number] == [("外*", [])]


def test_a_resident_sees_the_own_household_and_no_numbers(signed_in: SignInAs) -> None:
    me = create_member("resident", DWELLING, name="我")
    partner = create_member("resident", DWELLING, name="家人")
    create_member("resident", BUILDING + "d2/", name="邻居")
    create_member("control_room", ESTATE, name="值班员")
    browser = signed_in(me)
    answer = browser.get("/api/people")
    assert _names(answer) == {"我", "家人"}
    assert partner.phone not in answer.text
    assert browser.post("/api/people", json={"phone": create_phone()}).status_code == 403
    assert browser.post(f"/api/people/{partner.id}/phone", json={"reason": "好奇"}).status_code == 403


def test_somebody_outside_the_scope_is_not_found(administrator: FlaskClient) -> None:
    stranger = create_member("resident", FOREIGN + "b9/d9/")
    assert administrator.get(f"/api/people/{stranger.id}").status_code == 404
    assert administrator.post(f"/api/people/{stranger.id}/phone", json={"reason": "核实"}).status_code == 404
    assert administrator.get(f"/api/people/{new_id()}").status_code == 404


def test_roles_elsewhere_are_not_shown(administrator: FlaskClient) -> None:
    person = create_member("resident", DWELLING)
    create_grant(person, "police", [FOREIGN])
    assert [r["role"] for r in administrator.get(f"/api/people/{person.id}").json["roles"]] == ["resident"]
    assert administrator.get("/api/people?role=police").json["items"] == []


def test_who_was_just_added_can_be_opened_and_the_whole_list_is_for_the_administrator_of_all(
    administrator: FlaskClient, signed_in: SignInAs
) -> None:
    fresh = administrator.post("/api/people", json={"phone": create_phone(), "name": "新人"}).json
    assert fresh["name"] == "新人"
    assert administrator.get(f"/api/people/{fresh['id']}").status_code == 200
    assert signed_in(create_member("control_room")).get(f"/api/people/{fresh['id']}").status_code == 404
    assert "新人" in _names(signed_in(create_member("administrator", "/")).get("/api/people"))


def test_the_exact_number_finds_anybody_for_who_manages_people(administrator: FlaskClient, signed_in: SignInAs) -> None:
    person = create_person("新人")
    found = administrator.get("/api/people", query_string={"phone": f"+86 {person.phone}"})
    assert _names(found) == {"新人"} and person.phone not in found.text
    assert administrator.get("/api/people?phone=12").status_code == 422
    next_number = str(int(person.phone) + 1)
    assert administrator.get("/api/people", query_string={"phone": next_number}).json["items"] == []
    guard = signed_in(create_member("control_room"))
    assert guard.get("/api/people", query_string={"phone": person.phone}).json["items"] == []


def test_pages_follow_each_other(administrator: FlaskClient) -> None:
    for _ in range(4):
        create_member("resident", DWELLING)
    first = administrator.get("/api/people?limit=3").json
    second = administrator.get("/api/people", query_string={"limit": 3, "after": first["next"]}).json
    ids = [i["id"] for i in first["items"] + second["items"]]
    assert len(ids) == len(set(ids)) == 5 and second["next"] is None
    assert administrator.get("/api/people?limit=201").status_code == 422


def test_adding_a_person_twice_is_one_person_with_the_first_name(administrator: FlaskClient) -> None:
    phone = create_phone()
    made = administrator.post("/api/people", json={"phone": phone, "name": "孙丽"})
    again = administrator.post("/api/people", json={"phone": f"+86{phone}", "name": "别名"})
    assert (made.status_code, again.status_code) == (201, 200)
    assert made.json["id"] == again.json["id"] and again.json["name"] == "孙丽"
    assert administrator.post("/api/people", json={"phone": "119"}).status_code == 422


def _give(browser: FlaskClient, person_id: object, role: str, kind: str = "estate", id: object = HERE):
    body = {"role": role, "scope": {"kind": kind, "id": str(id) if id else None}}
    return browser.post(f"/api/people/{person_id}/grants", json=body)


def test_giving_a_role_and_taking_it_back(administrator: FlaskClient, signed_in: SignInAs, db_session) -> None:
    person = create_person()
    browser = signed_in(person)
    given = _give(administrator, person.id, "property")
    assert given.status_code == 201
    assert given.json["scope"] == {"kind": "estate", "id": str(HERE), "name": "守望小区", "name_en": "Shouwang Estate"}
    assert [r["role"] for r in browser.get("/api/me").json["roles"]] == ["property"]
    assert _give(administrator, person.id, "property").json["id"] == given.json["id"], "twice is one"
    assert administrator.delete(f"/api/grants/{given.json['id']}").status_code == 204
    assert browser.get("/api/me").json["roles"] == []
    assert administrator.delete(f"/api/grants/{given.json['id']}").status_code == 204
    actions = db_session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions.count("grants.give") >= 1 and actions.count("grants.end") == 1


def test_a_role_that_changes_ends_open_streams_and_the_last_one_the_pushes(
    administrator: FlaskClient, db_session, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended: list[object] = []
    monkeypatch.setattr(subscriptions, "end_of_person", ended.append)
    person = create_person()
    first = _give(administrator, person.id, "property").json["id"]
    second = _give(administrator, person.id, "control_room").json["id"]
    administrator.delete(f"/api/grants/{first}")
    assert ended == []
    administrator.delete(f"/api/grants/{second}")
    assert ended == [person.id]
    events = db_session.scalars(select(StreamEvent).where(StreamEvent.kind == CONTROL)).all()
    assert sum(person.id in e.people for e in events) == 4


@pytest.mark.parametrize(
    ("role", "kind", "id", "status", "code"),
    [
        ("property", "estate", THERE, 404, "NotFound"),
        ("property", "estate", new_id(), 404, "NotFound"),
        ("administrator", "all", None, 404, "NotFound"),
        ("property", "dwelling", HERE, 422, "WrongScopeForRole"),
        ("king", "estate", HERE, 422, "Invalid"),
        ("auditor", "estate", HERE, 409, "RoleNotOffered"),
        ("centre_operator", "estate", HERE, 409, "RoleNotOffered"),
    ],
)
def test_what_an_administrator_cannot_give(
    administrator: FlaskClient, role: str, kind: str, id: object, status: int, code: str
) -> None:
    answer = _give(administrator, create_person().id, role, kind, id)
    assert (answer.status_code, answer.json["code"]) == (status, code)


def test_only_who_may_gives_roles(signed_in: SignInAs) -> None:
    person = create_person()
    for role in ("property", "control_room", "inspector", "auditor"):
        assert _give(signed_in(create_member(role)), person.id, "property").status_code == 403


def test_a_grant_outside_the_scope_cannot_be_taken_back(administrator: FlaskClient) -> None:
    foreign = create_grant(create_person(), "property", [FOREIGN])
    wider = create_grant(create_person(), "station_member", [ESTATE, FOREIGN])
    for grant in (foreign, wider):
        assert administrator.delete(f"/api/grants/{grant.id}").status_code == 404


def test_administrator_and_auditor_are_never_one_person(administrator: FlaskClient) -> None:
    auditor = create_member("auditor", "/")
    answer = _give(administrator, auditor.id, "administrator")
    assert (answer.status_code, answer.json["code"]) == (409, "RolesExclude")
    assert "不能是同一个人" in answer.json["message"]
    with pytest.raises(RolesExclude):
        create_grant(create_member("administrator", "/"), "auditor", ["/"])


def test_a_full_number_is_given_for_a_reason_and_recorded(administrator: FlaskClient, db_session) -> None:
    person = create_member("resident", DWELLING)
    assert administrator.post(f"/api/people/{person.id}/phone", json={}).status_code == 422
    answer = administrator.post(f"/api/people/{person.id}/phone", json={"reason": "电话核实火情"})
    assert answer.json == {"phone": person.phone}
    entry = db_session.scalars(select(AuditEntry).where(AuditEntry.action == "phones.look")).one()
    assert entry.subject_id == str(person.id) and entry.details == {"reason": "电话核实火情"} and entry.person_id


def test_a_look_that_is_refused_is_recorded_too(signed_in: SignInAs, db_session) -> None:
    person = create_member("resident", DWELLING)
    member = signed_in(create_member("station_member"))
    assert member.post(f"/api/people/{person.id}/phone", json={"reason": "想知道"}).status_code in (403, 404)
    entry = db_session.scalars(select(AuditEntry).where(AuditEntry.action == "phones.look_refused")).one()
    assert entry.subject_id == str(person.id) and entry.person_id


def test_the_first_administrator_is_made_once(db_session) -> None:
    phone = create_phone()
    appoint("administrator", phone, "首位")
    with pytest.raises(AdministratorExists):
        appoint("administrator", create_phone())
    appoint("administrator", create_phone(), another=True)
    with pytest.raises(RolesExclude):
        appoint("auditor", phone)


def test_the_last_administrator_of_all_stays(signed_in: SignInAs, db_session) -> None:
    phone = create_phone()
    appoint("administrator", phone)
    grant = db_session.scalars(select(Grant).where(Grant.role == "administrator")).one()
    with db.transaction():
        person = create_person(phone=phone)
    browser = signed_in(person)
    assert browser.delete(f"/api/grants/{grant.id}").json["code"] == "LastAdministrator"
    appoint("administrator", create_phone(), another=True)
    assert browser.delete(f"/api/grants/{grant.id}").status_code == 204


def test_the_command_says_what_it_did(app, db_session) -> None:
    runner = app.test_cli_runner()
    phone = create_phone()
    made = runner.invoke(args=["admin", "create", phone])
    assert made.exit_code == 0 and phone not in made.output and phone[-4:] in made.output
    again = runner.invoke(args=["admin", "create", create_phone()])
    assert again.exit_code == 1 and "--another" in again.output
    assert runner.invoke(args=["admin", "create", "119"]).exit_code == 1
    assert runner.invoke(args=["auditor", "create", create_phone()]).exit_code == 0


def test_everybody_may_read_the_roles(signed_in: SignInAs) -> None:
    items = signed_in(create_person()).get("/api/roles").json["items"]
    assert {i["name"] for i in items if i["is_offered"]} >= {"resident", "administrator"}
    assert next(i for i in items if i["name"] == "resident")["scope_kinds"] == ["dwelling"]
