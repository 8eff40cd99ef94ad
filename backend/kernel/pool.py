"""The connections to the database: kept open, and asked whether they still live only after a rest.

A ping before each use is a round trip before each request. One that was used a second ago lives, or its database has
just gone, and then a ping would have been answered a moment earlier all the same.
"""

from __future__ import annotations

from typing import Any

import psycopg
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import InvalidatePoolError

from backend.kernel import clock

RESTED_S = 1.0


def connect(url: str) -> Engine:
    """The engine of this process; up to 40 connections, the last used one first so that few stay warm."""
    engine = create_engine(url, pool_size=10, max_overflow=30, pool_recycle=900, pool_use_lifo=True)

    @event.listens_for(engine, "checkin")
    def note(_connection: Any, record: Any) -> None:
        record.info["used_at"] = clock.monotonic()

    @event.listens_for(engine, "checkout")
    def ask(connection: Any, record: Any, _proxy: Any) -> None:
        used_at = record.info.get("used_at")
        if used_at is None or clock.monotonic() - used_at < RESTED_S:
            return
        try:
            engine.dialect.do_ping(connection)
        except psycopg.Error as error:  # all of them were made before the database went: none lives
            raise InvalidatePoolError() from error

    return engine
