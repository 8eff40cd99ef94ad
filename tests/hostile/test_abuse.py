"""Over HTTP: tokens used for something else, keys used again, bodies too large, two people at once."""

from __future__ import annotations

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from backend.accounts.actors import action_token
from backend.incidents.models import Call, Incident, Responder
from backend.kernel import clock, crypt, db
from backend.kernel.ids import new_id
from notifications.models import Notice
from tests.factories.accounts import create_person
from tests.factories.incidents import create_incident
from tests.hostile.conftest import World

LARGE = 10_000_000


def count(model: Any) -> int:
    with db.transaction(read_only=True) as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    with ThreadPoolExecutor(len(calls)) as pool:
        return [one.result(60) for one in [pool.submit(call) for call in calls]]


# --- tokens of buttons ----------------------------------------------------------------------------------------


def test_a_button_opens_one_verb_of_one_incident_for_half_an_hour(world: World) -> None:
    me, here, phone = world.watch.people["desk"].id, world.ids["incident_id"], world.browser(None)
    other = create_incident(world.watch.tower, 8).id
    token = action_token(me, "acknowledge", here)
    forged = [
        action_token(me, "acknowledge", here, valid_s=-1),
        crypt.sign("receipt", {"person": str(me), "verb": "acknowledge", "incident": str(here)}, 1800),
        token[:-2] + ("AA" if token[-2:] != "AA" else "BB"),
        token + "A",
        "é" * 40,
        "",
    ]
    for wrong in forged:
        answer = phone.post(f"/api/incidents/{here}/acknowledge", headers={"X-Action-Token": wrong})
        assert answer.status_code == 401, wrong
    tries = [("POST", f"/api/incidents/{other}/acknowledge"), ("POST", f"/api/incidents/{here}/control"),
             ("POST", f"/api/incidents/{here}/dismiss"), ("GET", f"/api/incidents/{here}"), ("GET", "/api/me"),
             ("PUT", f"/api/incidents/{here}/acknowledge"), ("GET", "/api/stream")]  # fmt: skip
    for method, path in tries:
        answer = phone.open(path, method=method, headers={"X-Action-Token": token})
        assert answer.status_code in (401, 405), (method, path)


def test_a_button_of_somebody_whose_role_ended_does_nothing(world: World) -> None:
    here, phone = world.ids["incident_id"], world.browser(None)
    token = action_token(world.watch.people["desk"].id, "acknowledge", here)
    assert world.browser("administrator").delete(f"/api/grants/{world.ids['grant_id']}").status_code == 204
    answer = phone.post(f"/api/incidents/{here}/acknowledge", headers={"X-Action-Token": token})
    assert answer.status_code == 403


# --- keys -----------------------------------------------------------------------------------------------------


def test_one_key_sent_by_many_connections_at_once_is_one_call(world: World) -> None:
    key = {"Idempotency-Key": str(new_id())}
    body = {"category": "fire", "place": {"building_id": str(world.tower)}, "note": "冒烟"}
    phones = [world.browser("upstairs") for _ in range(6)]
    answers = at_once(*[lambda p=p: p.post("/api/incidents", json=body, headers=key) for p in phones])
    assert {a.status_code for a in answers} <= {200, 201} and len({a.get_data() for a in answers}) == 1
    assert count(Call) == 1


def test_a_key_is_its_owners(world: World) -> None:
    """Nobody reads another one's answer by guessing or learning the key."""
    key = {"Idempotency-Key": str(new_id())}
    body = {"category": "fire", "place": {"building_id": str(world.tower)}}
    assert world.browser("upstairs").post("/api/incidents", json=body, headers=key).status_code == 200
    assert world.browser(None).post("/api/incidents", json=body, headers=key).status_code == 422
    assert world.browser("neighbour").post("/api/incidents", json=body, headers=key).status_code == 200
    assert count(Call) == 2


def bring(browser: FlaskClient, text: str, key: str, estate: Any, boundary: str = "one") -> Any:
    data = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="people"; filename="p.csv"\r\n'
        f"Content-Type: text/csv\r\n\r\n{text}\r\n--{boundary}--\r\n"
    )
    return browser.post(
        f"/api/imports?estate_id={estate}",
        data=data.encode(),
        content_type=f"multipart/form-data; boundary={boundary}",
        headers={"Idempotency-Key": key},
    )


def test_a_key_used_again_with_other_files_is_refused(world: World) -> None:
    browser, key, here = world.browser("administrator"), str(new_id()), world.ids["estate_id"]
    first = bring(browser, "phone,name\n10000000001,甲\n", key, here)
    assert first.status_code == 202, first.text
    again = bring(browser, "phone,name\n10000000001,甲\n", key, here, boundary="two")
    assert again.json == first.json, "a browser draws another boundary when it sends the same files again"
    other = bring(browser, "phone,name\n10000000002,乙\n", key, here)
    assert (other.status_code, other.json["code"]) == (422, "KeyReused")


def test_a_key_used_again_for_another_place_is_refused(world: World) -> None:
    browser, key = world.browser("administrator"), str(new_id())
    first = bring(browser, "phone,name\n10000000001,甲\n", key, world.ids["estate_id"])
    assert first.status_code == 202
    other = bring(browser, "phone,name\n10000000001,甲\n", key, new_id())
    assert (other.status_code, other.json["code"]) == (422, "KeyReused")


