"""Reads wait in line, so that a tap, a frame's news and the live stream never stand behind them.

When a tower opens the app at once, thousands of reads arrive within seconds. A process that ran them all side by side
would finish each one late, and an acknowledge with them. Here a few reads run, while somebody writes just one, and the
others wait in order; who writes goes past their line. A tower that says "safe" is a stampede of writes: it has a line
of its own, behind the taps of those who go there.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any

from flask import request

from backend.kernel.errors import DomainError

AT_ONCE = 4  # of each line
BESIDE_THE_FIRST = 1  # so that a flood of taps does not stop all else
PATIENCE_S = 20.0
RETRY_S = 3
READS = ("GET", "HEAD")
ALWAYS = ("/health", "/api/receipts")  # receipts wait for each other, and are marked by hundreds at once
OF_MANY = "/roll-call"  # what a whole tower writes at once
SMALL = 65_536  # octets of a body that is read before its place is taken; what is larger is no tap
CROWDED = "shouwang.crowded"
App = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Crowded(DomainError):
    status = 503
    zh = "现在打开的人太多，请过几秒再试；紧急情况请直接拨打 119。"
    en = "Too many people are opening this right now. Try again in a few seconds. In an emergency call 119."


class Lane:
    """A WSGI application around another: at most `at_once` of each line run at a time: writes, words of many, reads.

    First come, first served; who waited `patience_s` in vain is let in only to be refused (see `check`).
    """

    def __init__(self, app: App, at_once: int = AT_ONCE, patience_s: float = PATIENCE_S) -> None:
        self.app, self.patience_s = app, patience_s
        self.writes, self.words, self.reads = _Line(at_once), _Line(at_once), _Line(at_once)
        self._lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path.startswith(ALWAYS):
            return self.app(environ, start_response)
        is_read = environ["REQUEST_METHOD"] in READS
        if not is_read and not _take_body(environ):
            return self.app(environ, start_response)
        line = self.reads if is_read else self.words if path.endswith(OF_MANY) else self.writes
        if not self._enter(line):
            return self.app(environ | {CROWDED: True}, start_response)
        try:
            return self.app(environ, start_response)  # a stream's first bytes are made later, outside of the line
        finally:
            with self._lock:
                line.running -= 1
                self._call()

    def _enter(self, line: _Line) -> bool:
        turn = threading.Event()
        with self._lock:
            line.waiting.append(turn)
            self._call()
        if turn.is_set() or turn.wait(self.patience_s):
            return True
        with self._lock:
            if turn.is_set():  # called in the very moment that it gave up
                return True
            line.waiting.remove(turn)
            return False

    def _call(self) -> None:
        """Let in who has a place now: taps, then the words of many, then reads."""
        self.writes.call(self.writes.places)
        self.words.call(BESIDE_THE_FIRST if self.writes.running else self.words.places)
        self.reads.call(BESIDE_THE_FIRST if self.writes.running or self.words.running else self.reads.places)


def _take_body(environ: dict[str, Any]) -> bool:
    """Have the body here before a place is taken: who sends it slowly shall hold up nobody. False: it is too large."""
    length = environ.get("CONTENT_LENGTH") or "0"
    if "HTTP_TRANSFER_ENCODING" in environ or not length.isdecimal() or int(length) > SMALL:
        return False
    if int(length):
        environ["wsgi.input"] = BytesIO(environ["wsgi.input"].read(int(length)))
    return True


class _Line:
    """Who runs and who waits, of one kind."""

    def __init__(self, places: int) -> None:
        self.places, self.running = places, 0
        self.waiting: deque[threading.Event] = deque()

    def call(self, places: int) -> None:
        while self.waiting and self.running < places:
            self.running += 1
            self.waiting.popleft().set()


def check() -> None:
    """Refuse, as the first step of a request, one that waited too long."""
    if CROWDED in request.environ:
        raise Crowded(retry_after_s=RETRY_S)
