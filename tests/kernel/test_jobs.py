"""Jobs: rung after the commit, never instead of it; everything periodic is found."""

from __future__ import annotations

import socket
import threading

import pytest
from rq import Queue

from backend.kernel import clock, config, db, jobs, stream


@pytest.fixture(autouse=True)
def not_quiet(monkeypatch):
    monkeypatch.setattr(jobs, "_quiet_until", 0.0)


def test_the_bell_rings_after_the_commit_only(db_session, redis_server):
    queue = Queue("bulk", connection=jobs.redis())
    with db.transaction():
        jobs.enqueue(stream.forget, queue="bulk")
        assert queue.count == 0
    assert queue.count == 1
    with pytest.raises(RuntimeError), db.transaction():
        jobs.enqueue(stream.forget, queue="bulk")
        raise RuntimeError
    assert queue.count == 1


def test_a_redis_that_hangs_costs_one_time_out_and_not_one_each(db_session, monkeypatch):
    """A socket that accepts and never answers: the second and third ring do not even try."""
    calls = []
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        threading.Thread(target=lambda: [calls.append(deaf.accept()) for _ in range(8)], daemon=True).start()
        monkeypatch.setenv("REDIS_URL", f"redis://127.0.0.1:{deaf.getsockname()[1]}/0")
        config.settings.cache_clear()
        jobs.redis.cache_clear()
        for _ in range(3):
            with db.transaction():
                jobs.enqueue(stream.forget)
        tried = len(calls)
        assert tried >= 1
        assert jobs._quiet_until > clock.monotonic()
        with db.transaction():
            jobs.enqueue(stream.forget)
        assert len(calls) == tried
    config.settings.cache_clear()
    jobs.redis.cache_clear()


def test_an_unknown_queue_is_a_programming_error(db_session):
    with pytest.raises(ValueError, match="no such queue"), db.transaction():
        jobs.enqueue(stream.forget, queue="alarm")


def test_everything_periodic_is_found():
    names = {f"{p.run.__module__}.{p.run.__name__}" for p in jobs.periodic()}
    assert {"backend.kernel.stream.forget", "backend.kernel.kept_answers.forget", "notifications.jobs.sweep"} <= names
    assert {n.rpartition(".")[0] for n in names} >= {"backend.incidents.jobs", "backend.monitoring.jobs"}
