"""One lane per push service, so that a slow, silent or unknown one never holds up the others.

A lane knows its service's pinned address, how many of its requests are on their way and when it last answered.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from enum import Enum
from typing import Any

from backend.kernel import clock, egress
from notifications.channels.keys import origin

LANE_IN_FLIGHT = 400  # 4 connections of 100 streams
SILENT_S = 1.0  # a full lane without an answer for so long is not waited for
BROKEN_AFTER, BROKEN_S = 20, 5.0
ADDRESS_S, REFUSED_S = 300.0, 30.0


class Way(Enum):
    GO = "go"
    HOLD = "hold"  # soon, in this run
    LATER = "later"  # given back to the queue with a back-off
    NEVER = "never"  # the egress guard refused it


class Lane:
    """The state of one origin. `held` are requests that wait for room or for the address."""

    def __init__(self) -> None:
        self.held: deque[Any] = deque()
        self.in_flight = 0
        self.failures = 0
        self.moved_at = clock.monotonic()
        self.closed_until = 0.0
        self.address: str | None = None
        self.refusal = ""
        self.is_refused = False
        self.known_until = 0.0
        self.looking: Future[egress.Target] | None = None

    def way(self) -> Way:
        """What to do with the next request of this lane."""
        now = clock.monotonic()
        if now < self.closed_until:
            return Way.LATER
        if self.is_refused:
            return Way.NEVER
        if self.address is None:
            return Way.HOLD if self.looking else Way.LATER
        if self.in_flight < LANE_IN_FLIGHT:
            return Way.GO
        return Way.HOLD if now - self.moved_at < SILENT_S else Way.LATER

    def started(self) -> None:
        if not self.in_flight:
            self.moved_at = clock.monotonic()
        self.in_flight += 1

    def answered(self, has_answer: bool) -> None:
        """`has_answer` False is a network failure; many in a row close the lane for a moment."""
        self.in_flight -= 1
        if has_answer:
            self.failures, self.moved_at = 0, clock.monotonic()
            return
        self.failures += 1
        if self.failures >= BROKEN_AFTER:
            self.closed_until = clock.monotonic() + BROKEN_S
            self.failures = BROKEN_AFTER // 2

    def settle(self) -> None:
        """Take over the address when the look-up is done. An old address outlives a failing name server."""
        if self.looking is None or not self.looking.done():
            return
        done, self.looking = self.looking, None
        self.is_refused, self.refusal = False, ""
        self.known_until = clock.monotonic() + ADDRESS_S
        error = done.exception()
        if error is None:
            self.address = done.result().address
            return
        self.known_until = clock.monotonic() + REFUSED_S
        says = error.message("en") if isinstance(error, egress.EgressRefused) else str(error)
        self.refusal = f"{type(error).__name__}: {says}"
        if isinstance(error, egress.EgressRefused) and not isinstance(error, egress.Unresolvable):
            self.address, self.is_refused = None, True
        elif self.address is None:
            self.closed_until = clock.monotonic() + BROKEN_S


class Lanes:
    """All lanes of a process. Names are looked up in threads: a name server that never answers blocks nobody."""

    def __init__(self, look_up: Callable[[str], egress.Target] = egress.resolve) -> None:
        self._look_up = look_up
        self._threads = ThreadPoolExecutor(8, thread_name_prefix="names")
        self._lanes: dict[str, Lane] = {}

    def of(self, endpoint: str) -> Lane:
        """The lane of an endpoint; starts or renews the look-up of its address."""
        name = origin(endpoint)
        if name not in self._lanes and len(self._lanes) > 2000:
            self._lanes = {k: lane for k, lane in self._lanes.items() if lane.in_flight or lane.held}
        lane = self._lanes.setdefault(name, Lane())
        lane.settle()
        if lane.looking is None and clock.monotonic() >= lane.known_until:
            lane.looking = self._threads.submit(self._look_up, endpoint)
        return lane

    def held(self) -> int:
        return sum(len(lane.held) for lane in self._lanes.values())

    def release(self) -> list[Any]:
        """Held requests whose lane has something to say again."""
        freed: list[Any] = []
        for lane in self._lanes.values():
            if lane.held:
                lane.settle()
                room = LANE_IN_FLIGHT - lane.in_flight if lane.way() is Way.GO else len(lane.held)
                if lane.way() is not Way.HOLD:
                    freed += [lane.held.popleft() for _ in range(min(room, len(lane.held)))]
        return freed

    def drop(self) -> list[Any]:
        """All held requests, which are nobody's from now on."""
        dropped = [one for lane in self._lanes.values() for one in lane.held]
        for lane in self._lanes.values():
            lane.held.clear()
        return dropped

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
