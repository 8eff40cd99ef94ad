"""A connection that died while it rested is not handed out."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from backend.kernel import pool
from backend.kernel.config import settings


def test_connections_that_died_resting_are_replaced(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "RESTED_S", 0)
    engine, other = pool.connect(settings().database_url), pool.connect(settings().database_url)
    try:
        with engine.connect() as first, engine.connect() as second:
            dying = [c.execute(text("SELECT pg_backend_pid()")).scalar_one() for c in (first, second)]
        with other.connect() as killer:
            killer.execute(text("SELECT pg_terminate_backend(pid, 5000) FROM unnest(:pids) AS pid"), {"pids": dying})
        with engine.connect() as fresh:
            assert fresh.execute(text("SELECT pg_backend_pid()")).scalar_one() not in dying
    finally:
        engine.dispose()
        other.dispose()
