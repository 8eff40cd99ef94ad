"""Firefox, led by hand over Marionette: no driver to install. Only what the push test needs."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tests.stack import free_port
from tests.waiting import until

NAMES = ("firefox-esr", "firefox")
# Headless Firefox has nobody who shows an alert: this stands in, and says that it did.
SHOWS_ALERTS = """
  const service = {
    QueryInterface: ChromeUtils.generateQI(["nsIAlertsService"]),
    showAlert(alert, observer) { observer?.observe(null, "alertshow", alert.cookie); },
    closeAlert() {}, teardown() {}, pbmTeardown() {},
    async getHistory() { return []; },
  };
  Components.manager.QueryInterface(Ci.nsIComponentRegistrar).registerFactory(
    Components.ID("{6d3b5a44-6f9e-4a7e-9d1c-3b0a5d2c7e11}"), "", "@mozilla.org/alerts-service;1",
    { createInstance: (iid) => service.QueryInterface(iid) });
"""


def path() -> str | None:
    return next((found for name in NAMES if (found := shutil.which(name))), None)


class Firefox:
    """One browser; `ask` sends a command of the Marionette protocol, `run` a script to the page."""

    def __init__(self, port: int) -> None:
        self.line = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.count = 0
        self._read()
        self.ask("WebDriver:NewSession", capabilities={"alwaysMatch": {}})
        self.ask("Marionette:SetContext", value="chrome")
        self.run(SHOWS_ALERTS)
        self.ask("Marionette:SetContext", value="content")

    def ask(self, command: str, **parameters: Any) -> Any:
        self.count += 1
        message = json.dumps([0, self.count, command, parameters]).encode()
        self.line.sendall(str(len(message)).encode() + b":" + message)
        _, _, error, result = self._read()
        assert not error, f"{command}: {error}"
        return result

    def run(self, script: str) -> Any:
        return self.ask("WebDriver:ExecuteScript", script=script, args=[])["value"]

    def go(self, url: str) -> None:
        self.ask("WebDriver:Navigate", url=url)

    def _read(self) -> Any:
        digits = b""
        while not digits.endswith(b":"):
            digits += self._some(1)
        length, body = int(digits[:-1]), b""
        while len(body) < length:
            body += self._some(length - len(body))
        return json.loads(body)

    def _some(self, size: int) -> bytes:
        got = self.line.recv(size)
        assert got, "Firefox has gone"
        return got


@contextmanager
def running(program: str, profile: Path, push_port: int) -> Iterator[Firefox]:
    """A headless Firefox that takes its pushes from `push_port` of this machine, and asks nobody else for anything."""
    port = free_port()
    wishes: dict[str, object] = {
        "dom.push.serverURL": f"ws://127.0.0.1:{push_port}/",
        "dom.push.testing.allowInsecureServerURL": True,
        "dom.push.connection.enabled": True,
        "permissions.default.desktop-notification": 1,
        "network.manage-offline-status": False,
        "intl.accept_languages": "zh-CN",
        "services.settings.server": "data:,",
        "app.update.enabled": False,
        "marionette.port": port,
    }
    profile.mkdir(parents=True)
    lines = [f'user_pref("{name}", {json.dumps(value)});' for name, value in wishes.items()]
    (profile / "user.js").write_text("\n".join(lines))
    command = [program, "--headless", "--no-remote", "--marionette", "--remote-allow-system-access"]
    with (profile / "log").open("wb") as log:
        process = subprocess.Popen([*command, "--profile", str(profile), "about:blank"], stdout=log, stderr=log)
    try:
        found = until(lambda: _connected(port), 60, lambda: (profile / "log").read_text()[-2000:])
        assert found
        yield found
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(20)
        process.kill()
        process.wait(20)


def _connected(port: int) -> Firefox | None:
    with suppress(ConnectionRefusedError):
        return Firefox(port)
    return None
