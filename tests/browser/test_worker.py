"""What the service worker does while nobody looks: a tapped notification opens the incident, a kept answer is sent."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Browser, Page, Route, Worker, expect

from backend.demo.devices import CALL_POINT, SMOKE
from tests.browser.chromium import PATIENCE_MS, Phone, WorkerDoor, opened
from tests.browser.fires import Fires
from tests.browser.test_alarm import RINGING, TAP, rung
from tests.stack import Person, Stack
from tests.waiting import until

expect.set_options(timeout=PATIENCE_MS)
# Chromium lets a worker open or focus a window only after a real tap, which a headless browser cannot make. These
# two are all that is stood in for: which window is chosen and where it goes is the worker's own doing.
NO_TAP = """() => {
  self.opened = [];
  WindowClient.prototype.focus = function () { return Promise.resolve(this); };
  Clients.prototype.openWindow = (url) => { self.opened.push(url); return Promise.resolve(null); };
}"""
# A page of the origin that is not the app, nor made it by the worker: while it is the only one, only the worker sends.
NO_APP = "/health"


def tap(worker: Worker) -> None:
    worker.evaluate(NO_TAP)
    assert worker.evaluate(TAP, "") == 1, "the worker did not wait for its own answer"


def test_a_tapped_notification_takes_the_open_app_to_the_incident(browser: Browser, stack: Stack, fires: Fires) -> None:
    member = stack.sign_in(stack.phone_of("station_member"))
    name = fires.ring(member)
    with opened(browser, stack, member, permissions=RINGING) as phone:
        page = phone.go("/me")
        worker = phone.settle()
        page.reload()  # so that the worker leads this page
        phone.until("() => Boolean(navigator.serviceWorker.controller)")
        incident = fires.burn("6", SMOKE, 16)
        rung(phone, fires.message(name, incident))
        tap(worker)
        page.wait_for_url(f"**/incidents/{incident}")
        expect(page.locator("h1")).to_contain_text("6 号楼")
        assert worker.evaluate("self.opened") == []
        assert (
            page.evaluate("navigator.serviceWorker.ready.then(async (r) => (await r.getNotifications()).length)") == 0
        )


def test_a_tapped_notification_opens_the_app_where_none_is_open(browser: Browser, stack: Stack, fires: Fires) -> None:
    member = stack.sign_in(stack.phone_of("station_member"))
    name = fires.ring(member)
    with opened(browser, stack, member, permissions=RINGING) as phone:
        phone.go("/me")
        worker = phone.settle()
        incident = fires.burn("6", SMOKE, 23)
        rung(phone, fires.message(name, incident))
        phone.page.goto("about:blank")
        tap(worker)
        [address] = worker.evaluate("self.opened")
        assert address.endswith("/i/" + incident)
        page = phone.go(address)
        page.wait_for_url(f"**/incidents/{incident}")
        expect(page.locator("h1")).to_contain_text("6 号楼")
    until(lambda: stack.sql(OPENED, incident, member.get("/api/me").json()["id"]) == [(True,)])


OPENED = (
    "SELECT bool_or(d.opened_at IS NOT NULL) FROM deliveries d JOIN notices n ON n.id = d.notice_id "
    "WHERE n.subject_id = %s AND n.person_id = %s AND d.channel = 'push'"
)


class Answers:
    """What the server has of one neighbour's roll call in one incident."""

    def __init__(self, stack: Stack, person: Person, incident: str) -> None:
        self.stack, self.whose = stack, (incident, person.get("/api/me").json()["id"])

    def status(self) -> list[tuple[Any, ...]]:
        return self.stack.sql("SELECT status FROM roll_calls WHERE incident_id = %s AND person_id = %s", *self.whose)

    def told(self) -> list[tuple[Any, ...]]:
        asked = "SELECT count(*) FROM incident_entries WHERE incident_id = %s AND person_id = %s"
        return self.stack.sql(asked, *self.whose)


def keep_offline(phone: Phone, incident: str) -> None:
    """Say safe without a network, and shut the app."""
    page = phone.go("/fire/" + incident)
    phone.settle()
    safe = page.get_by_role("button", name="我已安全")
    expect(safe).to_be_visible()
    phone.context.set_offline(True)
    safe.click()
    expect(safe).to_contain_text("已存在本机")
    page.close()


def reopened(phone: Phone, address: str) -> Page:
    phone.page = phone.context.new_page()
    return phone.go(address)


def test_an_answer_kept_by_a_closed_app_is_sent_when_it_opens_again(
    browser: Browser, stack: Stack, fires: Fires
) -> None:
    neighbour = stack.sign_in("19900000107")  # 5 号楼 502
    incident = fires.burn("5", CALL_POINT, 8)
    answers = Answers(stack, neighbour, incident)
    with opened(browser, stack, neighbour) as phone:
        keep_offline(phone, incident)
        assert answers.status() == []
        phone.context.set_offline(False)
        reopened(phone, "/me")  # any page of the app will do
        until(lambda: answers.status() == [("safe",)])
        expect(phone.go("/fire/" + incident).get_by_role("button", name="我已安全")).to_contain_text("已送达")
    assert answers.told() == [(1,)]


def test_the_worker_sends_what_is_kept_while_the_app_is_closed(browser: Browser, stack: Stack, fires: Fires) -> None:
    neighbour = stack.sign_in("19900000108")  # 1 号楼 1203
    incident = fires.burn("1", CALL_POINT, 15)
    answers = Answers(stack, neighbour, incident)
    with opened(browser, stack, neighbour, permissions=["background-sync"]) as phone:
        keep_offline(phone, incident)
        assert answers.status() == []
        phone.context.set_offline(False)
        reopened(phone, NO_APP)
        assert phone.page.locator("#app").count() == 0
        door = WorkerDoor(phone)
        door.sync("queue")  # Chromium may have done it by itself: it takes its time, or none
        until(lambda: answers.status() == [("safe",)])
        door.sync("queue")  # twice is once
        expect(phone.go("/fire/" + incident).get_by_role("button", name="我已安全")).to_contain_text("已送达")
    assert answers.told() == [(1,)]


def test_an_answer_whose_receipt_was_lost_counts_once(browser: Browser, stack: Stack, fires: Fires) -> None:
    neighbour = stack.sign_in("19900000106")  # 3 号楼 3A02
    incident = fires.burn("3", CALL_POINT, 20)
    answers = Answers(stack, neighbour, incident)
    keys: list[str] = []

    def lose(route: Route) -> None:
        """The server gets it, the phone does not hear that."""
        keys.append(route.request.headers["idempotency-key"])
        route.fetch()
        route.abort()

    with opened(browser, stack, neighbour, service_workers="block") as phone:
        phone.context.route("**/roll-call", lose, times=1)
        page = phone.go("/fire/" + incident)
        safe = page.get_by_role("button", name="我已安全")
        with page.expect_event("requestfailed", lambda request: request.url.endswith("/roll-call")):
            safe.click()
        expect(safe).to_contain_text("已存在本机")
        assert answers.status() == [("safe",)]
        with page.expect_request("**/roll-call") as again:
            page.evaluate("dispatchEvent(new Event('online'))")
        assert again.value.headers["idempotency-key"] == keys[0]
        expect(safe).to_contain_text("已送达")
    assert answers.told() == [(1,)]
