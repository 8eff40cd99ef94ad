"""The two HTTP versions of the sink, small and fast: just what a push service's front door must speak."""

import asyncio
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

from hpack import Decoder

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, RST, SETTINGS, PING, GOAWAY, WINDOW, CONTINUATION = 0, 1, 3, 4, 6, 7, 8, 9


@dataclass
class Request:
    path: str
    headers: dict[str, str]
    body: bytes
    version: int


@dataclass
class Reply:
    """`status` None is never answered; `delay_s` answers late without holding up other requests."""

    status: int | None = 201
    delay_s: float = 0.0
    headers: dict[str, str] = field(default_factory=dict)


def frame(kind: int, flags: int, stream: int, payload: bytes = b"") -> bytes:
    """One frame of RFC 9113 4.1."""
    return len(payload).to_bytes(3, "big") + bytes((kind, flags)) + stream.to_bytes(4, "big") + payload


def answer_block(reply: Reply) -> bytes:
    """HPACK without any table: a literal :status (index 8), then literal names (RFC 7541 6.2.2)."""
    block = b"\x08\x03" + str(reply.status).encode()
    for name, value in reply.headers.items():
        block += b"\x00" + bytes((len(name),)) + name.lower().encode() + bytes((len(value),)) + value.encode()
    return block


class Door(asyncio.Protocol):
    """One TLS connection; speaks what ALPN chose. `take` gets each request and says what to answer."""

    def __init__(self, take: Callable[[Request], Reply], is_blind: bool = False) -> None:
        self.take, self.is_blind = take, is_blind
        self.buffer = bytearray()
        self.version = 1
        self.hpack = Decoder()
        self.heads: dict[int, bytes] = {}
        self.bodies: dict[int, bytearray] = {}
        self.credit = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # uvloop's is one without saying so
        tls = transport.get_extra_info("ssl_object")
        if tls and tls.selected_alpn_protocol() == "h2":
            self.version = 2
            grown = struct.pack("!HLHL", 3, 100, 4, 1 << 20)
            transport.write(frame(SETTINGS, 0, 0, grown) + frame(WINDOW, 0, 0, struct.pack("!L", 1 << 30)))

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        if self.version == 1:
            while self._one_request():
                pass
            return
        if self.buffer.startswith(PREFACE):
            del self.buffer[: len(PREFACE)]
        while len(self.buffer) >= 9:
            length = int.from_bytes(self.buffer[:3], "big")
            if len(self.buffer) < 9 + length:
                break
            kind, flags = self.buffer[3], self.buffer[4]
            stream, payload = int.from_bytes(self.buffer[5:9], "big"), bytes(self.buffer[9 : 9 + length])
            del self.buffer[: 9 + length]
            self._frame(kind, flags, stream, payload)

    def _frame(self, kind: int, flags: int, stream: int, payload: bytes) -> None:
        if kind == SETTINGS and not flags & 1:
            self.transport.write(frame(SETTINGS, 1, 0))
        elif kind == PING and not flags & 1:
            self.transport.write(frame(PING, 1, 0, payload))
        elif kind in (HEADERS, CONTINUATION):
            if kind == HEADERS and flags & 8:
                payload = payload[1 : len(payload) - payload[0]]
            if kind == HEADERS and flags & 32:
                payload = payload[5:]
            self.heads[stream] = self.heads.get(stream, b"") + payload
            self.bodies.setdefault(stream, bytearray())
        elif kind == DATA:
            self.bodies[stream] += payload[1 : len(payload) - payload[0]] if flags & 8 else payload
            self._grow(len(payload))
        elif kind == RST:
            self.heads.pop(stream, None)
            self.bodies.pop(stream, None)
        if kind in (HEADERS, DATA) and flags & 1:
            self._complete(stream)

    def _grow(self, used: int) -> None:
        self.credit += used
        if self.credit > 1 << 24:
            self.transport.write(frame(WINDOW, 0, 0, struct.pack("!L", self.credit)))
            self.credit = 0

    def _complete(self, stream: int) -> None:
        head, body = self.heads.pop(stream), self.bodies.pop(stream)
        fields = {} if self.is_blind else {str(n): str(v) for n, v in self.hpack.decode(head)}
        reply = self.take(Request(fields.get(":path", ""), fields, bytes(body), 2))
        self._later(reply, frame(HEADERS, 5, stream, answer_block(reply)))

    def _one_request(self) -> bool:
        end = self.buffer.find(b"\r\n\r\n")
        if end < 0:
            return False
        first, *lines = self.buffer[:end].decode("latin-1").split("\r\n")
        fields = {name.lower(): value.strip() for name, value in (line.split(":", 1) for line in lines)}
        length = int(fields.get("content-length", "0"))
        if len(self.buffer) < end + 4 + length:
            return False
        body = bytes(self.buffer[end + 4 : end + 4 + length])
        del self.buffer[: end + 4 + length]
        reply = self.take(Request(first.split(" ")[1], fields, body, 1))
        more = "".join(f"{n}: {v}\r\n" for n, v in reply.headers.items())
        self._later(reply, f"HTTP/1.1 {reply.status} X\r\n{more}Content-Length: 0\r\n\r\n".encode())
        return True

    def _later(self, reply: Reply, data: bytes) -> None:
        if reply.status is None:
            return
        if reply.delay_s:
            asyncio.get_running_loop().call_later(reply.delay_s, self.transport.write, data)
        else:
            self.transport.write(data)
