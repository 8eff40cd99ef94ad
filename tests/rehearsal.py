"""A fire rehearsed on a running Stack: the demo's panels speak over TCP, a push sink rings in for its people."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from uuid import UUID

from backend.demo import speech
from backend.demo.devices import SMOKE, Point, planned
from backend.demo.estate import TRANSMITTERS
from backend.demo.transmitter import NoAnswer, Transmitter
from backend.kernel import clock
from backend.kernel.ids import new_id
from tests.sinks.browser import Browser, to_text
from tests.sinks.push import PushSink
from tests.stack import Stack

APART = 5  # floors between two detectors that must be two incidents


def allow(stack: Stack, sink: PushSink) -> None:
    """Let this stack call the sink although it is private."""
    stack.sql(
        "INSERT INTO egress_rules (id, host, port, allows_http, note) VALUES (%s, 'localhost', %s, false, 'sink')",
        *(new_id(), sink.port),
    )


def subscribe(stack: Stack, sink: PushSink, person: UUID, name: str) -> Browser:
    """Give a person a phone that the sink answers for."""
    browser, now = Browser(), clock.now()
    stack.sql(
        "INSERT INTO push_subscriptions (id, person_id, endpoint, p256dh, auth, user_agent, created_at, seen_at, "
        "proved_at, failures) VALUES (%s, %s, %s, %s, %s, 'test', %s, %s, %s, 0)",
        *(new_id(), person, sink.endpoint(name), to_text(browser.public), to_text(browser.auth), now, now, now),
    )
    return browser


def smoke_points(count: int) -> list[Point]:
    """Corridor detectors of the towers, each far enough from the next for an incident of its own."""
    found: list[Point] = []
    taken: dict[str, int] = {}
    for point in planned():
        is_corridor = point.component == SMOKE and point.flat is None and point.ordinal > 0
        if is_corridor and point.building.isdigit() and point.ordinal >= taken.get(point.building, 1) + APART:
            taken[point.building] = point.ordinal
            found.append(point)
    found.sort(key=lambda p: (p.ordinal, p.building))
    assert len(found) >= count, f"the demo has only {len(found)} such detectors"
    return found[:count]


@dataclass
class Panels:
    """The demo's transmitters, dialled when first needed. `confirmed` holds what the gateway has confirmed."""

    stack: Stack
    confirmed: list[Point] = field(default_factory=list)
    _boxes: dict[str, Transmitter] = field(default_factory=dict)

    async def report(self, point: Point, word: int = speech.FIRE | speech.NORMAL, patience_s: float = 60) -> None:
        """Report a state until it is confirmed, redialling a gateway that is away, as a real box does."""
        box = self._box(point.transmitter)
        end = clock.monotonic() + patience_s
        for adu in speech.states([(point, word)], box.profile, clock.now()):
            while True:
                try:
                    await box.say(adu)
                    break
                except (NoAnswer, OSError):
                    assert clock.monotonic() < end, f"never confirmed: {point}"
                    await asyncio.sleep(0.2)
        self.confirmed.append(point)

    async def close(self) -> None:
        for box in self._boxes.values():
            await box.close()

    def _box(self, key: str) -> Transmitter:
        if key not in self._boxes:
            plan = next(plan for plan in TRANSMITTERS if plan.key == key)
            self._boxes[key] = Transmitter(plan, "127.0.0.1", self.stack.gateway_port)
        return self._boxes[key]


def stored(stack: Stack, point: Point) -> bool:
    """Is the danger of this point in the database?"""
    address = next(plan.address for plan in TRANSMITTERS if plan.key == point.transmitter)
    rows = stack.sql(
        "SELECT 1 FROM signals s JOIN devices d ON d.id = s.device_id JOIN transmitters t ON t.id = d.transmitter_id "
        "WHERE t.source_address = %s AND d.system_type = %s AND d.component_type = %s AND d.component_address = %s "
        "AND s.is_danger",
        *(address, point.system, point.component, point.address),
    )
    return bool(rows)
