"""Those on duty, as they work: the desk leads a fire to its end, somebody goes there, a false alarm is called one."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Page, Route, expect

from backend.demo.devices import SMOKE
from tests.browser.chromium import DESK, PATIENCE_MS, opened
from tests.browser.fires import Fires
from tests.stack import Stack

expect.set_options(timeout=PATIENCE_MS)
NEIGHBOUR = "19900000108"  # 1 号楼 1203


def do(page: Page, words: str) -> None:
    """Press the one great button, which must say this."""
    page.get_by_role("button", name=re.compile(f"^{words}")).click()


def more(page: Page, words: str) -> None:
    """Choose something from behind the button 更多."""
    page.locator('[data-act="more"]').click()
    page.get_by_role("dialog").get_by_role("button", name=words).click()


def test_the_control_room_leads_a_fire_to_its_end(browser: Browser, stack: Stack, fires: Fires) -> None:
    guard, neighbour = stack.sign_in(stack.phone_of("control_room")), stack.sign_in(NEIGHBOUR)
    with opened(browser, stack, guard, viewport=DESK) as desk:
        page = desk.go("/watch")
        incident = fires.burn("1", SMOKE, 9)
        page.locator(f'[data-incident="{incident}"]').click()
        card = page.locator("article.case")
        expect(card.locator("h1")).to_contain_text("1 号楼")
        expect(card.get_by_text("火情已确认")).to_have_count(0)

        do(page, "接警")
        expect(card.get_by_text("途中")).to_be_visible()
        do(page, "我已到场")
        expect(card.get_by_text("已到场").first).to_be_visible()
        do(page, "确认火情")
        expect(card.get_by_text("火情已确认")).to_be_visible()
        expect(card.get_by_text("现场人员确认")).to_be_visible()

        safe = card.locator("dl > div", has_text="已安全").locator("dd")
        expect(safe).to_have_text("0")
        answer = neighbour.post(f"/api/incidents/{incident}/roll-call", json={"status": "safe"})
        assert answer.ok, answer.text
        expect(safe).to_have_text("1")

        more(page, "火已控制")
        do(page, "填写结果，结束")
        sheet = page.get_by_role("dialog")
        sheet.get_by_label("起因").fill("厨房油锅起火")
        sheet.get_by_text("小火", exact=True).click()
        sheet.get_by_label("损失").fill("无")
        sheet.get_by_role("button", name="结束警情").click()
        card.get_by_role("link", name="结案报告").click()
        page.wait_for_url(f"**/incidents/{incident}/report")
        expect(page.get_by_text("厨房油锅起火").first).to_be_visible()
        expect(page.get_by_text("小火").first).to_be_visible()
        assert desk.complaints == []
    asked = "SELECT state, verified_by, cause, grade, loss FROM incidents WHERE id = %s"
    assert stack.sql(asked, incident) == [("closed", "person", "厨房油锅起火", "small", "无")]
    who = guard.get("/api/me").json()["id"]
    said = "SELECT verb FROM incident_entries WHERE incident_id = %s AND person_id::text = %s ORDER BY at, id"
    assert [verb for (verb,) in stack.sql(said, incident, who)] == [
        "acknowledge",
        "arrive",
        "confirm",
        "control",
        "close",
    ]


def test_a_fire_between_the_first_answer_and_the_live_line_is_not_lost(
    browser: Browser, stack: Stack, fires: Fires
) -> None:
    guard = stack.sign_in(stack.phone_of("control_room"))
    with opened(browser, stack, guard, viewport=DESK) as desk:
        held: list[Route] = []
        desk.page.route("**/api/stream*", lambda route: held.append(route), times=1)
        with desk.page.expect_response("**/api/incidents?state=open*"):
            page = desk.go("/watch")
        incident = fires.burn("3", SMOKE, 14)
        expect(page.locator(f'[data-incident="{incident}"]')).to_have_count(0)
        held[0].continue_()
        expect(page.locator(f'[data-incident="{incident}"]')).to_have_count(1)


def test_a_member_of_the_station_goes_there_by_the_right_gate(browser: Browser, stack: Stack, fires: Fires) -> None:
    member = stack.sign_in(stack.phone_of("station_member", 1))
    me = member.get("/api/me").json()
    incident = fires.burn("2", SMOKE, 9)
    building = member.get(f"/api/incidents/{incident}").json()["building"]["id"]
    gates = {gate["name"]: gate for gate in member.get(f"/api/buildings/{building}").json()["gates"]}
    with opened(browser, stack, member) as phone:
        page = phone.go("/watch")
        page.locator(f'[data-incident="{incident}"]').click()
        own = page.locator("li", has_text=me["name"])
        do(page, "接警")
        expect(own.filter(has_text="途中").first).to_be_visible()
        do(page, "我已到场")
        expect(own.filter(has_text="已到场").first).to_be_visible()

        more(page, "导航到大门")
        sheet = page.get_by_role("dialog")
        first = sheet.locator("li button").first
        expect(first).to_contain_text("消防车道")
        gate = gates[first.locator("b").inner_text()]
        there = sheet.get_by_role("link", name="高德地图").get_attribute("href") or ""
        assert f"to={gate['gcj']['lon']},{gate['gcj']['lat']}," in there and "coordinate=gaode" in there
        assert abs(gate["gcj"]["lon"] - gate["lon"]) > 0.001, "the map of China is drawn half a kilometre off"
        phones = sheet.get_by_role("link", name="手机里的其他地图").get_attribute("href") or ""
        assert phones.startswith(f"geo:{gate['lat']},{gate['lon']}")
        assert phone.complaints == []
    went = "SELECT acknowledged_at IS NOT NULL, arrived_at >= acknowledged_at FROM responders WHERE incident_id = %s"
    assert stack.sql(went, incident) == [(True, True)]


def test_a_false_alarm_is_called_one_at_the_scene(browser: Browser, stack: Stack, fires: Fires) -> None:
    member, other = (stack.sign_in(stack.phone_of("station_member", n)) for n in (2, 3))
    incident = fires.burn("4", SMOKE, 9)
    with opened(browser, stack, member) as phone, opened(browser, stack, other) as watching:
        page = phone.go(f"/incidents/{incident}")
        seen = watching.go(f"/incidents/{incident}")
        do(page, "接警")
        do(page, "我已到场")
        page.locator('[data-act="dismiss"]').click()
        sheet = page.get_by_role("dialog")
        send = sheet.get_by_role("button", name="确定是误报")
        expect(send).to_be_disabled()
        sheet.get_by_text("做饭油烟", exact=True).click()
        sheet.get_by_label("备注").fill("四楼炒菜")
        send.click()
        for one in (page, seen):
            expect(one.locator("header").get_by_text("误报").first).to_be_visible()
        assert phone.complaints == watching.complaints == []
    given = "SELECT d.reason, d.at_scene, d.note, i.state FROM dismissals d JOIN incidents i ON i.id = d.incident_id"
    assert stack.sql(f"{given} WHERE i.id = %s", incident) == [("cooking", True, "四楼炒菜", "false_alarm")]
