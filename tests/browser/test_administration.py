"""The estate's own affairs: who lives here, who has which duty, whose box speaks, what is taken out, what was told."""

from __future__ import annotations

import asyncio
import csv
import io
import re
from pathlib import Path
from zoneinfo import ZoneInfo

from playwright.sync_api import Browser, expect

from backend.demo import speech
from backend.demo.devices import SMOKE
from backend.kernel import clock
from backend.monitoring.gateway import frames, profiles
from tests.browser.chromium import DESK, PATIENCE_MS, opened
from tests.browser.fires import Fires, aside
from tests.stack import Stack
from tests.waiting import until

expect.set_options(timeout=PATIENCE_MS)
CHINA = ZoneInfo("Asia/Shanghai")
NEWCOMER, RECRUIT = "19900009001", "19900009002"
STRANGER = 650_321
GARAGE = "地下车库传输装置"


def test_the_property_admits_who_scanned_the_code(browser: Browser, stack: Stack) -> None:
    manager, newcomer = stack.sign_in(stack.phone_of("property")), stack.sign_in(NEWCOMER)
    building = next(b for b in manager.get("/api/buildings?limit=200").json()["items"] if b["name"].endswith("2 号楼"))
    token = manager.get(f"/api/buildings/{building['id']}/qr").json()["token"]
    with opened(browser, stack, newcomer) as phone, opened(browser, stack, manager, viewport=DESK) as desk:
        page = phone.go("/q/" + token)
        page.get_by_role("link", name="我住这里").click()
        page.get_by_label("门牌号").fill("9999")
        page.get_by_role("button", name="申请加入").click()
        expect(page.get_by_role("heading", name="已经申请")).to_have_count(0)
        page.get_by_label("门牌号").fill("902")
        page.get_by_role("button", name="申请加入").click()
        expect(page.get_by_role("heading", name="已经申请")).to_be_visible()
        assert newcomer.get("/api/home").json()["building"] is None, "not before somebody has said yes"

        row = desk.go("/admin/admissions").locator("li", has_text=NEWCOMER[-4:])
        expect(row).to_contain_text("902")
        row.get_by_role("button", name="是住户").click()
        expect(row).to_have_count(0)
        phone.go("/")
        expect(page.get_by_text("2 号楼").first).to_be_visible()
        assert desk.complaints == []
    homes = newcomer.get("/api/me").json()["homes"]
    assert [(home["state"], home["dwelling"]["number"]) for home in homes] == [("admitted", "902")]


def test_an_administrator_adds_a_person_and_gives_a_duty_and_takes_it_back(browser: Browser, stack: Stack) -> None:
    administrator = stack.sign_in(stack.phone_of("administrator"))
    with opened(browser, stack, administrator, viewport=DESK) as desk:
        page = desk.go("/admin/people")
        page.get_by_label("手机号").fill(RECRUIT)
        page.get_by_role("button", name="查找").click()
        expect(page.get_by_text("没有这个号码的人")).to_be_visible()
        page.get_by_label("名称", exact=True).fill("新来的")
        page.get_by_role("button", name="添加此人").click()
        expect(page.get_by_role("heading", name="新来的")).to_be_visible()
        expect(page.get_by_text("没有角色")).to_be_visible()

        page.get_by_role("button", name="给出角色").click()
        sheet = page.get_by_role("dialog")
        sheet.get_by_label("角色").select_option(label="消防控制室值班员")
        give = sheet.get_by_role("button", name="给出角色")
        expect(give).to_be_disabled()
        sheet.get_by_label("范围").select_option(label="小区")
        estate = sheet.get_by_label("小区", exact=True)
        expect(estate.locator("option", has_text="晨光里")).to_have_count(1)
        estate.select_option(label=estate.locator("option", has_text="晨光里").inner_text())
        give.click()
        held = page.locator("li", has_text="消防控制室值班员")
        expect(held).to_contain_text("晨光里")
        recruit = stack.sign_in(RECRUIT)
        assert recruit.get("/api/incidents?state=open").status_code == 200
        assert [one["role"] for one in recruit.get("/api/me").json()["roles"]] == ["control_room"]

        held.get_by_role("button", name="收回").click()
        held.get_by_role("button", name="确定收回").click()
        expect(held).to_have_count(0)
        assert desk.complaints == []
    assert recruit.get("/api/me").status_code == 401 or recruit.get("/api/me").json()["roles"] == []


