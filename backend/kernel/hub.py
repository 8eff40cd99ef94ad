"""The hub: one listener a process reads the stream once and hands each event to the clients that may see it.

Its bell is NOTIFY; a poll each second is the fall-back. A client that does not read is dropped, it comes back by itself.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from queue import Empty, Full, Queue

import psycopg
import structlog
from sqlalchemy import func, select

from backend.kernel import db, scope
from backend.kernel.access import Actor
from backend.kernel.config import settings
from backend.kernel.jsonable import dumps
from backend.kernel.stream import CHANNEL, CONTROL, StreamEvent

log = structlog.get_logger(__name__)
WAITING = 256
BATCH = 500
END = b""


def may_see(event: StreamEvent, actor: Actor) -> bool:
    """The same rule as `visible_to`, in memory."""
    if actor.person_id in event.people:
        return True
    held = actor.paths(event.permission)
    return bool(held) and any(scope.covers(held, path) for path in event.paths)


def encode(event: StreamEvent) -> bytes:
    """One event as SSE wants it."""
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (event.id, event.kind.encode(), dumps(event.data))


@dataclass(eq=False)
class Client:
    """One open stream: what its actor may see, and the events that wait for it."""

    actor: Actor
    waiting: Queue[bytes] = field(default_factory=lambda: Queue(WAITING))

    def offer(self, message: bytes) -> None:
        try:
            self.waiting.put_nowait(message)
        except Full:
            self.end()

    def end(self) -> None:
        """Let the reader stop: what waits is dropped, the client reconnects with its last id."""
        while True:
            try:
                self.waiting.get_nowait()
            except Empty:
                break
        self.waiting.put_nowait(END)


class Hub:
    """Clients of this process, fed by one thread (a greenlet under gevent)."""

    def __init__(self) -> None:
        self._clients: set[Client] = set()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self.last_id = 0

    def join(self, client: Client) -> None:
        with self._lock:
            if self._thread is None:
                self.last_id = newest_id()
                self._thread = threading.Thread(target=self._listen, name="stream hub", daemon=True)
                self._thread.start()
            self._clients.add(client)

    def leave(self, client: Client) -> None:
        with self._lock:
            self._clients.discard(client)

    def _listen(self) -> None:
        while True:
            try:
                for _ in self._bells():
                    self._hand_out()
            except Exception as error:  # the stream must outlive a restart of the database
                log.warning("stream listener starts again", error=str(error))
                threading.Event().wait(1)

    def _bells(self) -> Iterator[None]:
        url = settings().database_url.replace("postgresql+psycopg://", "postgresql://")
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"LISTEN {CHANNEL}")
            while True:
                yield
                for _ in connection.notifies(timeout=1.0, stop_after=1):
                    pass

    def _hand_out(self) -> None:
        while events := read_after(self.last_id):
            for event in events:
                self._hand_over(event)
                self.last_id = event.id

    def _hand_over(self, event: StreamEvent) -> None:
        with self._lock:
            clients = list(self._clients)
        if event.kind == CONTROL:
            ended = set(event.data["sessions"])
            for client in clients:
                if str(client.actor.session_id) in ended or client.actor.person_id in event.people:
                    client.end()
            return
        message = encode(event)
        for client in clients:
            if may_see(event, client.actor):
                client.offer(message)


def read_after(last_id: int, limit: int = BATCH) -> list[StreamEvent]:
    """The next events in commit order."""
    with db.transaction(read_only=True) as session:
        query = select(StreamEvent).where(StreamEvent.id > last_id).order_by(StreamEvent.id).limit(limit)
        return list(session.scalars(query))


def newest_id() -> int:
    with db.transaction(read_only=True) as session:
        return session.scalar(select(func.max(StreamEvent.id))) or 0


def oldest_id() -> int:
    with db.transaction(read_only=True) as session:
        return session.scalar(select(func.min(StreamEvent.id))) or 0


hub = Hub()
