"""The app as an app: installable, signed in to, started without a network, updated by prompt, left behind clean."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Playwright, expect

from backend.demo import people
from backend.demo.devices import CALL_POINT
from tests.browser import chromium, front
from tests.browser.chromium import DESK, PATIENCE_MS, Phone, opened
from tests.browser.fires import Fires
from tests.stack import Stack
from tests.waiting import until

expect.set_options(timeout=PATIENCE_MS)
WECHAT = (
    "Mozilla/5.0 (Linux; Android 14; V2307A; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 "
    "Chrome/130.0 Mobile Safari/537.36 MicroMessenger/8.0.56"
)
LANE = "晨光巷 12 号"  # where nothing happens, and no tower is near enough to tell
LEFT = """async () => {
  const db = await new Promise((done) => { indexedDB.open('shouwang').onsuccess = (e) => done(e.target.result); });
  try {
    const counts = {};
    for (const name of db.objectStoreNames) {
      const asked = db.transaction(name).objectStore(name).count();
      counts[name] = await new Promise((done) => { asked.onsuccess = () => done(asked.result); });
    }
    return counts;
  } finally { db.close(); }
}"""
READ_MS = 1_000


def calm(nth: int = 0) -> str:
    """The phone of somebody who lives in the lane, where no test lights a fire."""
    there = [i for i, one in enumerate(people.residents(2500)) if one.building == "lane"]
    return people.phone(101 + there[nth])


def test_it_can_be_installed(playwright: Playwright, stack: Stack, tmp_path: Path) -> None:
    context = playwright.chromium.launch_persistent_context(
        tmp_path / "profile", executable_path=chromium.path(), args=chromium.ARGS
    )
    try:
        page = context.new_page()
        page.goto(stack.base + "/sign-in")
        page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
        errors = context.new_cdp_session(page).send("Page.getInstallabilityErrors")
        assert errors["installabilityErrors"] == []
    finally:
        context.close()


def test_signing_in_by_phone_and_code(browser: Browser, stack: Stack) -> None:
    number = calm(1)
    with opened(browser, stack) as phone:
        page = phone.go("/")
        page.wait_for_url("**/sign-in")
        page.get_by_label("手机号").fill("123")
        page.get_by_role("button", name="获取验证码").click()
        expect(page.get_by_text("这个号码看着不对")).to_be_visible()
        page.get_by_label("手机号").fill(f"{number[:3]} {number[3:7]} {number[7:]}")
        page.get_by_role("button", name="获取验证码").click()
        code = page.get_by_label("短信验证码")
        expect(code).to_be_focused()
        right = str(until(lambda: stack.code_for(number)))
        code.fill("000000" if right != "000000" else "111111")
        page.get_by_role("button", name="登录").click()
        expect(page.get_by_text("验证码不对或已失效")).to_be_visible()
        code.fill(right)
        page.get_by_role("button", name="登录").click()
        expect(page.get_by_role("navigation", name="主导航")).to_be_visible()
        expect(page.get_by_text(LANE).first).to_be_visible()


def test_home_starts_without_a_network_after_a_first_visit(browser: Browser, stack: Stack) -> None:
    with opened(browser, stack, stack.sign_in(calm())) as phone:
        page = phone.go("/")
        phone.settle()
        expect(page.get_by_text(LANE).first).to_be_visible()
        phone.until("async () => { const left = await (" + LEFT + ")(); return left.cache > 0 && left.settings > 0 }")
        page.close()
        phone.context.set_offline(True)
        page = phone.context.new_page()
        page.goto("/")
        expect(page.get_by_text(LANE).first).to_be_visible()
        expect(page.get_by_text("离线").first).to_be_visible()
        expect(page.get_by_role("link", name=re.compile("119")).first).to_be_visible()


def test_a_first_visit_asks_for_its_data_once_and_before_the_app_runs(browser: Browser, stack: Stack) -> None:
    """The page's Link header names it; the app's own question must be answered by that, not asked again."""
    with opened(browser, stack, stack.sign_in(calm())) as phone:
        asked: list[str] = []
        phone.page.on("request", lambda request: asked.append(urlsplit(request.url).path))
        page = phone.go("/")
        expect(page.get_by_text(LANE).first).to_be_visible()
        assert [asked.count(path) for path in ("/api/me", "/api/home")] == [1, 1], asked
        named = asked[1:].index(
            next(path for path in asked if "/entry/start." in path)
        )  # the page's own list starts here
        assert {"/api/me", "/api/home"} <= set(asked[1 : named + 1]), asked
        assert phone.complaints == []


def test_a_new_version_is_offered_but_never_in_a_fire(browser: Browser, stack: Stack) -> None:
    with front.before(stack.base) as server, opened(browser, stack, base_url=server.base) as phone:
        page = phone.go("/fire-here")
        phone.settle()
        page.reload()
        page.wait_for_function("() => Boolean(navigator.serviceWorker.controller)")
        server.is_newer = True
        page.evaluate("async () => { await (await navigator.serviceWorker.ready).update() }")
        phone.until("async () => Boolean((await navigator.serviceWorker.ready).waiting)")
        offer = page.get_by_role("button", name="现在更新")
        expect(page.get_by_role("heading", name="我这里着火")).to_be_visible()
        expect(offer).to_have_count(0)

        page.get_by_role("link", name="返回").click()
        page.wait_for_url("**/sign-in")
        expect(offer).to_be_visible()
        # As long as somebody reads the words. A tap in the moment in which the old worker answers for a last icon ends
        # that worker and starts it anew, and with a debugger at it Chromium then never lets the new one take over.
        page.wait_for_timeout(READ_MS)
        with page.expect_event("load"):
            offer.click()
        phone.until(f"async () => {{ const all = await caches.keys(); return String(all) === '{front.NEXT}' }}")
        expect(page.get_by_label("手机号")).to_be_visible()
        expect(offer).to_have_count(0)


@pytest.mark.parametrize("wishes", [{"user_agent": WECHAT}, {}], ids=["wechat", "no service worker at all"])
def test_the_page_behind_the_qr_code_works_without_a_worker(
    browser: Browser, stack: Stack, wishes: dict[str, Any]
) -> None:
    manager = stack.sign_in(stack.phone_of("property"))
    building = next(b for b in manager.get("/api/buildings?limit=200").json()["items"] if b["name"].endswith("2 号楼"))
    token = manager.get(f"/api/buildings/{building['id']}/qr").json()["token"]
    with opened(browser, stack, service_workers="block", **wishes) as phone:
        if not wishes:
            phone.context.add_init_script("delete Navigator.prototype.serviceWorker")
        page = phone.go("/q/" + token)
        expect(page.get_by_text("晨光里 2 号楼").first).to_be_visible()
        expect(page.get_by_text("在浏览器里打开才能收到警报")).to_be_visible()
        expect(page.get_by_text("在浏览器打开", exact=False).last).to_be_visible()
        expect(page.get_by_role("link", name="打 119")).to_be_visible()
        page.get_by_role("link", name="我这里着火").click()
        page.wait_for_url(f"**/q/{token}/fire")
        expect(page.get_by_role("link", name="打 119 并通知晨光里 2 号楼")).to_be_visible()
        assert phone.refused() == []


def test_signing_out_leaves_nothing_of_the_person_on_the_phone(browser: Browser, stack: Stack) -> None:
    with opened(browser, stack, stack.sign_in(calm())) as phone:
        page = phone.go("/")
        phone.settle()
        expect(page.get_by_text(LANE).first).to_be_visible()
        page.evaluate("async () => { await (await caches.open('photos')).put('/mine', new Response('x')) }")
        phone.until("async () => { const left = await (" + LEFT + ")(); return left.cache > 0 }")
        phone.go("/me")
        page.get_by_role("button", name="退出登录").click()
        page.get_by_role("dialog").get_by_role("button", name="退出登录").click()
        page.wait_for_url("**/sign-in**")
        assert set(page.evaluate(LEFT).values()) == {0}
        assert [name for name in page.evaluate("caches.keys()") if not name.startswith("shell-")] == []
        assert phone.context.cookies() == []
        phone.go("/")
        page.wait_for_url("**/sign-in**")
        assert set(page.evaluate(LEFT).values()) == {0}


def test_the_console_stays_free_of_errors_and_refusals(browser: Browser, stack: Stack, fires: Fires) -> None:
    incident = fires.burn("5", CALL_POINT, 20)
    looks = [
        ("19900000107", "/", {}),
        ("19900000107", "/fire/" + incident, {}),
        ("19900000107", "/me", {}),
        (stack.phone_of("control_room"), "/incidents/" + incident, {"viewport": DESK}),
    ]
    for number, address, wishes in looks:
        with opened(browser, stack, stack.sign_in(number), **wishes) as phone:
            page = phone.go(address)
            phone.settle()
            page.wait_for_function("() => document.querySelector('main') && !document.querySelector('.skeleton')")
            assert (address, phone.complaints, phone.refused()) == (address, [], [])
            _hears(phone)


def _hears(phone: Phone) -> None:
    """Would a complaint have been heard here? Both kinds, on this very page."""
    phone.page.evaluate("() => console.error('heard')")
    phone.page.evaluate("() => document.head.append(Object.assign(document.createElement('script'), { text: '1' }))")
    phone.until("() => window.__refused.length === 1")
    assert "heard" in phone.complaints[0]
