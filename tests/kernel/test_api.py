"""One way to write an operation: who may, what goes in and out, when it commits and when bells ring."""

from __future__ import annotations

import threading

import marshmallow as ma
import pytest
from flask import Flask
from psycopg.errors import AdminShutdown, DeadlockDetected
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from backend.kernel import access, db, policy, web
from backend.kernel.api import PUBLIC, SIGNED_IN, Blueprint, PageQuery, Schema, page, page_of
from backend.kernel.errors import Conflict
from backend.kernel.hub import hub
from backend.kernel.ids import new_id
from backend.kernel.jsonable import Id, Time
from backend.kernel.policy import Policy

policy.declare("test.limit", 1, "only for tests")


class ThingSchema(Schema):
    name = ma.fields.String(required=True)
    id = Id(dump_only=True)
    changed_at = Time(dump_only=True)


class TooWarm(Conflict):
    zh = "太热了，{degrees} 度。"
    en = "Too warm: {degrees} degrees."


things = Blueprint("things", __name__, url_prefix="/api/things")
rung: list[str] = []
survived: list[str] = []
shots: list[Exception] = []
told = {"told": 0, "shown": 0, "breaks": False}


@things.op("POST", "", needs="things.make", body=ThingSchema, out=ThingSchema, status=201)
def make(body):
    """Make a thing."""
    row = policy.put("test.limit", f"/{body['name']}/", 1)
    db.after_commit(lambda: rung.append(body["name"]))
    return {"name": body["name"], "id": row.id, "changed_at": row.changed_at}


@things.op("POST", "/warm", needs=PUBLIC)
def warm():
    """Always refused, after it wrote."""
    policy.put("test.limit", "/warm/", 1)
    db.after_commit(lambda: rung.append("warm"))
    db.after_rollback(lambda: survived.append("warm"))
    raise TooWarm(degrees=40)


@things.op("POST", "/twice", needs=PUBLIC)
def twice():
    """Breaks a unique constraint at commit."""
    from backend.kernel import clock

    for _ in range(2):
        db.session().add(Policy(name="test.limit", scope_path="/twice/", value=1, changed_at=clock.now()))


def show_told():
    told["shown"] += 1
    if told["breaks"]:
        raise ValueError("torn")
    return {"name": f"told {told['told']} times, shown {told['shown']}"}


@things.op("POST", "/tell", needs=PUBLIC, out=ThingSchema, show=show_told)
def tell():
    """Does its work, and is shown after the commit."""
    told["told"] += 1
    db.after_commit(lambda: rung.append("told"))


@things.op("POST", "/ring", needs=PUBLIC)
def ring():
    """The database shoots it, as often as `shots` says."""
    policy.put("test.limit", f"/ring{len(rung)}/", 1)
    db.after_commit(lambda: rung.append("ring"))
    if shots:
        raise OperationalError("UPDATE", {}, shots.pop())


@things.op("GET", "", needs=SIGNED_IN, query=PageQuery, out=page_of(ThingSchema))
def things_list(query):
    """All things."""
    found = page(select(Policy), Policy, **query)
    return {"items": [{"name": p.scope_path, "id": p.id} for p in found["items"]], "next": found["next"]}


@pytest.fixture
def actor():
    return access.Actor(new_id(), scopes={"things.make": ("/",)})


@pytest.fixture
def browser(db_session, actor, monkeypatch):
    """A client whose X-Who header says who asks."""
    people = {"maker": actor, "other": access.Actor(new_id())}
    monkeypatch.setattr(access, "_loader", lambda request: people.get(request.headers.get("X-Who", "")))
    rung.clear()
    survived.clear()
    told.update(told=0, shown=0, breaks=False)
    app = Flask(__name__, static_folder=None)
    web.set_up(app).register_blueprint(things)
    return app.test_client()


MAKER = {"X-Who": "maker"}


def test_anonymous_401_stranger_403_maker_201(browser):
    assert browser.post("/api/things", json={"name": "a"}).status_code == 401
    assert browser.post("/api/things", json={"name": "a"}, headers={"X-Who": "other"}).status_code == 403
    answer = browser.post("/api/things", json={"name": "a"}, headers=MAKER)
    assert answer.status_code == 201
    assert answer.json["name"] == "a" and answer.json["changed_at"].endswith("Z")
    assert rung == ["a"]


def test_wrong_bodies_are_422_by_name_and_strangers_learn_nothing(browser):
    answer = browser.post("/api/things", json={"nom": 1}, headers=MAKER)
    assert (answer.status_code, answer.json["code"]) == (422, "Invalid")
    assert set(answer.json["details"]["fields"]["json"]) == {"name", "nom"}
    assert browser.post("/api/things", json={"nom": 1}).status_code == 401


