"""A partition per day for frames and readings, in the schema `partitions`; old days are dropped whole."""

from __future__ import annotations

from datetime import date, timedelta

import structlog
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from backend.kernel import clock, db, policy
from backend.monitoring.measuring import FRAMES_DAYS, READINGS_DAYS

log = structlog.get_logger(__name__)
_LOCK_WAIT = text("SET LOCAL lock_timeout = '2s'")


def ensure(*wanted: date) -> None:
    """Make the partitions of these days (UTC). One that cannot be made now is no loss: rows go to the rest table."""
    for day in wanted:
        for table in ("frames", "readings"):
            name = f"partitions.{table}_{day:%Y%m%d}"
            end = day + timedelta(days=1)
            statement = (
                f"CREATE TABLE IF NOT EXISTS {name} PARTITION OF {table} "
                f"FOR VALUES FROM ('{day.isoformat()} 00:00+00') TO ('{end.isoformat()} 00:00+00')"
            )
            try:
                with db.transaction() as session:
                    session.execute(_LOCK_WAIT)
                    session.execute(text(statement))
            except DBAPIError as error:
                log.warning("no partition for the day", table=name, error=str(error).splitlines()[0])


def forget() -> list[str]:
    """Drop the days that are over; returns their tables."""
    today = clock.now().date()
    with db.transaction():
        # A day's frames go when the last of them is so old.
        kept = {"frames": int(policy.get(FRAMES_DAYS)) + 1, "readings": int(policy.get(READINGS_DAYS))}
        names = db.session().scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'partitions'")).all()
    gone = [name for name in names if _is_over(name, today, kept)]
    for name in gone:
        with db.transaction() as session:
            session.execute(_LOCK_WAIT)
            session.execute(text(f"DROP TABLE partitions.{name}"))
    with db.transaction() as session:
        limit = {"limit": clock.now() - timedelta(days=kept["frames"])}
        session.execute(text("DELETE FROM partitions.frames_rest WHERE received_at < :limit"), limit)
    return gone


def _is_over(name: str, today: date, kept: dict[str, int]) -> bool:
    table, _, day = name.rpartition("_")
    if not day.isdigit() or table not in kept:
        return False
    return date(int(day[:4]), int(day[4:6]), int(day[6:])) < today - timedelta(days=kept[table])
