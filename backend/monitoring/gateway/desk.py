"""Between the loop that reads sockets and the thread that writes: frames wait here by connection.

Danger is taken first, with everything its connection said before it; the others share the rest in turn. When there is
too much, connections that send readings are paused, then what is no danger is shed, unconfirmed and counted.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from backend.monitoring.arrivals import Arrival, may_be_danger

TURN = 32  # frames of one connection in its turn
PAUSE_LINE = 64  # frames of one connection that may wait before its socket is paused
RESUME_LINE = 16
PAUSE_ALL = 4_000
SHED_ALL = 20_000


@dataclass(eq=False, slots=True)
class Line:
    """The frames of one connection that wait. The first `urgent` of them go before all other connections."""

    pending: deque[Arrival] = field(default_factory=deque)
    urgent: int = 0
    is_queued: bool = False


class Desk:
    """All lines. `offer` is called by the loop, `take` by the writer."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._urgent: deque[Line] = deque()
        self._queued: deque[Line] = deque()
        self._bell = threading.Event()
        self.waiting = 0
        self.shed = 0

    def offer(self, line: Line, arrivals: Sequence[Arrival]) -> None:
        """Put frames in line; what is shed gets no confirm, so that the device sends it again."""
        with self._lock:
            for arrival in arrivals:
                is_urgent = may_be_danger(arrival.frame)
                if not is_urgent and self.waiting >= SHED_ALL:
                    self.shed += 1
                    continue
                line.pending.append(arrival)
                self.waiting += 1
                if is_urgent:
                    if not line.urgent:
                        self._urgent.append(line)
                    line.urgent = len(line.pending)
                elif not line.is_queued:
                    line.is_queued = True
                    self._queued.append(line)
        self._bell.set()

    @property
    def has_danger(self) -> bool:
        return bool(self._urgent)

    def wait(self, timeout_s: float) -> bool:
        """Wait for a frame; True when there is one."""
        return self.waiting > 0 or self._bell.wait(timeout_s)

    def take(self, most: int) -> tuple[list[Arrival], list[Arrival]]:
        """(the connections with danger, each up to its last danger; others in turn), together at most `most`."""
        urgent: list[Arrival] = []
        others: list[Arrival] = []
        with self._lock:
            self._bell.clear()
            while self._urgent and len(urgent) < most:
                line = self._urgent[0]
                count = min(line.urgent, most - len(urgent))
                urgent += _pop(line, count)
                line.urgent -= count
                if not line.urgent:
                    self._urgent.popleft()
                    self._queue_rest(line)
            while not urgent and self._queued and len(others) < most:
                line = self._queued.popleft()
                line.is_queued = False
                others += _pop(line, min(len(line.pending), TURN, most - len(others)))
                self._queue_rest(line)
            self.waiting -= len(urgent) + len(others)
        return urgent, others

    def _queue_rest(self, line: Line) -> None:
        if line.pending and not line.is_queued:
            line.is_queued = True
            self._queued.append(line)


def _pop(line: Line, count: int) -> list[Arrival]:
    return [line.pending.popleft() for _ in range(count)]
