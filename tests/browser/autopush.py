"""A push service for Firefox: speaks autopush to the browser; what the push sink takes is handed on over that line.

RFC 6455 as far as a browser on this machine needs it, and Mozilla's push protocol (hello, register, notification, ack).
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

from tests.sinks.http import Reply, Request
from tests.sinks.push import PushSink

MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455 1.3
TEXT, CLOSE, PING, PONG = 1, 8, 9, 10
DELIVERED = 100


class Autopush:
    """`acks` are (version, code) of each message the browser has taken; 100 is delivered, 101 not decrypted."""

    def __init__(self, sink: PushSink) -> None:
        self.sink = sink
        self.acks: list[tuple[str, int]] = []
        self.port = 0
        self._lines: dict[str, asyncio.StreamWriter] = {}
        self._loop = asyncio.new_event_loop()

    def take(self, request: Request) -> Reply:
        """The sink's answer to a push; called in the sink's own thread."""
        channel = request.path.rsplit("/", 1)[-1]
        if channel in self._lines:
            self._loop.call_soon_threadsafe(self._hand_on, channel, request.body)
        return Reply()

    def run(self, ready: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._line, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        self._loop.run_forever()
        server.close()

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)

    def _hand_on(self, channel: str, body: bytes) -> None:
        data = base64.urlsafe_b64encode(body).rstrip(b"=").decode()
        told = {"channelID": channel, "version": str(uuid4()), "data": data, "headers": {"encoding": "aes128gcm"}}
        _say(self._lines[channel], {"messageType": "notification"} | told)

    async def _line(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")[1:]
        fields = {n.lower(): v.strip() for n, v in (line.split(":", 1) for line in head if ":" in line)}
        accept = base64.b64encode(hashlib.sha1((fields["sec-websocket-key"] + MAGIC).encode()).digest()).decode()
        lines = ["HTTP/1.1 101 X", "Upgrade: websocket", "Connection: Upgrade", f"Sec-WebSocket-Accept: {accept}"]
        writer.write("\r\n".join([*lines, "Sec-WebSocket-Protocol: push-notification", "", ""]).encode())
        try:
            while (got := await _frame(reader)) and got[0] != CLOSE:
                if got[0] == PING:
                    writer.write(bytes((0x80 | PONG, len(got[1]))) + got[1])
                elif got[0] == TEXT:
                    self._hear(writer, json.loads(got[1]))
        except asyncio.IncompleteReadError:
            pass  # the browser has gone
        writer.close()

    def _hear(self, writer: asyncio.StreamWriter, message: dict[str, Any]) -> None:
        kind = message.get("messageType")
        if kind == "hello":
            uaid = message.get("uaid") or uuid4().hex
            _say(writer, {"messageType": kind, "status": 200, "uaid": uaid, "use_webpush": True, "broadcasts": {}})
        elif kind == "register":
            channel = message["channelID"]
            self._lines[channel] = writer
            endpoint = self.sink.endpoint(channel)
            _say(writer, {"messageType": kind, "status": 200, "channelID": channel, "pushEndpoint": endpoint})
        elif kind == "unregister":
            _say(writer, {"messageType": kind, "status": 200, "channelID": message["channelID"]})
        elif kind == "ack":
            self.acks += [(one["version"], one.get("code", DELIVERED)) for one in message["updates"]]
        elif not kind:
            _say(writer, {})  # a ping


async def _frame(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """(opcode, payload) of one whole masked frame."""
    first, second = await reader.readexactly(2)
    length = second & 127
    if length > 125:
        length = int.from_bytes(await reader.readexactly(2 if length == 126 else 8), "big")
    mask = await reader.readexactly(4)
    body = await reader.readexactly(length)
    return first & 15, bytes(one ^ mask[i % 4] for i, one in enumerate(body))


def _say(writer: asyncio.StreamWriter, message: dict[str, Any]) -> None:
    body = json.dumps(message).encode()
    length = bytes((len(body),)) if len(body) < 126 else b"\x7e" + len(body).to_bytes(2, "big")
    writer.write(bytes((0x80 | TEXT,)) + length + body)


@contextmanager
def running(sink: PushSink) -> Iterator[Autopush]:
    """A service in a thread of this process; the sink hands on to it meanwhile."""
    service, ready, before = Autopush(sink), threading.Event(), sink.otherwise
    thread = threading.Thread(target=service.run, args=(ready,), daemon=True)
    thread.start()
    assert ready.wait(10)
    sink.otherwise = service.take
    try:
        yield service
    finally:
        sink.otherwise = before
        service.stop()
        thread.join(10)
