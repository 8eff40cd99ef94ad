"""Phones of the bench: raw HTTP over asyncio, because a thousand of them must not cost more than the server."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from backend.accounts.cookies import new_token, token_hash
from backend.kernel import clock, ids
from tests.stack import Stack


def sign_in_all(stack: Stack, people: list[UUID]) -> list[str]:
    """A session for each person, written directly: signing in is not what is measured. Gives the cookies."""
    tokens = [new_token() for _ in people]
    now = clock.now()
    for person, token in zip(people, tokens, strict=True):
        stack.sql(
            "INSERT INTO sessions (id, token_hash, person_id, created_at, seen_at, user_agent, address, expires_at) "
            "VALUES (%s, %s, %s, %s, %s, 'bench', '', %s)",
            *(ids.new_id(), token_hash(token), person, now, now, now + timedelta(days=1)),
        )
    return tokens


async def get(stack: Stack, path: str, cookie: str, method: str = "GET", body: Any = None) -> tuple[int, bytes]:
    """One request on a connection of its own; (status, body)."""
    reader, writer = await asyncio.open_connection("127.0.0.1", stack.port)
    data = b"" if body is None else json.dumps(body).encode()
    head = (
        f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{stack.port}\r\nCookie: session={cookie}\r\nConnection: close\r\n"
    )
    head += f"Content-Type: application/json\r\nContent-Length: {len(data)}\r\n" if body is not None else ""
    writer.write(head.encode() + b"\r\n" + data)
    answer = await reader.read(-1)
    writer.close()
    top, _, rest = answer.partition(b"\r\n\r\n")
    return int(top.split(b" ", 2)[1]), rest


@dataclass
class Screen:
    """One open app: its live stream, and when each event of an incident arrived (monotonic seconds)."""

    stack: Stack
    cookie: str
    arrived: dict[str, float] = field(default_factory=dict)
    is_open: bool = False

    async def watch(self) -> None:
        """Read the stream until cancelled; an event is known by what it says was acknowledged."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.stack.port)
        head = f"GET /api/stream HTTP/1.1\r\nHost: 127.0.0.1:{self.stack.port}\r\nCookie: session={self.cookie}\r\n\r\n"
        writer.write(head.encode())
        try:
            kind = ""
            while line := await reader.readline():
                if line.startswith((b"HTTP/1.1 200", b"event: beat")):
                    self.is_open = True
                if line.startswith(b"event: "):
                    kind = line[7:].strip().decode()
                elif line.startswith(b"data: ") and kind == "incident":
                    self._note(json.loads(line[6:]))
        finally:
            self.is_open = False
            writer.close()

    def _note(self, incident: dict[str, Any]) -> None:
        key = f"{incident['id']} {incident['version']}"
        self.arrived.setdefault(key, clock.monotonic())
