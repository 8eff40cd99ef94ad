"""One open live stream: who may see what, how an event is written, and what waits to be read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from uuid import UUID

from backend.kernel import clock, scope
from backend.kernel.access import Actor
from backend.kernel.jsonable import dumps
from backend.kernel.stream import Event

WAITING = 256
END = b""
LATELY_S = 1.0  # between looking up who asks and joining; less than a client waits before it comes back


def may_see(event: Event, actor: Actor) -> bool:
    """The same rule as `visible_to`, in memory."""
    if actor.person_id in event.people:
        return True
    held = actor.paths(event.permission)
    return bool(held) and any(scope.covers(held, path) for path in event.paths)


def encode(event: Event) -> bytes:
    """One event as SSE wants it."""
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (event.id, event.kind.encode(), dumps(event.data))


@dataclass(eq=False)
class Client:
    """One open stream: what its actor may see, and the events that wait for it (at most `WAITING`)."""

    actor: Actor
    waiting: SimpleQueue[bytes] = field(default_factory=SimpleQueue)  # a Queue has 4 KB of locks, and there are many
    made_at: float = field(default_factory=clock.monotonic)

    def offer(self, message: bytes) -> None:
        if self.waiting.qsize() < WAITING:
            self.waiting.put_nowait(message)
        else:
            self.end()

    def end(self) -> None:
        """Let the reader stop: what waits is dropped, the client reconnects with its last id."""
        while True:
            try:
                self.waiting.get_nowait()
            except Empty:
                break
        self.waiting.put_nowait(END)


@dataclass
class Revoked:
    """Sessions and people whose streams were ended in the last minute."""

    _at: dict[UUID | str, float] = field(default_factory=dict)

    def note(self, keys: Iterable[UUID | str]) -> None:
        now = clock.monotonic()
        self._at = {key: at for key, at in self._at.items() if now - at < 60} | dict.fromkeys(keys, now)

    def holds(self, client: Client) -> bool:
        """Whether it was revoked after its request was let in and before it joined: nobody else would end it."""
        since = client.made_at - LATELY_S
        return any(self._at.get(key, -1.0) > since for key in (str(client.actor.session_id), client.actor.person_id))
