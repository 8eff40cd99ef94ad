"""A front of the running system that serves another version of the service worker when told to, as a new build would.

Playwright's routes do not see the update of a service worker's script, so it must come from a server.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import requests

WORKER = "/service-worker.js"
PASSED_ON = ("Content-Type", "Cache-Control", "Content-Security-Policy", "ETag")
NEXT = "shell-next"


class Front(ThreadingHTTPServer):
    """Passes every GET on to `behind`; once `is_newer`, the worker is one with another shell. Pages signed out only."""

    daemon_threads = True

    def __init__(self, behind: str) -> None:
        super().__init__(("127.0.0.1", 0), _Door)
        self.behind, self.is_newer = behind, False
        self.base = f"http://127.0.0.1:{self.server_address[1]}"


class _Door(BaseHTTPRequestHandler):
    server: Front

    def do_GET(self) -> None:
        got = requests.get(self.server.behind + self.path, timeout=20)
        body = got.content
        if self.path == WORKER and self.server.is_newer:
            text, count = re.subn(r"shell-[0-9a-z]+", NEXT, body.decode())
            assert count == 1, "the worker names its shell once"
            body = text.encode()
        self.send_response(got.status_code)
        for name in PASSED_ON:
            if name in got.headers and not (name == "ETag" and self.path == WORKER):
                self.send_header(name, got.headers[name])
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


@contextmanager
def before(behind: str) -> Iterator[Front]:
    """A front on a free port, in a thread of this process."""
    with Front(behind) as front:
        thread = threading.Thread(target=front.serve_forever, daemon=True)
        thread.start()
        try:
            yield front
        finally:
            front.shutdown()
            thread.join(10)
