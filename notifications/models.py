"""Notices (what one person is told), deliveries (one way to one phone), push subscriptions, preferences."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.kernel.db import Base, Row

URGENCIES = ("alarm", "normal")
SMS_RULES = ("now", "fallback", "never")
CHANNELS = ("push", "sms")
STATES = ("queued", "accepted", "received", "shown", "opened", "answered", "failed", "gone", "expired")
# The way a delivery goes; receipts skip steps. A receipt is proof, so it also lifts what we had given up.
PROOFS = ("received", "shown", "opened", "answered")
TRANSITIONS: dict[str, set[str]] = {
    "queued": {"accepted", *PROOFS, "failed", "gone", "expired"},
    "accepted": {*PROOFS},
    "received": {"shown", "opened", "answered"},
    "shown": {"opened", "answered"},
    "opened": {"answered"},
    "answered": set(),
    "failed": {*PROOFS},
    "gone": {*PROOFS},
    "expired": {*PROOFS},
}


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


class Notice(Row):
    """One message to one person because of one step of one subject; its row is also the inbox item.

    `fallback_at`: when SMS joins unless a receipt came; None when there is nothing to fall back to or it is done."""

    __tablename__ = "notices"
    __table_args__ = (
        UniqueConstraint("subject_id", "step", "person_id"),
        Index("ix_notices_person_id_id", "person_id", "id"),
        Index("ix_notices_fallback_at", "fallback_at", postgresql_where=text("fallback_at IS NOT NULL")),
        CheckConstraint(_one_of("urgency", URGENCIES), "urgency"),
        CheckConstraint(_one_of("sms", SMS_RULES), "sms"),
    )
    subject_kind: Mapped[str]
    subject_id: Mapped[UUID]
    step: Mapped[str]
    person_id: Mapped[UUID]
    kind: Mapped[str]
    params: Mapped[dict[str, Any]]
    urgency: Mapped[str]
    sms: Mapped[str]
    created_at: Mapped[datetime]
    fallback_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class Delivery(Row):
    """One way of one notice: a push subscription (`endpoint_id`) or the person's SMS (no endpoint).

    A worker that takes it writes `lease_owner` and `lease_until`; a mark with another owner is ignored."""

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("notice_id", "channel", "endpoint_id", postgresql_nulls_not_distinct=True),
        Index("ix_deliveries_due", "priority", "next_at", "id", postgresql_where=text("state = 'queued'")),
        CheckConstraint(_one_of("state", STATES), "state"),
        CheckConstraint(_one_of("channel", CHANNELS), "channel"),
    )
    notice_id: Mapped[UUID] = mapped_column(ForeignKey("notices.id", ondelete="CASCADE"))
    channel: Mapped[str]
    endpoint_id: Mapped[UUID | None]
    state: Mapped[str] = mapped_column(default="queued")
    attempts: Mapped[int] = mapped_column(default=0)
    priority: Mapped[int]
    is_short: Mapped[bool] = mapped_column(default=False)
    next_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    lease_owner: Mapped[UUID | None]
    lease_until: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    received_at: Mapped[datetime | None]
    shown_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    error: Mapped[str | None]


class PushSubscription(Row):
    """One browser that may be rung. `proved_at`: its last receipt; until then nothing proves that it rings."""

    __tablename__ = "push_subscriptions"
    __table_args__ = (
        UniqueConstraint("endpoint"),
        Index("ix_push_subscriptions_person_id", "person_id", postgresql_where=text("gone_at IS NULL")),
        Index("ix_push_subscriptions_session_id", "session_id", postgresql_where=text("gone_at IS NULL")),
    )
    person_id: Mapped[UUID]
    session_id: Mapped[UUID | None]
    endpoint: Mapped[str]
    p256dh: Mapped[str]
    auth: Mapped[str]
    user_agent: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    proved_at: Mapped[datetime | None]
    gone_at: Mapped[datetime | None]
    gone_reason: Mapped[str | None]
    failures: Mapped[int] = mapped_column(default=0)


class Preference(Base):
    """A person's quiet hours, in minutes after midnight of China's time; they never hold back an alarm."""

    __tablename__ = "preferences"
    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    quiet_from: Mapped[int | None]
    quiet_until: Mapped[int | None]
