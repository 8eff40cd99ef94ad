"""The background work of transfers, and what the sweeper does when a bell was lost."""

from __future__ import annotations

import threading
from uuid import UUID

from redis.exceptions import RedisError

from backend.kernel import db, jobs
from backend.kernel.jobs import Periodic
from backend.transfers import service

_here = threading.Lock()


def run(transfer_id: str) -> None:
    """RQ's entry: do one transfer."""
    service.run(UUID(transfer_id))


def pick_up() -> None:
    """Ring again for what waits; without Redis do it here, one at a time, beside the sweeper's own work."""
    with db.transaction():
        ids = service.waiting()
    if ids and _has_bell():
        with db.transaction():
            for transfer_id in ids:
                jobs.enqueue(run, transfer_id, queue="bulk")
    elif ids and _here.acquire(blocking=False):
        threading.Thread(target=_do, args=(ids,), name="transfers", daemon=True).start()


def _has_bell() -> bool:
    connection = jobs.redis()
    try:
        return connection is not None and bool(connection.ping())
    except RedisError:
        return False


def _do(ids: list[UUID]) -> None:
    try:
        for transfer_id in ids:
            service.run(transfer_id)
    finally:
        _here.release()


PERIODIC = [Periodic(pick_up, every_s=5), Periodic(service.forget_files, every_s=600)]
