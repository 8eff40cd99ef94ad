"""Sign-in through the API: who gets a code, what a wrong one costs, and what it never costs others."""

from __future__ import annotations

import re
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from backend.accounts import signing_in
from backend.accounts.models import Person, SignIn, SignInCode
from backend.kernel import clock, db, policy
from tests.accounts.conftest import Outbox, SignInAs
from tests.factories.accounts import create_member, create_person, create_phone

ELSEWHERE = {"REMOTE_ADDR": "203.0.113.9"}


def _ask(client: FlaskClient, phone: str, **more: object) -> int:
    return client.post("/api/auth/codes", json={"phone": phone}, **more).status_code


def _code(outbox: Outbox) -> str:
    found = re.search(r"\d{6}", outbox[-1][1])
    assert found
    return found.group()


def _other(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def _enter(client: FlaskClient, phone: str, code: str, **more: object):
    return client.post("/api/auth/sessions", json={"phone": phone, "code": code}, **more)


def test_a_stranger_gets_a_code_and_becomes_a_person_without_roles(client: FlaskClient, outbox: Outbox) -> None:
    phone = create_phone()
    answer = client.post("/api/auth/codes", json={"phone": f"+86 {phone}"})
    assert answer.status_code == 202
    assert answer.json["retry_after_s"] > 0
    assert outbox[-1][0] == phone
    made = _enter(client, phone, _code(outbox))
    assert made.status_code == 201
    assert made.json["roles"] == [] and made.json["homes"] == [] and made.json["permissions"] == []
    assert made.json["phone_masked"] == f"{phone[:3]}****{phone[-4:]}"
    assert client.get("/api/me").json == made.json


def test_the_cookie_is_closed_to_scripts(client: FlaskClient, outbox: Outbox) -> None:
    phone = create_phone()
    _ask(client, phone)
    cookie = _enter(client, phone, _code(outbox)).headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Secure" not in cookie
    _ask(client, phone, base_url="https://localhost")
    assert "Secure" in _enter(client, phone, _code(outbox), base_url="https://localhost").headers["Set-Cookie"]


def test_code_number_and_token_are_not_stored_in_the_clear(client: FlaskClient, outbox: Outbox, db_session) -> None:
    phone = create_phone()
    _ask(client, phone)
    code = _code(outbox)
    stored = db_session.scalars(select(SignInCode)).all()[-1]
    assert code.encode() not in stored.code_hash and phone.encode() not in stored.phone_index
    _enter(client, phone, code)
    token = client.get_cookie("session").value
    session = db_session.scalars(select(SignIn)).all()[-1]
    assert token.encode() not in session.token_hash
    person = db_session.get(Person, session.person_id)
    assert phone.encode() not in person.phone_encrypted and person.phone == phone


@pytest.mark.parametrize("phone", ["", "119", "02012345678", "abc", "1380000"])
def test_what_is_no_number_gets_no_code(client: FlaskClient, outbox: Outbox, phone: str) -> None:
    assert _ask(client, phone) == 422
    assert outbox == []


def test_a_code_is_good_once_and_for_five_minutes(client: FlaskClient, outbox: Outbox) -> None:
    phone = create_phone()
    with clock.freeze(clock.now()) as time:
        _ask(client, phone)
        first = _code(outbox)
        time.tick(301)
        late = _enter(client, phone, first)
        assert (late.status_code, late.json["code"]) == (401, "WrongCode")
        _ask(client, phone)
        second = _code(outbox)
        assert _enter(client, phone, second).status_code == 201
        assert _enter(client, phone, second).status_code == 401


def test_either_of_two_codes_that_came_out_of_order_is_good(client: FlaskClient, outbox: Outbox) -> None:
    phone = create_phone()
    _ask(client, phone)
    first = _code(outbox)
    _ask(client, phone)
    assert _enter(client, phone, first).status_code == 201


def test_a_code_is_good_for_its_own_number_only(client: FlaskClient, outbox: Outbox) -> None:
    one, two = create_phone(), create_phone()
    _ask(client, one)
    code = _code(outbox)
    _ask(client, two)
    if _code(outbox) != code:
        assert _enter(client, two, code).status_code == 401


def test_five_wrong_codes_burn_the_challenge_and_slow_that_number_there(
    client: FlaskClient, outbox: Outbox, signed_in: SignInAs
) -> None:
    person = create_person()
    browser = signed_in(person)
    with clock.freeze(clock.now()) as time:
        _ask(client, person.phone)
        code = _code(outbox)
        for _ in range(5):
            assert _enter(client, person.phone, _other(code)).status_code == 401
        slowed = _enter(client, person.phone, code)
        assert slowed.status_code == 429
        assert 0 < slowed.json["details"]["retry_after_s"] <= 60
        assert slowed.headers["Retry-After"] == str(slowed.json["details"]["retry_after_s"])
        assert _ask(client, person.phone) == 429
        assert _enter(client, person.phone, code, environ_base=ELSEWHERE).status_code == 401, "burned everywhere"
        assert _ask(client, person.phone, environ_base=ELSEWHERE) == 202, "the person elsewhere is not slowed"
        assert _enter(client, person.phone, _code(outbox), environ_base=ELSEWHERE).status_code == 201
        assert browser.get("/api/me").status_code == 200, "sessions go on"
        assert _ask(client, create_phone()) == 202, "others at that address are not slowed"
        time.tick(61)
        assert _ask(client, person.phone) == 202
        assert _enter(client, person.phone, _code(outbox)).status_code == 201


def test_the_slowness_survives_that_the_guess_was_refused_and_doubles(client: FlaskClient) -> None:
    phone = create_phone()
    with clock.freeze(clock.now()) as time:
        for _ in range(5):
            _enter(client, phone, "000000")
        time.tick(61)
        for _ in range(5):
            assert _enter(client, phone, "000000").status_code == 401
        waits = _enter(client, phone, "000000").json["details"]["retry_after_s"]
        assert 60 < waits <= 120


def test_limits_per_number_and_address_are_policy_rows(client: FlaskClient, outbox: Outbox) -> None:
    with db.transaction():
        policy.put(signing_in.NUMBER_10MIN, "/", 2)
        policy.put(signing_in.ADDRESS_10MIN, "/", 3)
    phone = create_phone()
    with clock.freeze(clock.now()) as time:
        assert [_ask(client, phone) for _ in range(3)] == [202, 202, 429]
        assert _ask(client, create_phone()) == 202
        assert _ask(client, create_phone()) == 429
        assert _ask(client, create_phone(), environ_base=ELSEWHERE) == 202
        time.tick(601)
        assert _ask(client, phone) == 202
    assert len(outbox) == 5


def test_the_bill_of_a_day_has_an_end(client: FlaskClient, outbox: Outbox) -> None:
    with db.transaction():
        policy.put(signing_in.ALL_DAY, "/", 0)
    answer = client.post("/api/auth/codes", json={"phone": create_phone()}, headers={"Accept-Language": "en"})
    assert answer.status_code == 429 and "wait" in answer.json["message"]


def test_the_same_key_sends_one_message(client: FlaskClient, outbox: Outbox) -> None:
    phone, key = create_phone(), {"Idempotency-Key": "0190a0b0-0000-7000-8000-000000000001"}
    first = client.post("/api/auth/codes", json={"phone": phone}, headers=key)
    again = client.post("/api/auth/codes", json={"phone": phone}, headers=key)
    assert first.json == again.json and len(outbox) == 1
    assert client.post("/api/auth/codes", json={"phone": create_phone()}, headers=key).status_code == 422


def test_signing_in_again_with_the_same_key_gives_the_session_that_was_lost_on_the_way(
    app: Flask, client: FlaskClient, outbox: Outbox
) -> None:
    phone, key = create_phone(), {"Idempotency-Key": "0190a0b0-0000-7000-8000-000000000002"}
    _ask(client, phone)
    code = _code(outbox)
    lost = _enter(client, phone, code, headers=key)
    browser = app.test_client()
    again = _enter(browser, phone, code, headers=key)
    assert (again.status_code, again.json) == (201, lost.json)
    assert browser.get("/api/me").json == lost.json
    assert _enter(app.test_client(), phone, code).status_code == 401


def test_an_imported_person_is_confirmed_by_the_first_sign_in(client: FlaskClient, outbox: Outbox) -> None:
    person = create_person("李梅")
    assert person.confirmed_at is None
    _ask(client, person.phone)
    made = _enter(client, person.phone, _code(outbox))
    assert made.json["confirmed_at"] and made.json["name"] == "李梅"


def test_the_message_is_in_the_persons_language(client: FlaskClient, outbox: Outbox) -> None:
    _ask(client, create_person(language="en").phone)
    assert "Shouwang" in outbox[-1][1]
    _ask(client, create_phone(), headers={"Accept-Language": "en"})
    assert "Shouwang" in outbox[-1][1]
    _ask(client, create_phone())
    assert "守望" in outbox[-1][1]


def test_two_people_on_one_phone_leave_no_session_behind(client: FlaskClient, outbox: Outbox, app: Flask) -> None:
    first, second = create_member("property"), create_person()
    _ask(client, first.phone)
    _enter(client, first.phone, _code(outbox))
    token = client.get_cookie("session").value
    _ask(client, second.phone)
    assert _enter(client, second.phone, _code(outbox)).json["id"] == str(second.id)
    stolen = app.test_client()
    stolen.set_cookie("session", token)
    assert stolen.get("/api/me").status_code == 401


def test_a_foreign_site_may_not_ask_for_codes(client: FlaskClient, outbox: Outbox) -> None:
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        assert client.post("/api/auth/codes", json={"phone": create_phone()}, headers=headers).status_code == 403
    assert outbox == []


def test_old_codes_and_guesses_are_forgotten(client: FlaskClient, outbox: Outbox, db_session) -> None:
    _ask(client, create_phone())
    with clock.freeze(clock.now() + timedelta(days=3)):
        signing_in.forget()
    assert db_session.scalars(select(SignInCode)).all() == []


@pytest.mark.committed
def test_parallel_guesses_are_all_counted(app: Flask, client: FlaskClient, outbox: Outbox) -> None:
    """Thirty at once: at most five were compared, the others found it burned or slowed."""
    phone = create_phone()
    _ask(client, phone)
    code, gate, answers = _code(outbox), Barrier(30), []

    def guess(number: int) -> None:
        wrong = f"{(int(code) + 1 + number) % 1_000_000:06d}"
        browser = app.test_client()
        gate.wait(20)
        answers.append(_enter(browser, phone, wrong).status_code)

    threads = [Thread(target=guess, args=(n,)) for n in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(set(answers)) == [401, 429] and answers.count(401) == 5
    with db.transaction(read_only=True) as session:
        assert session.scalars(select(SignInCode.tries)).all() == [5]


@pytest.mark.committed
def test_one_code_used_by_many_at_once_makes_one_session(app: Flask, client: FlaskClient, outbox: Outbox) -> None:
    phone = create_phone()
    _ask(client, phone)
    code, gate, answers = _code(outbox), Barrier(8), []

    def use() -> None:
        browser = app.test_client()
        gate.wait(20)
        answers.append(_enter(browser, phone, code).status_code)

    threads = [Thread(target=use) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert answers.count(201) == 1