def test_an_unknown_transmitter_is_adopted_and_then_heard(browser: Browser, stack: Stack) -> None:

    async def call() -> bool:
        """One heartbeat of a box that nobody has registered; is it confirmed?"""
        reader, writer = await asyncio.open_connection("127.0.0.1", stack.gateway_port)
        body = speech.heartbeat(profiles.get("standard"), clock.now())
        writer.write(
            frames.build(serial=1, source=STRANGER, destination=1, command=frames.SEND, adu=body, time=bytes(6))
        )
        try:
            answer = await asyncio.wait_for(reader.read(64), 2)
        except TimeoutError:
            return False
        finally:
            writer.close()
        return bool(answer) and answer[26] == frames.CONFIRM

    aside(lambda: asyncio.run(call()))
    administrator = stack.sign_in(stack.phone_of("administrator"))
    until(lambda: str(STRANGER) in administrator.get("/api/quarantine").text)
    with opened(browser, stack, administrator, viewport=DESK) as desk:
        page = desk.go("/admin/transmitters")
        stranger = page.locator("li", has_text=f"源地址 {STRANGER}")
        stranger.get_by_role("button", name="这是哪个小区").click()
        sheet = page.get_by_role("dialog")
        estate = sheet.get_by_label("小区")
        expect(estate.locator("option", has_text="晨光里")).to_have_count(1)
        estate.select_option(label=estate.locator("option", has_text="晨光里").inner_text())
        sheet.get_by_label("名称", exact=True).fill("新楼的装置")
        sheet.get_by_role("button", name="就是这个小区").click()
        expect(stranger).to_have_count(0)
        expect(page.get_by_role("link", name=re.compile("新楼的装置"))).to_be_visible()
        assert desk.complaints == []
    good = "SELECT good FROM transmitters WHERE source_address = %s AND state = 'ok'"
    until(lambda: aside(lambda: asyncio.run(call())) and (stack.sql(good, STRANGER) or [(0,)])[0][0] > 0)


def test_a_box_in_test_mode_says_when_that_ends(browser: Browser, stack: Stack) -> None:
    manager = stack.sign_in(stack.phone_of("property"))
    [(box, before)] = stack.sql("SELECT id, test_until FROM transmitters WHERE name = %s", GARAGE)
    assert before is None
    until_when = "SELECT test_until, extract(epoch FROM test_until - now()) / 60 FROM transmitters WHERE id = %s"
    with opened(browser, stack, manager) as phone:
        page = phone.go(f"/admin/transmitters/{box}")
        page.get_by_text("15 分钟", exact=True).click()
        page.get_by_role("button", name="开始测试").click()
        says = page.get_by_text("测试中，到")
        expect(says).to_be_visible()
        [(end, minutes)] = stack.sql(until_when, box)
        assert 10 < minutes <= 15
        expect(says).to_contain_text(f"{end.astimezone(CHINA):%H:%M} 自动结束")
        page.get_by_role("button", name="现在结束测试").click()
        expect(page.get_by_role("button", name="开始测试")).to_be_visible()
        assert phone.complaints == []
    [(end, _)] = stack.sql(until_when, box)
    assert end is None or stack.sql("SELECT %s <= now()", end) == [(True,)]


def test_an_export_is_made_and_taken_home_masked(browser: Browser, stack: Stack, tmp_path: Path) -> None:
    administrator = stack.sign_in(stack.phone_of("administrator"))
    with opened(browser, stack, administrator, viewport=DESK) as desk:
        page = desk.go("/admin/transfers")
        estate = page.get_by_label("小区", exact=True)
        expect(estate.locator("option", has_text="晨光里")).to_have_count(1)
        estate.select_option(label=estate.locator("option", has_text="晨光里").inner_text())
        start = page.get_by_role("button", name="开始导出")
        expect(start).to_be_disabled()
        page.get_by_label("理由").fill("年度核对")
        start.click()
        link = page.locator(".files").get_by_role("link", name="人员")
        expect(link).to_be_visible()
        with page.expect_download() as coming:
            link.click()
        coming.value.save_as(tmp_path / "people.csv")
        assert desk.complaints == []
    rows = list(csv.DictReader(io.StringIO((tmp_path / "people.csv").read_text("utf-8-sig"))))
    assert len(rows) > 1000
    assert not [row for row in rows if re.search(r"1990000\d{4}", "".join(row.values()))], "a whole number in it"


def test_what_was_seen_in_the_inbox_is_read(browser: Browser, stack: Stack, fires: Fires) -> None:
    member = stack.sign_in(stack.phone_of("control_room"))
    incident = fires.burn("2", SMOKE, 15)

    def notice() -> dict[str, str | None] | None:
        found = member.get("/api/notices").json()["items"]
        return next((one for one in found if one["subject"]["id"] == incident), None)

    assert (until(notice) or {})["read_at"] is None
    with opened(browser, stack, member) as phone:
        page = phone.go("/inbox")
        row = page.locator(f'a[href$="{incident}"]').first
        expect(row).to_have_class(re.compile("unread"))
        until(lambda: (notice() or {})["read_at"])
        page.reload()
        expect(row).to_be_visible()
        expect(row).not_to_have_class(re.compile("unread"))
        row.click()
        page.wait_for_url(f"**/incidents/{incident}")
        assert phone.complaints == []
