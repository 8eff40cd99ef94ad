"""Old rows go in small bites: never one statement over a whole table, and never longer than the sweeper can spare."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, delete, inspect, select, text, tuple_

from backend.kernel import clock, db, policy
from backend.kernel.db import Base

BITE = 1_000
BUDGET_S = 0.5  # of one round: the timers of alarms run beside it each second; what is left goes in the next round
_BOUND = text("SET LOCAL statement_timeout = '5s'")


def declare(name: str, days: int, help: str, least: int = 1) -> str:
    """The policy row of one kind of rows, in days."""
    return policy.declare(f"{name}.kept_days", days, f"{help} One value for the whole city.", least, 36_500)


def limit(name: str) -> datetime:
    """What is older than this goes."""
    with db.transaction(read_only=True):
        return clock.now() - timedelta(days=float(policy.get(name)))


def forget(model: type[Base], *where: ColumnElement[bool]) -> int:
    """Delete the rows that fit, bite by bite, each in a transaction of its own; returns how many went.

    What somebody else holds is passed over. `where` shall be answered by an index or the beginning of the table.
    """
    keys = inspect(model).primary_key
    old = select(*keys).where(*where).limit(BITE).with_for_update(skip_locked=True)
    end, total = clock.monotonic() + BUDGET_S, 0
    while True:
        with db.transaction() as session:
            session.execute(_BOUND)
            gone = delete(model).where(tuple_(*keys).in_(old)).execution_options(synchronize_session=False)
            done: int = session.execute(gone).rowcount  # type: ignore[attr-defined]  # a DELETE's CursorResult
        total += done
        if done < BITE or clock.monotonic() >= end:
            return total


def first_id(at: datetime) -> UUID:
    """The least id that a row made at that time can have (ids.new_id: version 7, by the millisecond)."""
    return UUID(int=(int(at.timestamp() * 1000) << 80) | (7 << 76) | (2 << 62))
