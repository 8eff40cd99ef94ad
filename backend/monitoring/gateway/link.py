"""One transmitter's connection: bytes to frames, frames to the desk, answers back. Bounded in every direction."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING, cast

from backend.kernel import clock
from backend.monitoring.arrivals import Arrival, carries_readings
from backend.monitoring.gateway import frames
from backend.monitoring.gateway.desk import PAUSE_ALL, PAUSE_LINE, Line
from backend.monitoring.gateway.frames import Frame, FrameError, Parser

if TYPE_CHECKING:
    from backend.monitoring.gateway.server import Server

MAX_NOISE = 16_384  # bytes of garbage without one good frame
MAX_ERRORS = 20  # broken frames without a good one between them
MAX_EXPIRED = 3
MAX_UNREAD = 65_536  # bytes of answers that the other side does not read


class Link(asyncio.Protocol):
    """State of one TCP connection.

    `has_spoken` after its first sound frame, `is_proven` once that was a registered transmitter's from its own network:
    all others make room when the places are taken.
    """

    __slots__ = (
        "_errors", "_expired", "_noise", "began_at", "has_spoken", "is_proven", "line", "parser", "paused_at", "peer",
        "port", "seen_at", "server", "transport", "waiting_since",
    )  # fmt: skip

    def __init__(self, server: Server, port: int) -> None:
        self.server, self.port = server, port
        self.parser = Parser()
        self.line = Line()
        self.transport: asyncio.Transport | None = None
        self.peer = ""
        self.is_proven = self.has_spoken = False
        self.began_at = self.seen_at = server.now
        self.waiting_since = self.paused_at = 0.0
        self._errors = self._expired = self._noise = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport = cast(asyncio.Transport, transport)  # uvloop's own class is no subclass
        self.peer = _address(transport.get_extra_info("peername"))
        if not self.server.admits(self):  # before a single byte is parsed
            transport.abort()
            return
        transport.set_write_buffer_limits(high=MAX_UNREAD)
        keep_alive(transport.get_extra_info("socket"))

    def connection_lost(self, error: Exception | None) -> None:
        self.server.forget(self)
        self.transport = None

    def pause_writing(self) -> None:
        """Who does not read our confirms does not speak this protocol."""
        self.close("unread")

    def data_received(self, data: bytes) -> None:
        parser = self.parser
        self.seen_at = self.server.now
        one = parser.one(data)
        if one is not None:
            self._hand_over([Arrival(one, clock.now(), self.peer, self.port, self)])
            return
        found = parser.feed(data)
        if found:
            self.take(found)
        elif parser.skipped - self._noise > MAX_NOISE:
            self.close("noise")
        if parser.rest:
            self.waiting_since = self.waiting_since or self.seen_at
        elif self.waiting_since:
            self.waiting_since = 0.0

    def take(self, found: list[Frame | FrameError]) -> None:
        """Frames go to the desk, broken ones are denied at once: that needs no database."""
        at, peer, port = clock.now(), self.peer, self.port
        arrivals = [Arrival(each, at, peer, port, self) for each in found if isinstance(each, Frame)]
        if len(arrivals) < len(found):
            for each in found:
                if isinstance(each, FrameError):
                    self._deny(each)
        if arrivals:
            self._hand_over(arrivals)

    def _hand_over(self, arrivals: list[Arrival]) -> None:
        self.waiting_since = 0.0
        self._errors = self._expired = 0
        self._noise = self.parser.skipped
        self.has_spoken = True
        desk = self.server.desk
        desk.offer(self.line, arrivals)
        if len(self.line.pending) >= PAUSE_LINE or desk.waiting >= PAUSE_ALL:
            self._slow_down(arrivals)

    def _deny(self, error: FrameError) -> None:
        self._errors += 1
        self.server.count_error(error, self)
        if error.is_deniable and error.header is not None:
            self.send(frames.answer(error.header, frames.DENY, self.server.time_bytes()))
        if self._errors > MAX_ERRORS:
            self.close("errors")

    def _slow_down(self, arrivals: list[Arrival]) -> None:
        """Pause a socket that is far ahead of the writer, or brings readings when all are; never one with danger."""
        is_ahead = len(self.line.pending) >= PAUSE_LINE or any(carries_readings(a.frame) for a in arrivals)
        if self.transport and not self.paused_at and not self.line.urgent and is_ahead:
            self.transport.pause_reading()
            self.paused_at = self.server.now
            self.server.paused.add(self)

    def resume(self) -> None:
        if self.paused_at and self.transport:
            self.paused_at = 0.0
            self.server.paused.discard(self)
            self.transport.resume_reading()

    def expire(self) -> None:
        """No byte came for too long in the middle of a frame, or the frame takes for ever to come."""
        self.waiting_since = 0.0
        self._expired += 1
        self.take(self.parser.expire())
        if self._expired >= MAX_EXPIRED:
            self.close("slow")

    def send(self, data: bytes) -> None:
        if self.transport is not None:
            self.transport.write(data)

    def close(self, why: str) -> None:
        if self.transport is not None and not self.transport.is_closing():
            self.server.closed[why] += 1
            self.transport.abort()


class Datagrams(asyncio.DatagramProtocol):
    """The same over UDP, which the standard allows: whole frames only, one line for all, answers to the sender."""

    def __init__(self, server: Server, port: int) -> None:
        self.server, self.port = server, port
        self.line = Line()
        self.transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if len(self.line.pending) >= PAUSE_ALL:
            self.server.desk.shed += 1
            return
        target, at = Reply(self, addr), clock.now()
        for each in Parser().feed(data):
            if isinstance(each, Frame):
                self.server.desk.offer(self.line, [Arrival(each, at, _address(addr), self.port, target, True)])
            elif each.is_deniable and each.header is not None:
                target.send(frames.answer(each.header, frames.DENY, self.server.time_bytes()))
                break


class Reply:
    """Where the answer to a datagram goes."""

    __slots__ = ("_addr", "_datagrams", "is_proven", "line", "paused_at")

    def __init__(self, datagrams: Datagrams, addr: tuple[str, int]) -> None:
        self._datagrams, self._addr = datagrams, addr
        self.line, self.paused_at, self.is_proven = datagrams.line, 0.0, True

    def send(self, data: bytes) -> None:
        if self._datagrams.transport is not None:
            self._datagrams.transport.sendto(data, self._addr)

    def resume(self) -> None:
        """A datagram has no stream to resume."""


def keep_alive(sock: socket.socket | None) -> None:
    """Half-open connections are found by the kernel within two minutes."""
    if sock is None:
        return
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in (("TCP_KEEPIDLE", 60), ("TCP_KEEPINTVL", 15), ("TCP_KEEPCNT", 4)):
        if hasattr(socket, name):
            sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


def _address(peername: tuple[object, ...] | None) -> str:
    return str(peername[0]).removeprefix("::ffff:") if peername else "0.0.0.0"  # noqa: S104  # nobody, not "all"
