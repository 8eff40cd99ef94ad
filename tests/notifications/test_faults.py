"""What breaks at the worst moment: a worker killed in the middle, no Redis, a push service that is down."""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, insert, select

from backend.kernel import clock, config, db
from backend.kernel.ids import new_id
from notifications import jobs
from notifications.models import Delivery, PushSubscription
from tests.sinks.browser import Browser, to_text
from tests.sinks.http import Reply
from tests.sinks.push import PushSink

Tell = Callable[..., int]
MANY = 8_000


def create_phones(sink: PushSink, count: int) -> list[UUID]:
    """Many people with one phone each; they share one browser's keys, which only their tests would notice."""
    browser, now = Browser(), clock.now()
    people = [new_id() for _ in range(count)]
    keys = {"p256dh": to_text(browser.public), "auth": to_text(browser.auth), "created_at": now, "seen_at": now}
    rows = [{"person_id": one, "endpoint": sink.endpoint(str(one)), "failures": 0, **keys} for one in people]
    with db.transaction() as session:
        session.execute(insert(PushSubscription), rows)
    return people


def count(*states: str) -> int:
    with db.transaction() as session:
        return session.scalar(select(func.count()).where(Delivery.state.in_(states))) or 0


@contextmanager
def started(sink: PushSink, *command: str) -> Iterator[subprocess.Popen[str]]:
    """A real process on the test's database (os.environ names it), killed at the end whatever happens."""
    environment = os.environ | {"DATA_DIR": str(config.settings().data_dir), "PUSH_CA_FILE": str(sink.certificate)}
    process = subprocess.Popen([sys.executable, "-m", *command], env=environment, stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.wait(10)


@contextmanager
def worker(sink: PushSink) -> Iterator[subprocess.Popen[str]]:
    """Delivers what is due, over and over."""
    with started(sink, "tests.notifications.worker") as process:
        assert process.stdout and process.stdout.readline().strip() == "ready"
        yield process


def test_the_bell_wakes_a_worker(sink: PushSink, redis_server: str, tell: Tell, eventually: Callable[..., Any]) -> None:
    """`make run`'s own worker; nothing sweeps here, so only the bell can have told it."""
    people = create_phones(sink, 30)
    with started(sink, "backend.kernel.work", "alarms"):
        tell(people, new_id())
        eventually(lambda: count("accepted") == 30, 60)
    assert all(len(sink.requests(str(one))) == 1 for one in people)


def test_a_worker_killed_in_the_middle_leaves_nobody_untold(
    sink: PushSink, tell: Tell, eventually: Callable[..., Any]
) -> None:
    people, incident = create_phones(sink, MANY), new_id()
    for start in range(0, MANY, 500):
        tell(people[start : start + 500], incident)
    with worker(sink) as first:
        eventually(lambda: sink.total() > MANY / 3, 120)
        os.kill(first.pid, signal.SIGKILL)
        first.wait(10)
    assert count("queued") > 0
    with worker(sink):  # kernel.keep starts the next one
        eventually(lambda: count("queued") == 0, 180)
    calls = Counter(len(sink.requests(str(one))) for one in people)
    assert calls[0] == 0, "somebody was never told"
    assert sum(times * (n - 1) for n, times in calls.items()) <= MANY * 0.005, calls
    assert count("accepted") == MANY


def test_without_redis_the_sweeper_delivers(sink: PushSink, tell: Tell, eventually: Callable[..., Any],
                                            monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setenv("PUSH_CA_FILE", str(sink.certificate))
    config.settings.cache_clear()
    jobs._fanout.cache_clear()
    people = create_phones(sink, 20)
    tell(people, new_id())
    eventually(lambda: jobs.sweep() or count("accepted") == 20, 5)
    jobs._fanout.cache_clear()


def test_a_push_service_that_is_down_is_left_alone_and_then_served(
    sink: PushSink, tell: Tell, eventually: Callable[..., Any]
) -> None:
    people, is_down = create_phones(sink, 100), True
    sink.otherwise = lambda request: Reply(503) if is_down else Reply(201)
    tell(people, new_id())
    with worker(sink):
        eventually(lambda: sink.total() >= 100)
        is_down = False
        eventually(lambda: count("accepted") == 100)
    sink.otherwise = lambda request: Reply()
