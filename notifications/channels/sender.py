"""Many HTTPS POSTs at once over few HTTP/2 connections (libcurl's multi interface; 52 times httpx here)."""

import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import certifi
import pycurl

from notifications.channels.keys import origin

CONNECT_MS = 5_000
TOTAL_MS = 10_000
IN_FLIGHT = 400  # 4 connections of 100 streams: 1,000 a second still pass when an answer takes 0.4 s
BURST = 16  # requests started between two looks at the network: fewer looks cost less, and 16 take 4 ms
ANSWER_BYTES = 16_384


@dataclass(slots=True)
class Post:
    """One request. `address` pins the checked IP address, so that a second look at DNS cannot change it."""

    key: Any
    url: str
    body: bytes
    headers: Sequence[str]
    address: str | None = None


@dataclass(slots=True)
class Answer:
    """What came of a Post: `status` 0 when no answer came, then `error` says why. `retry_after_s` as asked."""

    key: Any
    status: int
    error: str | None = None
    retry_after_s: float | None = None


class _Slot:
    """A curl handle that is used again and again, and the few bytes of its present answer."""

    __slots__ = ("curl", "headers", "key", "pin", "text")

    def __init__(self, ca_file: str) -> None:
        self.key: Any = None
        self.headers: Sequence[str] = ()
        self.pin: list[str] | None = None
        self.text = b""
        curl = self.curl = pycurl.Curl()
        for option, value in (
            (pycurl.POST, 1),
            (pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_2TLS),
            (pycurl.PIPEWAIT, 1),
            (pycurl.NOSIGNAL, 1),
            (pycurl.FOLLOWLOCATION, 0),
            (pycurl.PROXY, ""),
            (pycurl.CAINFO, ca_file),
            (pycurl.CONNECTTIMEOUT_MS, CONNECT_MS),
            (pycurl.TIMEOUT_MS, TOTAL_MS),
            (pycurl.TCP_NODELAY, 1),
            (pycurl.PROTOCOLS, pycurl.PROTO_HTTPS),
            (pycurl.USERAGENT, "Shouwang/1"),
            (pycurl.WRITEFUNCTION, self._take),
        ):
            curl.setopt(option, value)

    def _take(self, data: bytes) -> int | None:
        self.text += data
        return None if len(self.text) < ANSWER_BYTES else -1  # an endless answer is cut off

    def load(self, post: Post) -> None:
        self.key, self.text = post.key, b""
        self.curl.setopt(pycurl.URL, post.url)
        self.curl.setopt(pycurl.POSTFIELDS, post.body)
        if post.headers is not self.headers:  # a ring's phones share their lines, and libcurl keeps what it was given
            self.curl.setopt(pycurl.HTTPHEADER, post.headers)
            self.headers = post.headers
        pin = _pin(origin(post.url), post.address) if post.address else None
        if pin is not None and pin is not self.pin:  # libcurl would read the same pin anew for each request
            self.curl.setopt(pycurl.RESOLVE, pin)
            self.pin = pin

    def answer(self, error: str | None) -> Answer:
        status = 0 if error else int(self.curl.getinfo(pycurl.RESPONSE_CODE))
        if not error and status >= 300:
            error = f"{status} {self.text[:200].decode('utf-8', 'replace')}".strip()
        asked = self.curl.getinfo(pycurl.RETRY_AFTER) if status >= 300 else 0
        return Answer(self.key, status, error, float(asked) if asked else None)


@lru_cache(maxsize=4096)
def _pin(service: str, address: str) -> list[str]:
    parts = urlsplit(service)
    address = f"[{address}]" if ":" in address else address
    return [f"{parts.hostname}:{parts.port or 443}:{address}"]


class Sender:
    """Keeps connections warm between calls. Belongs to one thread; `add` and `poll` never block on the network."""

    def __init__(self, ca_file: str | None = None, connections: int = 4, streams: int = 100) -> None:
        self._ca_file = ca_file or certifi.where()
        self._multi = pycurl.CurlMulti()
        self._multi.setopt(pycurl.M_PIPELINING, pycurl.PIPE_MULTIPLEX)
        self._multi.setopt(pycurl.M_MAX_HOST_CONNECTIONS, connections)
        self._multi.setopt(pycurl.M_MAX_CONCURRENT_STREAMS, streams)
        self._multi.setopt(pycurl.M_MAX_TOTAL_CONNECTIONS, 500)
        self._pause = threading.Event()  # never set
        self._free: list[_Slot] = []
        self._busy: dict[pycurl.Curl, _Slot] = {}

    @property
    def in_flight(self) -> int:
        """How many requests wait for their answer."""
        return len(self._busy)

    def add(self, post: Post) -> None:
        """Start one request; its Answer comes out of a later `poll`."""
        slot = self._free.pop() if self._free else _Slot(self._ca_file)
        slot.load(post)
        self._busy[slot.curl] = slot
        self._multi.add_handle(slot.curl)

    def poll(self, wait_s: float = 0.0) -> list[Answer]:
        """Let the network move, at most `wait_s` seconds, and take what was answered."""
        self._multi.perform()
        answers = self._collect()
        if not answers and wait_s:
            if not self._busy or self._multi.select(wait_s) == -1:  # -1: no socket yet to wait for
                self._pause.wait(min(wait_s, 0.01))
            self._multi.perform()
            answers = self._collect()
        return answers

    def _collect(self) -> list[Answer]:
        answers: list[Answer] = []
        more = 1
        while more:
            more, done, failed = self._multi.info_read(100)
            answers += [self._finish(curl, None) for curl in done]
            answers += [self._finish(curl, f"{code} {text}") for curl, code, text in failed]
        return answers

    def _finish(self, curl: pycurl.Curl, error: str | None) -> Answer:
        slot = self._busy.pop(curl)
        answer = slot.answer(error)
        self._multi.remove_handle(curl)
        slot.key = None
        self._free.append(slot)
        return answer

    def send(self, posts: Iterable[Post], in_flight: int = IN_FLIGHT) -> Iterator[Answer]:
        """Answers in the order they come. `posts` may be lazy: it is encrypted while others travel."""
        source, more = iter(posts), True
        while more or self._busy:
            for _ in range(BURST):
                post = next(source, None) if more and len(self._busy) < in_flight else None
                if post is None:
                    more = more and len(self._busy) >= in_flight
                    break
                self.add(post)
            yield from self.poll(0.0 if more and len(self._busy) < in_flight else 0.05)

    def close(self) -> None:
        """End all connections; what is still on its way is given up."""
        for slot in self._busy.values():
            self._multi.remove_handle(slot.curl)
            slot.curl.close()
        for slot in self._free:
            slot.curl.close()
        self._multi.close()
