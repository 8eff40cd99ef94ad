"""Listens for transmitters: caps before any parsing, limits for the slow and the noisy, answers when stored."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

import structlog

from backend.kernel import clock
from backend.monitoring.gateway.desk import RESUME_LINE, Desk
from backend.monitoring.gateway.frames import FrameError
from backend.monitoring.gateway.link import Datagrams, Link, Reply
from backend.monitoring.gateway.profiles import STANDARD

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Limits:
    """Of connections and of patience, in seconds."""

    connections: int = 5_000
    per_address: int = 1_200
    unproven_s: float = 30.0  # a connection without one sound frame
    inter_byte_s: float = 2.0  # silence in the middle of a frame
    frame_s: float = 10.0  # a whole frame, from its first byte
    paused_s: float = 2.0  # a paused socket may hold a fire behind its readings
    backlog: int = 1_024


class Server:
    """The gateway's sockets. `desk` is where the writer finds the frames; `errors` what it counts as denied."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self.desk = Desk()
        self.links: set[Link] = set()
        self.paused: set[Link] = set()
        self.closed: Counter[str] = Counter()
        self.errors: list[tuple[bytes, str, int]] = []
        self.ticks = 0
        self._unproven: dict[Link, None] = {}  # whom no registered transmitter speaks on, in the order they came
        self._by_address: Counter[str] = Counter()
        self._servers: dict[int, asyncio.Server] = {}
        self._datagrams: list[asyncio.DatagramTransport] = []
        self.now = clock.monotonic()  # of the last tick: near enough for patience, and free
        self._time = STANDARD.write_time(clock.now())

    async def listen(self, host: str, port: int) -> int:
        """Open a TCP port and the UDP port of the same number; returns the number (0 asks for any)."""
        loop = asyncio.get_running_loop()
        made: list[int] = [port]
        server = await loop.create_server(
            lambda: Link(self, made[0]), host, port, backlog=self.limits.backlog, reuse_address=True
        )
        made[0] = server.sockets[0].getsockname()[1]
        self._servers[made[0]] = server
        try:
            datagrams, _ = await loop.create_datagram_endpoint(
                partial(Datagrams, self, made[0]), local_addr=(host, made[0])
            )
            self._datagrams.append(datagrams)
        except OSError as error:
            log.warning("no UDP on this port", port=made[0], error=str(error))
        return made[0]

    @property
    def ports(self) -> set[int]:
        return set(self._servers)

    def stop(self) -> None:
        """No new connections; those that are open go on until the writer has what they sent."""
        for server in self._servers.values():
            server.close()
        for datagrams in self._datagrams:
            datagrams.close()

    def admits(self, link: Link) -> bool:
        """Whether there is room for one more. When all places are taken the oldest stranger goes."""
        if self._by_address[link.peer] >= self.limits.per_address:
            self.closed["address_full"] += 1
            return False
        if len(self.links) >= self.limits.connections:
            if not self._unproven:
                self.closed["full"] += 1
                return False
            oldest = next(iter(self._unproven))
            self.forget(oldest)
            oldest.close("pushed_out")
        self.links.add(link)
        self._unproven[link] = None
        self._by_address[link.peer] += 1
        return True

    def forget(self, link: Link) -> None:
        if link in self.links:
            self.links.discard(link)
            self.paused.discard(link)
            self._unproven.pop(link, None)
            self._by_address[link.peer] -= 1
            if not self._by_address[link.peer]:
                del self._by_address[link.peer]

    def prove(self, link: Link | Reply) -> None:
        """A registered transmitter speaks here: no stranger pushes it out."""
        link.is_proven = True
        self._unproven.pop(link, None)  # type: ignore[arg-type]  # a datagram's sender is in no list

    def count_error(self, error: FrameError, link: Link) -> None:
        self.closed[f"error_{error.fault}"] += 1
        if error.header is not None and len(self.errors) < 1_000:
            self.errors.append((error.header, link.peer, link.port))

    def take_errors(self) -> list[tuple[bytes, str, int]]:
        found, self.errors = self.errors, []
        return found

    def answer(self, answers: Iterable[tuple[Link | Reply, bytes, bool]]) -> None:
        """Send what the writer has settled (runs in the loop), and let paused sockets go on that have room again."""
        for link, data, is_known in answers:
            if data:
                link.send(data)
            if is_known and not link.is_proven:
                self.prove(link)
            if link.paused_at and len(link.line.pending) < RESUME_LINE:
                link.resume()

    def time_bytes(self) -> bytes:
        """Our time label in the standard's coding, made twice a second."""
        return self._time

    async def watch(self) -> None:
        """Twice a second: half frames that stopped, strangers that say nothing, sockets paused for too long."""
        while True:
            await asyncio.sleep(0.5)
            self.ticks += 1
            self._tick(clock.monotonic())

    def _tick(self, now: float) -> None:
        limits = self.limits
        self._time = STANDARD.write_time(clock.now())
        self.now = now
        for link in [link for link in self.links if link.waiting_since]:
            if now - link.seen_at > limits.inter_byte_s or now - link.waiting_since > limits.frame_s:
                link.expire()
        for link in list(self._unproven):
            if now - link.began_at < limits.unproven_s:
                break
            if not link.has_spoken:
                link.close("unproven")
        for link in [link for link in self.paused if now - link.paused_at > limits.paused_s]:
            link.resume()
