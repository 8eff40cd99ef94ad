"""The Chromium of this machine, phones in it, and what they complain about."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, BrowserContext, BrowserType, CDPSession, ConsoleMessage, Page, Worker

from tests.stack import Person, Stack

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking"]
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}
STEP_MS = 50
PATIENCE_MS = 30_000  # only ever waited for in full when something is broken
REGISTER = (
    "navigator.serviceWorker.register('/service-worker.js', { type: 'module', updateViaCache: 'none' }).then(Boolean)"
)
# Before any script of a page: what the Content-Security-Policy refuses is kept for the test.
LISTEN = """
  window.__refused = [];
  addEventListener('securitypolicyviolation', (e) => __refused.push(`${e.violatedDirective} ${e.blockedURI}`));
"""


def path() -> str | None:
    """The installed browser; None means Playwright's own download."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def launch(kind: BrowserType) -> Browser:
    return kind.launch(executable_path=path(), args=ARGS)


@dataclass
class Phone:
    """One person's browser: a context with its page, everything it complained about, and its service worker."""

    context: BrowserContext
    page: Page
    base: str
    complaints: list[str] = field(default_factory=list)

    def go(self, address: str) -> Page:
        self.page.goto(address, wait_until="load")
        return self.page

    def settle(self, cached: str = "/index.html") -> Worker:
        """Wait until the service worker is active and holds the shell, as after a first visit.

        The app asks for its worker two seconds after the first screen: here it is asked for at once, the same one.
        """
        self.page.evaluate(REGISTER)
        self.until("async () => (await navigator.serviceWorker.ready).active.state === 'activated'")
        self.until("async (path) => Boolean(await caches.match(path))", cached)
        return self.context.service_workers[0]

    def until(self, asked: str, given: Any = None) -> Any:
        """Ask the page until the answer is true, and give it. (wait_for_function takes a promise itself for true.)"""
        for _ in range(PATIENCE_MS // STEP_MS):
            answer = self.page.evaluate(asked, given)
            if answer:
                return answer
            self.page.wait_for_timeout(STEP_MS)
        raise AssertionError(f"never true: {asked}")

    def refused(self) -> list[str]:
        """What the Content-Security-Policy refused on this page."""
        found: list[str] = self.page.evaluate("window.__refused")
        return found


@contextmanager
def opened(browser: Browser, stack: Stack, person: Person | None = None, **wishes: Any) -> Iterator[Phone]:
    """A new phone, signed in as `person` if given; `wishes` are Playwright's context options."""
    options: dict[str, Any] = {"viewport": PHONE, "locale": "zh-CN", "timezone_id": "Asia/Shanghai"}
    options |= {"base_url": stack.base, "reduced_motion": "reduce"} | wishes
    context = browser.new_context(**options)
    context.set_default_timeout(PATIENCE_MS)
    context.add_init_script(LISTEN)
    if person:
        kept = [{"name": one.name, "value": one.value or "", "url": stack.base} for one in person.cookies]
        context.add_cookies(kept)  # type: ignore[arg-type]  # the url form of SetCookieParam
    page = context.new_page()
    phone = Phone(context, page, stack.base)
    page.on("console", lambda message: _listen(phone, message))
    page.on("pageerror", lambda error: phone.complaints.append(f"uncaught: {error}"))
    try:
        yield phone
    finally:
        context.close()


def _listen(phone: Phone, message: ConsoleMessage) -> None:
    if message.type == "error":
        phone.complaints.append(f"{message.text} ({message.location.get('url', '')})")


class WorkerDoor:
    """What only the browser may tell a page's service worker, told through the DevTools protocol."""

    def __init__(self, phone: Phone) -> None:
        self.phone, self._registration = phone, ""
        self.session: CDPSession = phone.context.new_cdp_session(phone.page)
        self.session.on("ServiceWorker.workerRegistrationUpdated", self._note)
        self.session.send("ServiceWorker.enable")

    def deliver(self, text: str) -> None:
        """A push. Resolves when the browser has taken it; the worker shows it in its own time."""
        self._tell("deliverPushMessage", data=text)

    def sync(self, tag: str) -> None:
        """The network is back, says the browser to whoever asked for Background Sync."""
        self._tell("dispatchSyncEvent", tag=tag, lastChance=False)

    def _tell(self, command: str, **more: object) -> None:
        message = {"origin": self.phone.base, "registrationId": self._known(), **more}
        self.session.send(f"ServiceWorker.{command}", message)

    def _known(self) -> str:
        for _ in range(PATIENCE_MS // STEP_MS):
            if self._registration:
                return self._registration
            self.phone.page.wait_for_timeout(STEP_MS)  # CDP events come only while Playwright waits
        raise AssertionError("no service worker is registered")

    def _note(self, event: dict[str, Any]) -> None:
        for one in event["registrations"]:
            if not one["isDeleted"]:
                self._registration = one["registrationId"]