# --- sizes ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", [None, "administrator"])
def test_ten_megabytes_are_refused_in_words(world: World, who: str | None) -> None:
    browser, large = world.browser(who), "大" * (LARGE // 3)
    sent = [("/api/incidents", {"category": "fire", "place": {"qr": "x"}, "note": large}),
            ("/api/auth/codes", {"phone": large}), ("/api/receipts", {"token": large, "event": "shown"})]  # fmt: skip
    if who:
        sent += [("/api/people", {"phone": "13800000000", "name": large}), ("/api/estates", {"name": large})]
    for path, body in sent:
        answer = browser.post(path, json=body)
        assert answer.status_code in (413, 422), (path, answer.status_code)
        assert answer.json["message"] and len(answer.get_data()) < 2_000, path


def test_a_large_body_of_unknown_length_is_refused_too(world: World) -> None:
    answer = world.browser(None).post(
        "/api/receipts", input_stream=io.BytesIO(b'{"token": "' + b"a" * LARGE), content_type="application/json",
        environ_overrides={"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"},
    )  # fmt: skip
    assert answer.status_code in (400, 413, 422) and answer.json["message"]


def test_a_name_just_under_the_bodys_limit_is_named(world: World) -> None:
    answer = world.browser("administrator").post("/api/people", json={"phone": "13800000000", "name": "名" * 50_000})
    assert answer.status_code == 422 and "name" in answer.json["details"]["fields"]["json"], answer.text[:300]


# --- wearing people out ---------------------------------------------------------------------------------------


def told(kind: str) -> int:
    with db.transaction(read_only=True) as session:
        most = select(func.count()).select_from(Notice).where(Notice.kind == kind).group_by(Notice.person_id)
        return max(session.scalars(most), default=0)


def test_a_word_changed_to_and_fro_rings_the_guard_once_a_minute(world: World) -> None:
    browser, path = world.browser("upstairs"), f"/api/incidents/{world.ids['incident_id']}/roll-call"
    with clock.freeze(datetime(2026, 3, 1, 4, 0, tzinfo=UTC)) as at:
        for n in range(20):
            at.tick(2)
            word = {"status": "help", "people": 1 + n % 3} if n % 2 else {"status": "safe"}
            assert browser.post(path, json=word).status_code == 200
    assert told("rollcall.help") == 1


def test_asking_and_taking_back_is_no_bell(world: World) -> None:
    world.watch.people["stranger"] = create_person("路人")
    browser, seen = world.browser("stranger"), set()
    for _ in range(30):
        asked = browser.post("/api/residencies", json={"qr": world.ids["token"], "number": "502"})
        seen.add(asked.status_code)
        if asked.status_code == 201:
            assert browser.post(f"/api/residencies/{asked.json['id']}/end").status_code == 200
    assert seen == {201, 409} and told("admission.asked") <= 10


# --- two at once ----------------------------------------------------------------------------------------------


def test_the_same_verb_by_two_is_noted_for_both_and_stops_the_clock_once(world: World) -> None:
    path = f"/api/incidents/{world.ids['incident_id']}/acknowledge"
    guards = [world.browser("desk"), world.browser("property")] * 3
    answers = at_once(*[lambda g=g: g.post(path) for g in guards])
    assert [a.status_code for a in answers] == [200] * 6
    assert len({a.json["acknowledged_at"] for a in answers}) == 1
    assert count(Responder) == 2


@pytest.mark.parametrize("turn", range(2))
def test_it_burns_and_it_is_false_at_once_is_a_fire(world: World, turn: int) -> None:
    """Whoever is first: a dismissal that comes second needs a second person, a confirmation that does, wins."""
    path = f"/api/incidents/{world.ids['incident_id']}"
    desk, guard = world.browser("desk"), world.browser("station")
    assert guard.post(f"{path}/arrive", json={}).status_code == 200
    calls = [lambda: guard.post(f"{path}/confirm", json={}),
             lambda: desk.post(f"{path}/dismiss", json={"reason": "dust", "at_scene": True})]  # fmt: skip
    answers = at_once(*(calls if turn else reversed(calls)))
    assert all(a.status_code in (200, 409) for a in answers), [a.text for a in answers]
    assert all(a.json["details"]["state"] for a in answers if a.status_code == 409)
    with db.transaction(read_only=True) as session:
        assert session.get_one(Incident, world.ids["incident_id"]).state == "confirmed"


def test_one_person_cannot_be_both_of_two(world: World) -> None:
    guard, path = world.browser("station"), f"/api/incidents/{world.ids['incident_id']}"
    assert guard.post(f"{path}/arrive", json={}).status_code == 200
    assert guard.post(f"{path}/confirm", json={}).json["state"] == "confirmed"
    dismissal = {"reason": "dust", "at_scene": True}
    answers = at_once(
        *[lambda: world.browser("station").post(f"{path}/dismiss", json=dismissal)] * 3,
        *[lambda: world.browser("station").post(f"{path}/approve")] * 3,
    )
    assert all(a.status_code in (200, 403, 409) for a in answers)
    with db.transaction(read_only=True) as session:
        assert session.get_one(Incident, world.ids["incident_id"]).state == "confirmed"
