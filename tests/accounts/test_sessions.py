"""Sessions: mine to see and to end, nobody else's; an ended one ends the stream and the pushes of its phone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from backend.accounts import actors, cookies, signing_in
from backend.accounts.models import SignIn
from backend.kernel import clock, db, stream
from backend.kernel.stream import StreamEvent
from notifications import subscriptions
from tests.accounts.conftest import SignInAs
from tests.factories.accounts import create_member, create_person, create_session


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/api/me"), ("PATCH", "/api/me"), ("GET", "/api/auth/sessions"), ("DELETE", "/api/auth/sessions/current"),
     ("GET", "/api/people"), ("POST", "/api/people"), ("GET", "/api/roles"), ("GET", "/api/audit"),
     ("GET", "/api/policies")],
)  # fmt: skip
def test_strangers_are_asked_to_sign_in(client: FlaskClient, method: str, path: str) -> None:
    answer = client.open(path, method=method, json={} if method in ("POST", "PATCH") else None)
    assert (answer.status_code, answer.json["code"]) == (401, "NotSignedIn")


def test_a_made_up_cookie_opens_nothing(client: FlaskClient) -> None:
    for value in ("x", "a" * 3000, cookies.new_token(), "\x7f"):
        client.set_cookie(cookies.NAME, value)
        assert client.get("/api/me").status_code == 401


def test_i_see_and_set_my_own_account(signed_in: SignInAs) -> None:
    person = create_member("property", name="赵强")
    browser = signed_in(person)
    me = browser.get("/api/me").json
    assert me["name"] == "赵强" and me["roles"][0]["role"] == "property"
    assert set(me["roles"][0]["scope"]) == {"kind", "id", "name", "name_en"}
    assert "incidents.confirm" in me["permissions"] and "people.manage" not in me["permissions"]
    changed = browser.patch("/api/me", json={"language": "en", "is_large": True})
    assert changed.status_code == 200 and changed.json["language"] == "en" and changed.json["is_large"]
    assert browser.patch("/api/me", json={"language": "fr"}).status_code == 422
    assert browser.patch("/api/me", json={"phone": "13800001234"}).status_code == 422
    assert browser.patch("/api/me", json={"name": "a\x00b"}).status_code == 422


@pytest.mark.parametrize(
    "body",
    [b'{"name":"\\ud800"}', b'{"name":"a\\u0000b"}', b'{"name":1e999}', b"[]", b"null", b'{"name":' + b"[" * 100_000],
)
def test_what_no_table_can_hold_is_refused_and_not_a_fault_of_ours(signed_in: SignInAs, body: bytes) -> None:
    browser = signed_in(create_person())
    assert browser.patch("/api/me", data=body, content_type="application/json").status_code == 422
    assert browser.get("/api/me").status_code == 200


def test_sign_out_ends_this_session_alone(signed_in: SignInAs) -> None:
    person = create_person()
    here, there = signed_in(person), signed_in(person)
    assert here.delete("/api/auth/sessions/current").status_code == 204
    assert here.get_cookie(cookies.NAME) is None
    assert here.get("/api/me").status_code == 401
    assert there.get("/api/me").status_code == 200


def test_i_can_end_another_phone_of_mine(signed_in: SignInAs, monkeypatch: pytest.MonkeyPatch, db_session) -> None:
    ended: list[object] = []
    monkeypatch.setattr(subscriptions, "end_of_sessions", ended.extend)
    person = create_person()
    here, there = signed_in(person), signed_in(person)
    items = here.get("/api/auth/sessions").json["items"]
    other = next(i["id"] for i in items if not i["is_current"])
    assert len(items) == 2
    assert here.delete(f"/api/auth/sessions/{other}").status_code == 204
    assert there.get("/api/me").status_code == 401
    assert [str(e) for e in ended] == [other]
    event = db_session.scalars(select(StreamEvent).where(StreamEvent.kind == stream.CONTROL)).all()[-1]
    assert event.data["sessions"] == [other]
    assert here.delete(f"/api/auth/sessions/{other}").status_code == 204, "ending twice is no error"


def test_somebody_elses_session_is_not_found(signed_in: SignInAs, db_session) -> None:
    victim, other = create_person(), signed_in(create_member("administrator", "/"))
    create_session(victim)
    session_id = db_session.scalars(select(SignIn.id).where(SignIn.person_id == victim.id)).one()
    assert other.delete(f"/api/auth/sessions/{session_id}").status_code == 404
    assert other.delete("/api/auth/sessions/not-an-id").status_code == 404


def test_a_session_that_is_used_lives_on_and_one_that_is_not_ends(app: Flask, signed_in: SignInAs, db_session) -> None:
    person = create_person()
    with clock.freeze(clock.now()) as time:
        browser = signed_in(person)
        time.tick(300 * 86400)
        assert browser.get("/api/me").status_code == 200
        time.tick(300 * 86400)
        assert browser.get("/api/me").status_code == 200, "used in between"
        time.tick(timedelta(days=401).total_seconds())
        assert browser.get("/api/me").status_code == 401


def test_ended_sessions_are_forgotten_after_90_days_and_live_ones_stay(signed_in: SignInAs, db_session) -> None:
    person = create_person()
    ended, live = signed_in(person), signed_in(person)
    ended.delete("/api/auth/sessions/current")
    with clock.freeze(clock.now()) as time:
        time.tick(89 * 86400)
        signing_in.forget()
        assert len(db_session.scalars(select(SignIn).where(SignIn.person_id == person.id)).all()) == 2
        time.tick(2 * 86400)
        signing_in.forget()
        assert live.get("/api/me").status_code == 200
    assert len(db_session.scalars(select(SignIn).where(SignIn.person_id == person.id)).all()) == 1


def test_looking_a_session_up_is_one_query(db_session, query_count) -> None:
    person = create_member("control_room")
    token = create_session(person)
    with db.transaction():
        with query_count() as counted:
            actor = actors.actor_of(token)
        assert actor and actor.person_id == person.id and len(counted) == 1
