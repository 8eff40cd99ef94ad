"""A real push in a real browser: Firefox subscribes, the server encrypts, autopush carries, the worker shows it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser import autopush, firefox
from tests.sinks.push import PushSink
from tests.stack import Stack
from tests.waiting import until

PROGRAM = firefox.path()
WORKED = ("这部手机叫得醒", "叫得醒，只是慢了点")
TRY = "[...document.querySelectorAll('button')].find((one) => one.textContent.includes('现在试'))"


@pytest.mark.skipif(not PROGRAM, reason="Firefox is not installed (apt-get install firefox-esr): no real push is tried")
def test_the_app_tests_its_alarm_with_a_real_push(stack: Stack, sink: PushSink, tmp_path: Path) -> None:
    assert PROGRAM
    person = stack.sign_in("19900000105")
    me = person.get("/api/me").json()["id"]
    with autopush.running(sink) as service, firefox.running(PROGRAM, tmp_path / "profile", service.port) as fox:
        fox.go(stack.base + "/robots.txt")
        for one in person.cookies:
            fox.ask("WebDriver:AddCookie", cookie={"name": one.name, "value": one.value})
        fox.go(stack.base + "/me/test")
        until(lambda: fox.run(f"return Boolean({TRY})"), explain=lambda: str(fox.run("return document.body.innerText")))
        fox.run(f"{TRY}.click()")
        until(
            lambda: any(words in fox.run("return document.body.innerText") for words in WORKED),
            explain=lambda: str(fox.run("return document.body.innerText")),
        )
        until(lambda: service.acks)
        assert [code for _, code in service.acks] == [autopush.DELIVERED]
    asked = (
        "SELECT d.state, d.accepted_at <= d.shown_at, d.received_at IS NOT NULL FROM deliveries d "
        "JOIN notices n ON n.id = d.notice_id "
        "WHERE n.person_id = %s AND n.kind = 'test.alarm' AND d.channel = 'push'"
    )
    assert stack.sql(asked, me) == [("shown", True, True)]
