"""The hub: one listener a process reads the stream once and hands each event to the clients that may see it.

Its bell is NOTIFY; a poll each second is the fall-back. A client that does not read is dropped, and comes back.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from uuid import UUID

import psycopg
import structlog
from sqlalchemy import func, select

from backend.kernel import db
from backend.kernel.config import settings
from backend.kernel.stream import CHANNEL, CONTROL, StreamEvent
from backend.kernel.stream_client import END, Client, Revoked, encode, may_see

__all__ = ["END", "Client", "encode", "hub", "may_see", "newest_id", "oldest_id", "read_after"]
log = structlog.get_logger(__name__)
BATCH = 500
MOST = 20
"""Open streams of one person in this process; the oldest ends for one more, so that nobody takes all the places."""


class Hub:
    """Clients of this process, fed by one thread (a greenlet under gevent)."""

    def __init__(self) -> None:
        self._clients: set[Client] = set()
        self._of: dict[UUID, list[Client]] = {}
        self._revoked = Revoked()
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
            own = self._of.setdefault(client.actor.person_id, [])
            if len(own) >= MOST:
                own.pop(0).end()
            own.append(client)
            if self._revoked.holds(client):
                client.end()

    def leave(self, client: Client) -> None:
        with self._lock:
            self._clients.discard(client)
            own = self._of.get(client.actor.person_id, [])
            if client in own:
                own.remove(client)
            if not own:
                self._of.pop(client.actor.person_id, None)

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
            with self._lock:
                self._revoked.note([*ended, *event.people])
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
