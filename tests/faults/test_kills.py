"""Nothing confirmed is missing and nobody un-notified while processes die; the long harness is a later issue."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import rehearsal
from tests.rehearsal import Panels
from tests.sinks import push
from tests.sinks.browser import Browser
from tests.sinks.push import PushSink
from tests.stack import Stack
from tests.waiting import until

FIRES = 18
KILLED = ("backend.monitoring.gateway", "kernel.work alarms", "redis-server", "kernel.sweep")
DUTY = ("control_room", "station_member", "station_leader", "property")


@pytest.fixture(scope="module")
def sink(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PushSink]:
    with push.running(tmp_path_factory.mktemp("sink")) as one:
        yield one


PHONES: dict[str, Browser] = {}


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, sink: PushSink) -> Iterator[Stack]:
    folder: Path = tmp_path_factory.mktemp("stack")
    with Stack(folder, PUSH_CA_FILE=str(sink.certificate)).running() as running:
        rehearsal.allow(running, sink)
        for (person,) in running.sql("SELECT DISTINCT person_id FROM grants WHERE role = ANY(%s)", list(DUTY)):
            PHONES[str(person)] = rehearsal.subscribe(running, sink, person, str(person))
        yield running


def told(stack: Stack) -> list[tuple[Any, ...]]:
    """(notice, person, newest state of its push) of all first-ring notices."""
    return stack.sql(
        "SELECT n.id, n.person_id, d.state FROM notices n "
        "LEFT JOIN deliveries d ON d.notice_id = n.id AND d.channel = 'push' "
        "WHERE n.kind LIKE 'incident.%%' AND n.step LIKE 'ring0%%' AND n.person_id IN "
        "(SELECT person_id FROM push_subscriptions)"
    )


def _states(stack: Stack) -> str:
    """Where the pushes stand, for the message of a failure."""
    rows = stack.sql(
        "SELECT d.channel, d.state, d.error, d.attempts, n.urgency, n.kind, count(*) FROM notices n "
        "LEFT JOIN deliveries d ON d.notice_id = n.id WHERE n.step LIKE 'ring0%%' GROUP BY 1, 2, 3, 4, 5, 6"
    )
    return "\n".join(map(str, rows))


def test_kill_9_of_gateway_worker_sweeper_and_redis_loses_nothing(stack: Stack, sink: PushSink) -> None:
    points = rehearsal.smoke_points(FIRES)
    panels = Panels(stack)
    chance = random.Random(26875)

    async def burn() -> None:
        for point in points:
            await panels.report(point)
        await panels.close()

    async def kill() -> None:
        for name in KILLED * 2:
            await asyncio.sleep(chance.uniform(0.05, 0.5))
            for pid in stack.pids(name):
                os.kill(pid, signal.SIGKILL)

    async def both() -> None:
        await asyncio.gather(burn(), kill())

    asyncio.run(both())
    assert [p for p in panels.confirmed if not rehearsal.stored(stack, p)] == []
    assert until(lambda: stack.sql("SELECT count(*) FROM incidents")[0][0] >= FIRES)
    until(
        lambda: told(stack) and all(state not in (None, "queued") for *_, state in told(stack)),
        60,
        lambda: _states(stack),
    )
    rows = told(stack)
    rung = Counter(
        phone.message(request.body)["notification"]["data"]["notice_id"]
        for name, phone in PHONES.items()
        for request in sink.requests(name)
    )
    assert [person for notice, person, _ in rows if not rung[str(notice)]] == []
    repeats = sum(count - 1 for count in rung.values())
    print(f"\n{FIRES} fires, {sum(rung.values())} pushes, {repeats} repeats")
    until(lambda: all(stack.pids(name) for name in KILLED))


def test_without_redis_the_push_still_arrives(stack: Stack, sink: PushSink) -> None:
    """No Redis at all: nobody rings the bell, the sweeper delivers by itself."""
    stack.stop()
    stack.env["REDIS_URL"] = "redis://127.0.0.1:1/0"
    stack.ready_path = "/health"
    stack.start()
    until(lambda: stack.pids("backend.monitoring.gateway"))
    before = sink.total()
    point = rehearsal.smoke_points(FIRES + 4)[-1]
    panels = Panels(stack)

    async def burn() -> None:
        await panels.report(point)
        await panels.close()

    asyncio.run(burn())
    assert rehearsal.stored(stack, point)
    until(lambda: sink.total() > before, 15)
