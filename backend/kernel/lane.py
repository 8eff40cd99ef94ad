"""Reads wait in line, so that a tap, a frame's news and the live stream never stand behind them.

When a tower opens the app at once, thousands of reads arrive within seconds. A process that ran them all side by side
would finish each one late, and an acknowledge with them: here a few run, the others wait in order, and who writes
goes past the line.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

from flask import request

from backend.kernel.errors import DomainError

AT_ONCE = 4
PATIENCE_S = 20.0
RETRY_S = 3
READS = ("GET", "HEAD")
ALWAYS = "/health"
CROWDED = "shouwang.crowded"
App = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Crowded(DomainError):
    status = 503
    zh = "现在打开的人太多，请过几秒再试；紧急情况请直接拨打 119。"
    en = "Too many people are opening this right now. Try again in a few seconds. In an emergency call 119."


class Lane:
    """A WSGI application around another: at most `at_once` of its reads run at a time, the first come first.

    Who waited `patience_s` in vain is let in only to be refused (see `check`).
    """

    def __init__(self, app: App, at_once: int = AT_ONCE, patience_s: float = PATIENCE_S) -> None:
        self.app, self.patience_s = app, patience_s
        self._free = at_once
        self._line: deque[threading.Event] = deque()
        self._lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] not in READS or environ.get("PATH_INFO", "").startswith(ALWAYS):
            return self.app(environ, start_response)
        if not self._enter():
            return self.app(environ | {CROWDED: True}, start_response)
        try:
            return self.app(environ, start_response)  # a stream's first bytes are made later, outside of the line
        finally:
            self._leave()

    def _enter(self) -> bool:
        with self._lock:
            if self._free and not self._line:
                self._free -= 1
                return True
            turn = threading.Event()
            self._line.append(turn)
        if turn.wait(self.patience_s):
            return True
        with self._lock:
            if turn.is_set():  # called in the very moment that it gave up
                return True
            self._line.remove(turn)
            return False

    def _leave(self) -> None:
        """Hand the place to the next in line, else keep it free."""
        with self._lock:
            if self._line:
                self._line.popleft().set()
            else:
                self._free += 1


def check() -> None:
    """Refuse, as the first step of a request, one that waited too long."""
    if CROWDED in request.environ:
        raise Crowded(retry_after_s=RETRY_S)
