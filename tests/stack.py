"""The whole of Shouwang as `make run` starts it, in a DATA_DIR and on ports of its own, for tests and for bench.

with Stack(tmp_path).running() as stack:
    guard = stack.sign_in("19900000001")
    guard.get("/api/home").json()
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import requests

from backend.kernel import embedded
from tests.waiting import is_alive, until

ROOT = Path(__file__).resolve().parents[1]
START_S = 120
END_S = 20


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Person(requests.Session):
    """Somebody with a cookie; paths are enough, and every wait is bounded."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self.base, self.trust_env = base, False

    def request(self, method: str, url: str | bytes, *args: Any, **kwargs: Any) -> requests.Response:
        kwargs.setdefault("timeout", 20)
        return super().request(method, f"{self.base}{url!s}", *args, **kwargs)


class Stack:
    """One running system. `data_dir` may hold one that ran before: then it goes on where it was."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.data_dir = folder / "var"
        self.port, self.gateway_port = free_port(), free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        own = {"DATA_DIR": str(self.data_dir), "PORT": str(self.port), "GATEWAY_PORT": str(self.gateway_port)}
        inherited = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "REDIS_URL", "PUBLIC_URL")}
        self.env = inherited | {"PYTHONPATH": str(ROOT)} | own | settings
        self.log = folder / "stack.log"
        self.ready_path = "/health/ready"
        self._process: subprocess.Popen[bytes] | None = None

    @contextlib.contextmanager
    def running(self) -> Iterator[Stack]:
        self.start()
        try:
            yield self
        finally:
            self.stop()

    def start(self) -> None:
        """Start, and wait until every component is up."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "backend.kernel.run"]
        with self.log.open("ab") as out:
            self._process = subprocess.Popen(command, cwd=ROOT, env=self.env, stdout=out, stderr=out)
        until(self.is_ready, START_S)

    def stop(self) -> None:
        if self._process is None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(END_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(10)
        self._process = None

    def is_ready(self) -> bool:
        """Do all components answer? Fails when the process that we started has ended."""
        assert not (self._process and self._process.poll()), f"it ended: {self.log.read_text()[-3000:]}"
        with contextlib.suppress(requests.RequestException):
            return Person(self.base).get(self.ready_path, timeout=2).status_code == 200
        return False

    @property
    def demo(self) -> dict[str, Any]:
        """The people and transmitters of the demo estate."""
        found: dict[str, Any] = json.loads((self.data_dir / "demo.json").read_text())
        return found

    def phone_of(self, role: str, number: int = 0) -> str:
        """The phone of the number-th person of the demo who holds `role`."""
        people = [p for p in self.demo["people"] if role in p["roles"]]
        return str(people[number]["phone"])

    def sign_in(self, phone: str) -> Person:
        person = Person(self.base)
        assert person.post("/api/auth/codes", json={"phone": phone}).status_code == 202
        answer = person.post("/api/auth/sessions", json={"phone": phone, "code": until(lambda: self.code_for(phone))})
        assert answer.status_code == 201, answer.text
        return person

    def code_for(self, phone: str) -> str | None:
        """The newest one-time code that was sent to `phone`, as its owner would read it."""
        texts = [line["text"] for line in self.sms() if line["phone"].endswith(phone[-11:])]
        codes = [found for text in texts if (found := re.search(r"\b\d{6}\b", text))]
        return codes[-1].group() if codes else None

    def sms(self) -> list[dict[str, Any]]:
        path = self.data_dir / "sms.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def sql(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Ask the running database directly."""
        url = "postgresql://" + embedded.database_url(self.data_dir).split("://", 1)[1]
        with psycopg.connect(url, autocommit=True) as connection:
            done = connection.execute(statement, values or None)
            return done.fetchall() if done.description else []

    def pids(self, pattern: str) -> list[int]:
        """The processes of this stack whose command line holds `pattern` (not their keepers)."""
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and is_alive(int(entry.name)) and self._is_ours(entry):
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                if pattern in command and "kernel.keep" not in command:
                    found.append(int(entry.name))
        return found

    def _is_ours(self, entry: Path) -> bool:
        """By its environment; Redis writes its title over that, but the title names the socket."""
        sockets = str(embedded.folder(self.data_dir)).encode()
        with contextlib.suppress(OSError):
            own = f"DATA_DIR={self.data_dir}".encode() in (entry / "environ").read_bytes()
            return own or sockets in (entry / "cmdline").read_bytes()
        return False
