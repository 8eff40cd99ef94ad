"""One running system, one push sink and one Chromium for all browser tests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from tests import rehearsal
from tests.browser import chromium
from tests.browser.fires import Fires
from tests.sinks import push
from tests.sinks.push import PushSink
from tests.stack import ROOT, Stack

# Nothing may be confirmed because nobody answered while a browser looks.
TIMERS = ("ring1_unacknowledged_s", "unacknowledged_s", "unverified_s", "extended_s")


@pytest.fixture(scope="package")
def sink(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PushSink]:
    with push.running(tmp_path_factory.mktemp("sink")) as one:
        yield one


@pytest.fixture(scope="package")
def stack(tmp_path_factory: pytest.TempPathFactory, sink: PushSink) -> Iterator[Stack]:
    assert (ROOT / "pwa" / "build" / "shell.json").is_file(), "the app is not built: run scripts/pwa.sh"
    folder = tmp_path_factory.mktemp("browser")
    with Stack(folder, PUSH_CA_FILE=str(sink.certificate)).running() as running:
        rehearsal.allow(running, sink)
        administrator = running.sign_in(running.phone_of("administrator"))
        for name in TIMERS:
            wish: dict[str, Any] = {"scope": {"kind": "all", "id": None}, "value": 3600}
            answer = administrator.put(f"/api/policies/incidents.{name}", json=wish)
            assert answer.ok, answer.text
        yield running


@pytest.fixture(scope="package")
def fires(stack: Stack, sink: PushSink) -> Fires:
    return Fires(stack, sink)


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    """Ends with this package: while it runs, nobody else in this thread may run an event loop."""
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="package")
def browser(playwright: Playwright) -> Iterator[Browser]:
    browser = chromium.launch(playwright.chromium)
    yield browser
    browser.close()
