"""One open live stream: who may see what, how an event is written, and what waits to be read."""

from __future__ import annotations

from dataclasses import dataclass, field
from queue import Empty, Full, Queue

from backend.kernel import scope
from backend.kernel.access import Actor
from backend.kernel.jsonable import dumps
from backend.kernel.stream import StreamEvent

WAITING = 256
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
