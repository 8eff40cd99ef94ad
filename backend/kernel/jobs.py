"""Jobs: the row is the truth, RQ is the bell. A job takes ids, re-reads its rows and takes a lease."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import structlog
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue

from backend.kernel import clock, db
from backend.kernel.config import settings

log = structlog.get_logger(__name__)
QUEUES = ("alarms", "bulk")
TIMEOUT_S = 300
QUIET_S = 5.0
_quiet_until = 0.0


@dataclass(frozen=True)
class Periodic:
    """Work that the sweeper does by itself every `every_s` seconds; `run` opens its own transactions."""

    run: Callable[[], object]
    every_s: float = 1.0


@lru_cache(maxsize=1)
def redis() -> Redis | None:
    """The Redis of RQ, or None when there is none. Short time-outs: a bell must never hold up an alarm."""
    url = settings().redis_url
    return Redis.from_url(url, socket_connect_timeout=0.5, socket_timeout=1) if url else None


def enqueue(run: Callable[..., object], *ids: Any, queue: str = "alarms") -> None:
    """Ring for `run(*ids)` after this transaction's commit. Lost rings are found by the sweeper."""
    if queue not in QUEUES:
        raise ValueError(f"no such queue: {queue}")
    name = f"{run.__module__}.{run.__qualname__}"
    db.after_commit(lambda: _ring(queue, name, [str(i) for i in ids]))


def _ring(queue: str, name: str, ids: list[str]) -> None:
    """After a failure nobody rings for QUIET_S: a Redis that hangs must not cost every alarm its time-out."""
    global _quiet_until
    connection = redis()
    if connection is None or clock.monotonic() < _quiet_until:
        return
    try:
        Queue(queue, connection=connection).enqueue(name, args=tuple(ids), result_ttl=0, job_timeout=TIMEOUT_S)
    except RedisError as error:
        _quiet_until = clock.monotonic() + QUIET_S
        log.warning("bell not rung, the sweeper will do it", job=name, error=str(error))


def periodic() -> list[Periodic]:
    """All PERIODIC entries of the features' jobs modules, and of notifications."""
    import backend

    names = ["backend.kernel.stream", "backend.kernel.kept_answers", "notifications.jobs"] + [
        f"backend.{m.name}.jobs" for m in pkgutil.iter_modules(backend.__path__) if m.ispkg
    ]
    found: list[Periodic] = []
    for name in names:
        if importlib.util.find_spec(name.rpartition(".")[0]) and importlib.util.find_spec(name):
            found += getattr(importlib.import_module(name), "PERIODIC", [])
    return found
