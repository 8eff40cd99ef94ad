"""The live stream as server-sent events: what was missed, then what happens, and a beat each five seconds.

It holds no transaction. It ends when the session or a role is revoked (the hub ends its client), and when the reader
is too slow: the app comes back by itself with the last id it has seen.
"""

from __future__ import annotations

from collections.abc import Iterator
from queue import Empty

from backend.kernel import clock
from backend.kernel.access import Actor
from backend.kernel.hub import END, Client, encode, hub, may_see
from backend.kernel.jsonable import dumps
from backend.kernel.stream import CONTROL, newest_id, oldest_id, read_after

BEAT_S = 5.0
RETRY = b"retry: 2000\n\n"
RESET = b"event: reset\ndata: {}\n\n"


def events(actor: Actor, after: int | None) -> Iterator[bytes]:
    """Messages ready to be written. `after`: the last id seen; None starts with what happens from now on."""
    client = Client(actor)
    hub.join(client)
    stands = hub.last_id  # what comes later waits for this client
    is_behind = after is not None and after != stands  # else nothing was missed: after our restart that is everybody
    try:
        yield RETRY + beat(None if is_behind else stands)
        last = -1
        if after is not None and is_behind:
            if _is_too_old(after):
                yield RESET
                yield beat(stands)
            else:
                last = after  # another process of ours may have been ahead of this one's hub
                for number, message in _missed(actor, after):
                    last = number
                    yield message
        yield from _live(client, last)
    finally:
        hub.leave(client)


def _live(client: Client, last: int) -> Iterator[bytes]:
    """What the hub hands over; what the backlog has shown already is passed over."""
    next_beat = clock.monotonic() + BEAT_S
    while True:
        try:
            message = client.waiting.get(timeout=max(0.01, next_beat - clock.monotonic()))
        except Empty:
            message = None
        if message == END:
            return
        if message is not None and _number(message) > last:
            yield message
        if clock.monotonic() >= next_beat:
            next_beat = clock.monotonic() + BEAT_S
            handed = hub.handed_id  # first: what is handed over after this may wait, or not wait yet
            yield beat(handed if client.waiting.empty() else None)


def beat(stands: int | None = None) -> bytes:
    """A sign of life. With `stands` it says where the reader stands: who comes back with that id has missed nothing,

    also before the first event of a calm day.
    """
    number = b"id: %d\n" % stands if stands is not None else b""
    return b"%sevent: beat\ndata: %s\n\n" % (number, dumps({"at": clock.now()}))


def _is_too_old(after: int) -> bool:
    """Whether events after it may have been forgotten; an id from the future is none of this database's."""
    oldest, newest = oldest_id(), newest_id()
    if not oldest:
        return after > 0
    return after < oldest - 1 or after > newest


def _missed(actor: Actor, after: int) -> Iterator[tuple[int, bytes]]:
    while found := read_after(after):
        for event in found:
            after = event.id
            if event.kind != CONTROL and may_see(event, actor):
                yield event.id, encode(event)


def _number(message: bytes) -> int:
    """The id in a message's first line."""
    return int(message[4 : message.index(b"\n")])
