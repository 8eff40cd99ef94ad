"""Policies and the audit trail: in the own scope, of the right form, and read by the auditor alone."""

from __future__ import annotations

import pytest

from backend.accounts import scopes
from backend.accounts.rules import alike
from backend.accounts.scopes import Scope
from backend.kernel import audit, db, policy
from backend.kernel.ids import new_id
from tests.accounts.conftest import SignInAs
from tests.factories.accounts import BUILDING, CITY, ESTATE, create_member

HERE, CITY_ID = new_id(), new_id()
NAME = policy.declare("test.wait_s", 60, "only for tests")


@pytest.fixture(autouse=True)
def _places(_registered: None, db_session: object) -> None:
    scopes.register("estate", lambda ids: {i: Scope("守望小区", "", (ESTATE,)) for i in ids if i == HERE})
    scopes.register("area", lambda ids: {i: Scope("深圳", "", (CITY,)) for i in ids if i == CITY_ID})


def _put(browser, value: object, kind: str = "estate", id: object = HERE, name: str = NAME):
    body = {"scope": {"kind": kind, "id": str(id) if id else None}, "value": value}
    return browser.put(f"/api/policies/{name}", json=body)


def test_a_policy_holds_for_its_scope(signed_in: SignInAs) -> None:
    browser = signed_in(create_member("administrator", ESTATE))
    answer = _put(browser, 90)
    assert answer.status_code == 200 and answer.json["value"] == 90
    with db.transaction():
        assert policy.get(NAME, BUILDING) == 90 and policy.get(NAME, CITY) == 60
    item = next(i for i in browser.get("/api/policies").json["items"] if i["name"] == NAME)
    assert item["default"] == 60 and [r["value"] for r in item["rows"]] == [90]


def test_a_policy_outside_the_scope_is_not_found(signed_in: SignInAs) -> None:
    browser = signed_in(create_member("administrator", ESTATE))
    assert _put(browser, 90, "area", CITY_ID).status_code == 404
    assert _put(browser, 90, "all", None).status_code == 404
    assert _put(browser, 90, name="no.such").status_code == 404
    _put(signed_in(create_member("administrator", "/")), 30, "area", CITY_ID)
    rows = next(i for i in browser.get("/api/policies").json["items"] if i["name"] == NAME)["rows"]
    assert rows == []
    assert signed_in(create_member("property")).get("/api/policies").status_code == 403


@pytest.mark.parametrize("value", ["90", -1, True, None, 1.5, [], {}, 10**12])
def test_a_value_of_another_form_is_refused(signed_in: SignInAs, value: object) -> None:
    answer = _put(signed_in(create_member("administrator", ESTATE)), value)
    assert answer.status_code == 422


def test_forms() -> None:
    assert alike(1.5, 2) and not alike(1, 1.5) and alike(True, False) and not alike(True, 1)
    assert alike(["a"], ["b", "c"]) and not alike(["a"], [1]) and alike([], [1, "x"])
    assert alike({"a": 1}, {"a": 2}) and not alike({"a": 1}, {"b": 2}) and not alike({"a": 1}, {})
    assert alike("x", "y") and not alike("x", 1) and alike(None, {"any": "thing"})


def test_the_trail_is_for_auditors_in_their_scope(signed_in: SignInAs) -> None:
    someone = create_member("property")
    with db.transaction():
        audit.record("test.inside", "thing", 1, BUILDING, reason="核实")
        audit.record("test.outside", "thing", 2, CITY)
        audit.record("test.nowhere", "thing", 3)
    assert signed_in(someone).get("/api/audit").status_code == 403
    assert signed_in(create_member("administrator", "/")).get("/api/audit").status_code == 403
    local = signed_in(create_member("auditor", ESTATE))
    seen = {i["action"] for i in local.get("/api/audit").json["items"]}
    assert "test.inside" in seen and not seen & {"test.outside", "test.nowhere"}
    whole = signed_in(create_member("auditor", "/"))
    assert {"test.inside", "test.outside", "test.nowhere"} <= {
        i["action"] for i in whole.get("/api/audit").json["items"]
    }
    items = whole.get("/api/audit?action=test.inside").json["items"]
    assert [i["details"] for i in items] == [{"reason": "核实"}]
    assert whole.get("/api/audit?action=test.inside&subject_id=2").json["items"] == []
