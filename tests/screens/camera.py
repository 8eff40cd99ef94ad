"""Chromium takes the pictures, axe reads each screen, and the browser's own complaints are kept."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, TimeoutError, sync_playwright

from tests.screens.looks import Look
from tests.screens.rooms import Screen
from tests.screens.scene import Scene
from tests.stack import ROOT

AXE = ROOT / "pwa" / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
CHROMIUM = ("--no-sandbox", "--disable-dev-shm-usage", "--font-render-hinting=none")
OPEN_MS, SETTLE_MS = 15_000, 500
LONGEST = 3000

# Wider than the window, or a text cut off that nobody may cut: both are defects that axe does not see.
FLAWS = """() => {
  const found = [];
  const root = document.scrollingElement;
  if (root.scrollWidth > innerWidth + 1) found.push(`wider than the window by ${root.scrollWidth - innerWidth}`);
  for (const e of document.querySelectorAll('h1,h2,h3,b,button,a,p,span,dt,dd,td,th')) {
    const s = getComputedStyle(e);
    if (s.overflow === 'visible' || e.closest('.visually-hidden') || !e.textContent.trim()) continue;
    if (e.scrollWidth > e.clientWidth + 1 && e.clientWidth) found.push('cut: ' + e.textContent.trim().slice(0, 40));
  }
  const tap = parseInt(getComputedStyle(document.documentElement).getPropertyValue('--tap')) || 48;
  for (const e of document.querySelectorAll('button, a[href], input:not([type=radio]), select')) {
    const r = e.getBoundingClientRect();
    if (!r.width || e.closest('.visually-hidden') || e.closest('p') || e.closest('.column')) continue;
    const name = (e.textContent || e.ariaLabel || '').trim().slice(0, 30);
    if (r.height < tap - 1) found.push(`low target ${Math.round(r.height)}: ${name}`);
  }
  return found;
}"""


@dataclass
class Finding:
    """What one screen in one look gave: a picture, and what is wrong with it."""

    screen: str
    look: str
    picture: Path
    axe: list[str] = field(default_factory=list)
    flaws: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        return not (self.axe or self.flaws or self.complaints)


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """The installed Chromium, or Playwright's own."""
    system = next((p for p in ("/usr/bin/chromium", "/usr/bin/chromium-browser") if Path(p).exists()), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=system, args=list(CHROMIUM))
        try:
            yield browser
        finally:
            browser.close()


def open_look(browser: Browser, scene: Scene, look: Look, role: str) -> BrowserContext:
    """A phone or a desk as this look wants it, signed in as somebody of `role`."""
    context = browser.new_context(
        base_url=scene.stack.base,
        viewport={"width": look.width, "height": look.height},
        device_scale_factor=2 if look.is_phone else 1,
        is_mobile=look.is_phone,
        has_touch=look.is_phone,
        color_scheme="dark" if look.scheme == "dark" else "light",
        reduced_motion="reduce",
        locale="zh-CN" if look.language == "zh" else "en-GB",
        timezone_id="Asia/Shanghai",
        service_workers="block",
    )
    if role:
        scene.by(role).patch("/api/me", json={"language": look.language})
        context.add_cookies(scene.cookies(role))  # type: ignore[arg-type]  # url form of SetCookieParam
    context.add_init_script(
        f"localStorage.setItem('PARAGLIDE_LOCALE', '{look.language}'); localStorage.setItem('size', '{look.size}');"
    )
    return context


def take(context: BrowserContext, scene: Scene, screen: Screen, look: Look, folder: Path) -> Finding:
    """One picture, and what is wrong with the screen."""
    finding = Finding(screen.name, look.name, folder / f"{screen.name}.{look.name}.png")
    page = context.new_page()
    page.on("console", lambda message: _listen(finding, message))
    page.on("pageerror", lambda error: finding.complaints.append(str(error)[:300]))
    try:
        _open(page, screen.path(scene))
        if screen.tap:
            page.locator(screen.tap).first.click(timeout=5000)
            page.wait_for_timeout(SETTLE_MS)
        finding.flaws = page.evaluate(FLAWS)
        finding.picture.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=finding.picture)
        if look.is_phone and not screen.tap:
            _whole(page, finding.picture.with_suffix(".long.png"))
        finding.axe = _axe(page)
    except TimeoutError as late:
        finding.complaints.append(f"never came: {str(late).splitlines()[0]}")
    finally:
        page.close()
    return finding


def _open(page: Page, path: str) -> None:
    page.goto(path, wait_until="load", timeout=OPEN_MS)
    page.wait_for_selector("main, article, form, h1", timeout=OPEN_MS)
    with contextlib.suppress(TimeoutError):  # the live stream never ends: skeletons gone is enough
        page.wait_for_function("() => !document.querySelector('.skeleton')", timeout=OPEN_MS)
    page.wait_for_timeout(SETTLE_MS)


def _whole(page: Page, picture: Path) -> None:
    """All of a long page at once, its foot where a thumb would find it: the window grows instead of scrolling."""
    size = page.viewport_size or {"width": 390, "height": 844}
    tall = min(LONGEST, page.evaluate("() => document.scrollingElement.scrollHeight"))
    if tall <= size["height"]:
        return
    page.set_viewport_size({"width": size["width"], "height": tall})
    page.wait_for_timeout(150)
    page.screenshot(path=picture)
    page.set_viewport_size(size)


def _listen(finding: Finding, message: ConsoleMessage) -> None:
    text = message.text
    if message.type == "error" and "401" not in text and "404" not in text:
        finding.complaints.append(text[:300])


def _axe(page: Page) -> list[str]:
    """Violations, one line each: rule, how many, the first place."""
    page.evaluate(AXE.read_text())  # through the DevTools: the page's own CSP stays as it is
    script = "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})"
    found: dict[str, Any] = page.evaluate(script, TAGS)
    return [
        f"{v['id']} ({len(v['nodes'])}): {v['nodes'][0]['target']} {v['nodes'][0].get('failureSummary', '')[:160]}"
        for v in found["violations"]
    ]