def test_a_refusal_speaks_the_askers_language_and_leaves_nothing_behind(browser):
    answer = browser.post("/api/things/warm")
    assert (answer.status_code, answer.json["code"]) == (409, "TooWarm")
    assert answer.json["message"] == "太热了，40 度。"
    assert answer.json["details"] == {"degrees": 40}
    english = browser.post("/api/things/warm", headers={"Accept-Language": "en-GB"})
    assert english.json["message"] == "Too warm: 40 degrees."
    assert rung == []
    assert survived == ["warm", "warm"]
    with db.transaction() as session:
        assert session.scalars(select(Policy).where(Policy.scope_path == "/warm/")).all() == []


def test_a_unique_violation_is_an_answer(browser):
    assert browser.post("/api/things/twice").status_code == 409


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 201),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}, 201),
        ({"Sec-Fetch-Site": "none"}, 201),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
def test_writes_of_other_sites_are_refused(browser, headers, status):
    assert browser.post("/api/things", json={"name": "a"}, headers=MAKER | headers).status_code == status


def test_the_same_key_gets_the_same_answer_and_another_body_422(browser):
    first = browser.post("/api/things", json={"name": "a"}, headers=MAKER | {"Idempotency-Key": "k"})
    again = browser.post("/api/things", json={"name": "a"}, headers=MAKER | {"Idempotency-Key": "k"})
    assert (again.status_code, again.data) == (201, first.data)
    assert rung == ["a"]
    other = browser.post("/api/things", json={"name": "b"}, headers=MAKER | {"Idempotency-Key": "k"})
    assert (other.status_code, other.json["code"]) == (422, "KeyReused")


def test_a_refused_write_keeps_no_answer_for_its_key(browser):
    for _ in range(2):
        assert browser.post("/api/things/warm", headers={"Idempotency-Key": "k"}).status_code == 409


def test_pages_go_through_all_rows_once(browser):
    for n in range(5):
        browser.post("/api/things", json={"name": str(n)}, headers=MAKER)
    seen, after = [], ""
    while after is not None:
        answer = browser.get(f"/api/things?limit=2{'&after=' + after if after else ''}", headers=MAKER).json
        seen += [item["name"] for item in answer["items"]]
        after = answer["next"]
    assert seen == ["/4/", "/3/", "/2/", "/1/", "/0/"]
    assert browser.get("/api/things?limit=201", headers=MAKER).status_code == 422


def test_unknown_addresses_and_methods_have_the_one_shape(browser):
    assert set(browser.get("/api/nothing").json) == {"code", "message", "details"}
    assert browser.delete("/api/things").status_code == 405
    assert browser.post("/api/things", data=b"{", headers=MAKER, content_type="application/json").status_code in (
        400,
        422,
    )


def test_openapi_names_operation_permission_and_errors(browser):
    spec = browser.get("/api/openapi.json").json
    assert spec["openapi"].startswith("3.1")
    operation = spec["paths"]["/api/things"]["post"]
    assert operation["operationId"] == "things.make"
    assert operation["summary"] == "Make a thing."
    assert set(spec["components"]["schemas"]["Error"]["properties"]) == {"code", "message", "details"}


def test_what_is_shown_after_the_commit_is_shown_anew_for_the_same_key(browser):
    asked = {"json": {}, "headers": {"Idempotency-Key": "told-once"}}
    shown = [browser.post("/api/things/tell", **asked) for _ in range(2)]
    assert [answer.status_code for answer in shown] == [200, 200]
    assert [answer.json["name"] for answer in shown] == ["told 1 times, shown 1", "told 1 times, shown 2"]
    assert rung == ["told"]


def test_work_stays_when_its_answer_fails_after_the_commit(browser):
    asked = {"json": {}, "headers": {"Idempotency-Key": "torn"}}
    told["breaks"] = True
    assert browser.post("/api/things/tell", **asked).status_code == 500
    told["breaks"] = False
    assert browser.post("/api/things/tell", **asked).json["name"] == "told 1 times, shown 2"


def test_a_read_says_up_to_which_event_it_knows(browser, monkeypatch):
    """The app lays it beside its live stream: nothing falls between the two."""
    assert "Last-Event-ID" not in browser.get("/api/things", headers=MAKER).headers, "nobody reads the stream here"
    monkeypatch.setattr(hub, "last_id", 41)
    monkeypatch.setattr(hub, "_thread", threading.current_thread())
    assert browser.get("/api/things", headers=MAKER).headers["Last-Event-ID"] == "41"
    assert "Last-Event-ID" not in browser.post("/api/things", json={"name": "later"}, headers=MAKER).headers


def test_what_the_database_rolled_back_to_break_a_ring_of_waits_is_done_anew_once(browser):
    """A tap that met another one was an error at the desk; nothing of it had been done."""
    shots[:] = [DeadlockDetected()]
    assert browser.post("/api/things/ring", json={}).status_code == 204
    assert rung == ["ring"]
    shots[:] = [DeadlockDetected(), DeadlockDetected()]
    assert browser.post("/api/things/ring", json={}).status_code == 503
    shots[:] = [AdminShutdown()]
    assert browser.post("/api/things/ring", json={}).status_code == 503
    assert rung == ["ring"] and not shots
