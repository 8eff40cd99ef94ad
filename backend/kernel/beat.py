"""Heartbeats of our own processes: how everybody knows that the watch is kept."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from backend.kernel import clock, db
from backend.kernel.db import Base

STALE_S = 10


class Heartbeat(Base):
    """The last sign of life of one process. `gap_s` and `gap_at`: its last silence of more than 30 s, and its end."""

    __tablename__ = "heartbeats"
    process: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    started_at: Mapped[datetime]
    gap_s: Mapped[float] = mapped_column(default=0)
    gap_at: Mapped[datetime | None]
    state: Mapped[dict[str, Any]] = mapped_column(default=dict)


GAP_S = 30


def beat(process: str, **state: Any) -> float:
    """Write the heartbeat; returns the gap in seconds when the last one is older than GAP_S, else 0."""
    now = clock.now()
    last = db.session().scalar(select(Heartbeat.at).where(Heartbeat.process == process).with_for_update(key_share=True))
    gap = (now - last).total_seconds() if last else 0.0
    values: dict[str, Any] = {"at": now, "state": state}
    if gap > GAP_S:
        values |= {"gap_s": gap, "gap_at": now}
    statement = insert(Heartbeat).values(process=process, started_at=now, **({"gap_s": 0.0} | values))
    db.session().execute(statement.on_conflict_do_update(index_elements=["process"], set_=values))
    return gap if gap > GAP_S else 0.0


def ages() -> dict[str, float]:
    """Seconds since the last heartbeat of each process that ever beat."""
    now = clock.now()
    return {row.process: (now - row.at).total_seconds() for row in db.session().scalars(select(Heartbeat))}
