"""The live stream's truth: a table whose ids are in commit order, because one advisory lock lets one writer in.

On PostgreSQL a bare serial can show 2 before 1; a reader that has seen 2 would then miss 1 for ever.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from sqlalchemy import BigInteger, Identity, func, insert, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text, Uuid

from backend.kernel import clock, db, retention
from backend.kernel.db import Base
from backend.kernel.jobs import Periodic
from backend.kernel.jsonable import dumps

CHANNEL = "shouwang_stream"
LOCK = 26875_001
KEPT = timedelta(hours=1)
CONTROL = "control"


class StreamEvent(Base):
    """One event, for who holds `permission` over one of `paths`, or for `people`. Kind control is never sent out."""

    __tablename__ = "stream_events"
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    kind: Mapped[str]
    permission: Mapped[str]
    paths: Mapped[list[str]] = mapped_column(ARRAY(Text))
    people: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    data: Mapped[dict[str, Any]]


def emit(
    kind: str,
    data: dict[str, Any],
    *,
    paths: Iterable[str] = (),
    permission: str = "incidents.see",
    people: Iterable[UUID] = (),
    key: str | None = None,
) -> None:
    """Add an event to the stream at this transaction's commit; `data` is the row as the lists give it.

    Of several events with one `key` in a transaction only the last is written: a storm of signals shows once.
    """
    row = {
        "at": clock.now(),
        "kind": kind,
        "permission": permission,
        "paths": list(paths),
        "people": list(people),
        "data": orjson.loads(dumps(data)),
    }
    waiting = db.session().info.setdefault("stream", {})
    name = key or f"{len(waiting)}:{kind}"
    waiting.pop(name, None)
    waiting[name] = row
    db.before_commit("stream", _write)


def end_streams(*, sessions: Iterable[UUID] = (), people: Iterable[UUID] = ()) -> None:
    """Close the open streams of revoked sessions, or of people whose roles changed (they reconnect with new scope)."""
    emit(CONTROL, {"sessions": [str(s) for s in sessions]}, people=people)


def _write() -> None:
    session = db.session()
    rows = list(session.info.pop("stream", {}).values())
    session.flush()
    session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    session.execute(insert(StreamEvent), rows)
    session.execute(text(f"NOTIFY {CHANNEL}"))


class Event(NamedTuple):
    """One row of the stream as it is read back."""

    id: int
    kind: str
    permission: str
    paths: list[str]
    people: list[UUID]
    data: dict[str, Any]


_READ = select(*(StreamEvent.__table__.c[name] for name in Event._fields)).order_by(StreamEvent.id)


def read_after(last_id: int, limit: int = 500) -> list[Event]:
    """The next events in commit order."""
    with db.transaction(read_only=True) as session:
        return [Event(*row) for row in session.execute(_READ.where(StreamEvent.id > last_id).limit(limit))]


def newest_id() -> int:
    with db.transaction(read_only=True) as session:
        return session.scalar(select(func.max(StreamEvent.id))) or 0


def oldest_id() -> int:
    with db.transaction(read_only=True) as session:
        return session.scalar(select(func.min(StreamEvent.id))) or 0


def forget() -> None:
    """Drop events older than an hour but the newest, where the stream stands; who comes back later gets `reset`."""
    retention.forget(StreamEvent, StreamEvent.at < clock.now() - KEPT, StreamEvent.id < newest_id())


PERIODIC = [Periodic(forget, every_s=60)]
