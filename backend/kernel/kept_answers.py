"""The answers kept by idempotency keys: their table, and what forgets them. No Flask: the sweeper reads this."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from backend.kernel import retention
from backend.kernel.db import Base
from backend.kernel.jobs import Periodic

KEPT_DAYS = retention.declare("idempotency", 1, "Days in which the same request gets the same answer again.")


class IdempotencyKey(Base):
    """One answered write. `owner` is the person, or the route alone for the public ones."""

    __tablename__ = "idempotency_keys"
    owner: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    status: Mapped[int | None]
    answer: Mapped[bytes | None] = mapped_column(LargeBinary)
    at: Mapped[datetime] = mapped_column(index=True)


def forget() -> None:
    """Drop answers that are too old to be asked for again."""
    retention.forget(IdempotencyKey, IdempotencyKey.at < retention.limit(KEPT_DAYS))


PERIODIC = [Periodic(forget, every_s=600)]
