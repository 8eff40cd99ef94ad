"""The hub: one listener a process reads the stream once and hands each event to the clients that may see it.

Its bell is NOTIFY; a poll each second is the fall-back. A client that does not read is dropped, and comes back.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from uuid import UUID

import psycopg
import structlog

from backend.kernel.config import settings
from backend.kernel.stream import CHANNEL, CONTROL, Event, newest_id, read_after
from backend.kernel.stream_client import END, Client, Revoked, encode, may_see

__all__ = ["END", "Client", "Hub", "encode", "hub", "may_see"]
log = structlog.get_logger(__name__)
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
        self.last_id = self.handed_id = 0  # up to where it has read, and up to where everybody has what is theirs

    @property
    def stands(self) -> int | None:
        """Up to which event this process has read: each is committed. None before it reads."""
        return self.last_id if self._thread else None

    def start(self) -> None:
        """Read the stream from now on, once a process."""
        with self._lock:
            if self._thread is None:
                self.last_id = self.handed_id = newest_id()
                self._thread = threading.Thread(target=self._listen, name="stream hub", daemon=True)
                self._thread.start()

    def join(self, client: Client) -> None:
        self.start()
        with self._lock:
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
                self.last_id = event.id  # first: who joins now and sees this id knows that it may have missed it
                self._hand_over(event)
                self.handed_id = event.id

    def _hand_over(self, event: Event) -> None:
        if event.kind == CONTROL:
            self._end(set(event.data["sessions"]), event.people)
            return
        message = b""
        for client in self._listeners(event):
            if may_see(event, client.actor):
                message = message or encode(event)  # most are a person's own, and most people are not here
                client.offer(message)

    def _listeners(self, event: Event) -> list[Client]:
        """Whom it may concern; of a person's own event that is nobody else, however many are connected."""
        with self._lock:
            if event.paths:
                return list(self._clients)
            return [client for person in event.people for client in self._of.get(person, ())]

    def _end(self, sessions: set[str], people: list[UUID]) -> None:
        with self._lock:
            clients = list(self._clients)
            self._revoked.note([*sessions, *people])
        for client in clients:
            if str(client.actor.session_id) in sessions or client.actor.person_id in people:
                client.end()


hub = Hub()
