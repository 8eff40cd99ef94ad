"""The alarm as phones see it: push, receipts, the button, the fire screen offline, roll call, answers live."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Worker, expect

from backend.demo.devices import CALL_POINT, SMOKE
from tests.browser.chromium import DESK, PATIENCE_MS, Phone, WorkerDoor, opened
from tests.browser.fires import Fires
from tests.stack import Stack
from tests.waiting import until

expect.set_options(timeout=PATIENCE_MS)
RINGING = ["notifications"]
STAYS_MS = 3_000  # a phone asks within 0.6 s
SHOWN = """async () => (await (await navigator.serviceWorker.ready).getNotifications()).map((n) => ({
  title: n.title, body: n.body, lang: n.lang, stays: n.requireInteraction,
  actions: n.actions.map((a) => a.title), data: n.data }))"""
# A tap cannot be made in a headless browser: the same event, and we wait for what it waits for.
TAP = """async (action) => {
  const [notification] = await self.registration.getNotifications();
  const event = new NotificationEvent('notificationclick', { notification, action });
  const waits = [];
  Object.defineProperty(event, 'waitUntil', { value: (promise) => waits.push(promise) });
  self.dispatchEvent(event);
  await Promise.allSettled(waits);
  return waits.length;
}"""

NO_NETWORK = "() => fetch('/health').then(() => false, () => true)"
KEPT_HOME = """async () => {
  const db = await new Promise((done) => { indexedDB.open('shouwang').onsuccess = (e) => done(e.target.result); });
  try {
    const all = db.transaction('cache').objectStore('cache').getAllKeys();
    const keys = await new Promise((done) => { all.onsuccess = () => done(all.result); });
    return keys.some((key) => String(key).startsWith('/home'));
  } finally { db.close(); }
}"""


def rung(phone: Phone, message: str) -> dict[str, Any]:
    """Give a decrypted message to the service worker; what the phone then shows."""
    WorkerDoor(phone).deliver(message)
    shown: list[dict[str, Any]] = phone.until(
        f"async () => {{ const all = await ({SHOWN})(); return all.length && all }}"
    )
    assert len(shown) == 1, shown
    return shown[0]


def tap(worker: Worker, action: str) -> None:
    assert worker.evaluate(TAP, action) == 1, "the worker did not wait for its own answer"


def test_a_push_is_shown_reported_and_answered_by_its_button(browser: Browser, stack: Stack, fires: Fires) -> None:
    member = stack.sign_in(stack.phone_of("station_member"))
    name = fires.ring(member)
    with opened(browser, stack, member, permissions=RINGING) as phone:
        phone.go("/me")
        worker = phone.settle()
        incident = fires.burn("6", SMOKE, 9)
        message = fires.message(name, incident)
        notice = json.loads(message)["notification"]["data"]["notice_id"]

        shown = rung(phone, message)
        assert "6 号楼" in shown["title"] + shown["body"] and "9" in shown["title"] + shown["body"]
        assert shown["lang"] == "zh-CN" and shown["stays"] and "接警" in shown["actions"]
        until(lambda: fires.delivery(notice).get("shown_at"), explain=lambda: str(fires.delivery(notice)))
        delivered = fires.delivery(notice)
        assert delivered["received_at"] and delivered["state"] == "shown"

        tap(worker, "acknowledge")
        assert phone.page.evaluate(SHOWN) == []
        [(at,)] = stack.sql("SELECT acknowledged_at FROM incidents WHERE id = %s", incident)
        assert at
        until(lambda: fires.delivery(notice)["state"] == "answered")
        assert phone.complaints == []


def test_the_fire_screen_opens_from_a_push_without_a_network(browser: Browser, stack: Stack, fires: Fires) -> None:
    neighbour = stack.sign_in("19900000102")  # 7 号楼 1804
    name = fires.ring(neighbour)
    with opened(browser, stack, neighbour, permissions=RINGING) as phone:
        phone.go("/")
        phone.settle()
        phone.until(KEPT_HOME)
        incident = fires.burn("7", CALL_POINT, 15)
        message = fires.message(name, incident)

        phone.context.set_offline(True)
        shown = rung(phone, message)
        phone.go("/i/" + incident)
        phone.page.wait_for_url(f"**/fire/{incident}")
        assert phone.page.evaluate(NO_NETWORK)
        head = phone.page.locator("h1")
        expect(head).to_contain_text("15 层")  # what
        expect(head).to_contain_text("楼下 3 层")  # where, from the 18th
        assert phone.page.locator("ol li b").count() >= 2  # the steps
        expect(phone.page.get_by_text("不坐电梯").first).to_be_visible()
        expect(phone.page.get_by_role("link", name=re.compile("119")).first).to_be_visible()
        assert shown["data"]["navigate"].endswith("/i/" + incident)


def test_a_confirmed_fire_fills_the_screen_once_whatever_was_on_it(
    browser: Browser, stack: Stack, fires: Fires
) -> None:
    with opened(browser, stack, stack.sign_in("19900000106")) as phone:  # 3 号楼 3A02
        page = phone.go("/me")
        expect(page.get_by_role("link", name="守望", exact=True)).to_be_visible()
        incident = fires.burn("3", CALL_POINT, 11)
        page.wait_for_url(f"**/fire/{incident}")
        expect(page.locator("h1")).to_contain_text("11 层")

        far = fires.burn("3", SMOKE, 23)  # only suspected
        incident = fires.another("3", CALL_POINT, 17)  # the own tower goes before the one beside
        page.wait_for_url(f"**/fire/{incident}")

        fires.say(far, "acknowledge", "arrive", "confirm")  # farther from 3A02: what to do at the own door stays
        assert stack.sql("SELECT state FROM incidents WHERE id = %s", far) == [("confirmed",)]
        page.wait_for_timeout(STAYS_MS)
        assert urlsplit(page.url).path == f"/fire/{incident}"


def test_a_roll_call_made_offline_is_kept_and_sent_once(browser: Browser, stack: Stack, fires: Fires) -> None:
    resident = stack.sign_in("19900000106")  # 3 号楼 3A02
    me = resident.get("/api/me").json()["id"]
    incident = fires.burn("3", CALL_POINT, 8)

    def answers() -> list[tuple[Any, ...]]:
        asked = "SELECT status FROM roll_calls WHERE incident_id = %s AND person_id = %s"
        return stack.sql(asked, incident, me)

    with opened(browser, stack, resident) as phone:
        page = phone.go("/fire/" + incident)
        phone.settle()
        safe = page.get_by_role("button", name="我已安全")
        expect(safe).to_be_visible()
        phone.context.set_offline(True)
        safe.click()
        expect(safe).to_contain_text("已存在本机")
        page.reload()
        expect(safe).to_contain_text("已存在本机")
        assert answers() == []

        phone.context.set_offline(False)
        expect(safe).to_contain_text("已送达")
        assert answers() == [("safe",)]
        page.reload()
        expect(safe).to_contain_text("已送达")
    told = "SELECT count(*) FROM incident_entries WHERE incident_id = %s AND person_id = %s"
    assert stack.sql(told, incident, me) == [(1,)]


def test_two_people_see_each_other_answer_live(browser: Browser, stack: Stack, fires: Fires) -> None:
    guard, member = (stack.sign_in(stack.phone_of(role)) for role in ("control_room", "station_member"))
    names = [person.get("/api/me").json()["name"] for person in (guard, member)]
    incident = fires.burn("8", SMOKE, 12)
    with (
        opened(browser, stack, guard, viewport=DESK) as desk,
        opened(browser, stack, member) as phone,
    ):
        for one in (desk, phone):
            one.go("/incidents/" + incident)
            expect(one.page.get_by_text("谁已接警").first).to_be_visible()
            one.page.evaluate("window.__same = true")

        desk.page.get_by_role("button", name="接警").first.click()
        expect(phone.page.locator("li", has_text=names[0]).first).to_be_visible()

        phone.page.get_by_role("button", name="接警").first.click()
        hers = desk.page.locator("li", has_text=names[1])
        expect(hers.filter(has_text="途中").first).to_be_visible()
        phone.page.get_by_role("button", name="我已到场").first.click()
        expect(hers.filter(has_text="已到场").first).to_be_visible()
        for one in (desk, phone):
            assert one.page.evaluate("window.__same"), "the page was loaded again"
            assert one.complaints == []
