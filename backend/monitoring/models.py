"""Transmitters, their devices, what they said, what they measured, and what is broken."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backend.kernel.db import Base, Row
from backend.monitoring.gateway.profiles import Identity

_PATHS: dict[str, Any] = {"postgresql_ops": {"scope_path": "text_pattern_ops"}}


class TransmitterState(StrEnum):
    """`new`: registered and never heard of."""

    NEW = "new"
    OK = "ok"
    SILENT = "silent"


TRANSITIONS: dict[TransmitterState, set[TransmitterState]] = {
    TransmitterState.NEW: {TransmitterState.OK},
    TransmitterState.OK: {TransmitterState.SILENT},
    TransmitterState.SILENT: {TransmitterState.OK},
}


class DeviceState(StrEnum):
    """What a point's last word says, the gravest first; `alarm` is a danger that is no fire (gas, electrical)."""

    FIRE = "fire"
    ALARM = "alarm"
    FAULT = "fault"
    SHIELDED = "shielded"
    SUPERVISORY = "supervisory"
    STARTED = "started"
    FEEDBACK = "feedback"
    NORMAL = "normal"
    UNKNOWN = "unknown"


class Transmitter(Row):
    """A 用户信息传输装置. It is known by `source_address` (what `identity` says it is) *and* by `network`:

    a CIDR, one address, or `port:N` (the port of ours that it dials). Without one, the first peer becomes it.
    """

    __tablename__ = "transmitters"
    __table_args__ = (
        Index("ix_transmitters_source_address", "source_address"),
        Index("ix_transmitters_scope_path", "scope_path", **_PATHS),
        CheckConstraint("state IN ('new', 'ok', 'silent')", name="state"),
    )
    estate_id: Mapped[UUID] = mapped_column(ForeignKey("estates.id"), index=True)
    building_id: Mapped[UUID | None] = mapped_column(ForeignKey("buildings.id"))
    name: Mapped[str]
    name_en: Mapped[str] = mapped_column(default="")
    source_address: Mapped[int] = mapped_column(BigInteger)
    profile: Mapped[str] = mapped_column(default="standard")
    network: Mapped[str | None]
    identity: Mapped[str] = mapped_column(default=Identity.SOURCE)
    silent_after_s: Mapped[int] = mapped_column(default=180)
    registered_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default=TransmitterState.NEW)
    silent_since: Mapped[datetime | None]
    last_seen_at: Mapped[datetime | None]
    last_peer: Mapped[str] = mapped_column(default="")
    good: Mapped[int] = mapped_column(BigInteger, default=0)
    denied: Mapped[int] = mapped_column(BigInteger, default=0)
    resent: Mapped[int] = mapped_column(BigInteger, default=0)
    quarantined: Mapped[int] = mapped_column(BigInteger, default=0)
    test_until: Mapped[datetime | None]
    test_by: Mapped[UUID | None]
    scope_path: Mapped[str]


class Device(Row):
    """One point. `is_found`: created by its first signal, nobody has said yet where it is."""

    __tablename__ = "devices"
    __table_args__ = (
        UniqueConstraint(
            "transmitter_id",
            "system_type",
            "system_address",
            "component_type",
            "component_address",
            name="uq_devices_point",
        ),
        Index("ix_devices_scope_path", "scope_path", **_PATHS),
        Index("ix_devices_building_id", "building_id"),
    )
    transmitter_id: Mapped[UUID] = mapped_column(ForeignKey("transmitters.id"))
    system_type: Mapped[int]
    system_address: Mapped[int]
    component_type: Mapped[int]
    component_address: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str]
    building_id: Mapped[UUID | None] = mapped_column(ForeignKey("buildings.id"))
    floor_id: Mapped[UUID | None] = mapped_column(ForeignKey("floors.id"))
    dwelling_id: Mapped[UUID | None] = mapped_column(ForeignKey("dwellings.id"))
    label: Mapped[str] = mapped_column(default="")
    label_en: Mapped[str] = mapped_column(default="")
    is_found: Mapped[bool] = mapped_column(default=False)
    scope_path: Mapped[str]
    created_at: Mapped[datetime]
    status: Mapped[PointState | None] = relationship(lazy="raise", viewonly=True)


class PointState(Base):
    """The last word of a device. `flags` as in the standard; `danger` (suspect or confirm) is latched until reset."""

    __tablename__ = "device_state"
    device_id: Mapped[UUID] = mapped_column(ForeignKey("devices.id"), primary_key=True)
    state: Mapped[str] = mapped_column(default=DeviceState.UNKNOWN)
    flags: Mapped[int] = mapped_column(default=0)
    since: Mapped[datetime]
    seen_at: Mapped[datetime]
    danger: Mapped[str | None]
    category: Mapped[str | None]
    danger_at: Mapped[datetime | None]
    cleared_at: Mapped[datetime | None]
    silenced_until: Mapped[datetime | None]
    silenced_by: Mapped[UUID | None]


class SystemState(Base):
    """The same for a whole system (type 1), and for the transmitter itself (type 21: system_type -1)."""

    __tablename__ = "system_state"
    transmitter_id: Mapped[UUID] = mapped_column(ForeignKey("transmitters.id"), primary_key=True)
    system_type: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    system_address: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    flags: Mapped[int] = mapped_column(default=0)
    since: Mapped[datetime]
    seen_at: Mapped[datetime]
    danger: Mapped[str | None]
    danger_at: Mapped[datetime | None]
    cleared_at: Mapped[datetime | None]


class Signal(Row):
    """One thing a device said, never edited. `received_at` is ours and orders everything; `device_at` is shown.

    A danger is announced once: `announce_at` is when (a silenced device: at its silence's end), `announced_at` done.
    """

    __tablename__ = "signals"
    __table_args__ = (
        Index("ix_signals_device_id", "device_id", "received_at", postgresql_where=text("device_id IS NOT NULL")),
        Index("ix_signals_received_at", "received_at", postgresql_using="brin"),
        Index(
            "ix_signals_due", "announce_at", postgresql_where=text("announce_at IS NOT NULL AND announced_at IS NULL")
        ),
        Index("ix_signals_rises", "received_at", postgresql_where=text("is_danger")),
        Index("ix_signals_danger", "transmitter_id", "received_at", postgresql_where=text("is_danger")),
    )
    received_at: Mapped[datetime]
    device_at: Mapped[datetime | None]
    transmitter_id: Mapped[UUID] = mapped_column(ForeignKey("transmitters.id"))
    device_id: Mapped[UUID | None] = mapped_column(ForeignKey("devices.id"))
    frame_id: Mapped[UUID | None]
    type: Mapped[int]
    bits: Mapped[int | None]
    category: Mapped[str | None]
    evidence: Mapped[str | None]
    decoded: Mapped[dict[str, Any]] = mapped_column(default=dict)
    is_danger: Mapped[bool] = mapped_column(default=False)
    is_verified: Mapped[bool] = mapped_column(default=True)
    is_test: Mapped[bool] = mapped_column(default=False)
    announce_at: Mapped[datetime | None]
    announced_at: Mapped[datetime | None]


class RawFrame(Base):
    """The bytes as they came, one day long; a partition per day. `outcome`: stored, resent, denied, failed, answer."""

    __tablename__ = "frames"
    __table_args__ = (
        Index("ix_frames_transmitter_id", "transmitter_id", "received_at"),
        {"postgresql_partition_by": "RANGE (received_at)"},
    )
    received_at: Mapped[datetime] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    transmitter_id: Mapped[UUID | None]
    peer: Mapped[str]
    raw: Mapped[bytes]
    outcome: Mapped[str]
    serial: Mapped[int]
    adu_hash: Mapped[int] = mapped_column(BigInteger)
    problems: Mapped[str] = mapped_column(default="")


# One measured value each; a partition per day, BRIN over time, no key: a replay may say the same thing twice.
# `value` is in the metric's unit (codes.QUANTITIES).
readings = Table(
    "readings",
    Base.metadata,
    Column("received_at", DateTime(timezone=True), nullable=False),
    Column("device_id", Uuid, nullable=False),
    Column("metric", Text, nullable=False),
    Column("value", Float, nullable=False),
    Column("device_at", DateTime(timezone=True)),
    Index("ix_readings_received_at", "received_at", postgresql_using="brin"),
    postgresql_partition_by="RANGE (received_at)",
)


class LatestReading(Base):
    """The newest value of each metric of a device: what is shown, with its age."""

    __tablename__ = "latest_readings"
    device_id: Mapped[UUID] = mapped_column(ForeignKey("devices.id"), primary_key=True)
    metric: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[float]
    unit: Mapped[str]
    received_at: Mapped[datetime]
    device_at: Mapped[datetime | None]


class Fault(Row):
    """A device, a line or a transmitter that does not work, until it recovers. At most one open of a kind each.

    `is_untold`: its opening or its recovery waits for the next round of notices.
    """

    __tablename__ = "faults"
    __table_args__ = (
        Index(
            "uq_faults_open",
            "transmitter_id", "device_id", "kind",
            unique=True, postgresql_where=text("recovered_at IS NULL"), postgresql_nulls_not_distinct=True,
        ),
        Index("ix_faults_opened_at", "opened_at"),
        Index("ix_faults_untold", "id", postgresql_where=text("is_untold")),
        Index("ix_faults_scope_path", "scope_path", **_PATHS),
    )  # fmt: skip
    transmitter_id: Mapped[UUID] = mapped_column(ForeignKey("transmitters.id"))
    device_id: Mapped[UUID | None] = mapped_column(ForeignKey("devices.id"))
    building_id: Mapped[UUID | None]
    kind: Mapped[str]
    words_zh: Mapped[str]
    words_en: Mapped[str]
    scope_path: Mapped[str]
    opened_at: Mapped[datetime]
    recovered_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]
    is_untold: Mapped[bool] = mapped_column(default=True)


class QuarantinedFrame(Row):
    """A frame of nobody we know: kept for an administrator to say whose it is."""

    __tablename__ = "quarantined_frames"
    __table_args__ = (Index("ix_quarantined_frames_peer", "peer", "source_address"),)
    received_at: Mapped[datetime]
    peer: Mapped[str]
    local_port: Mapped[int]
    source_address: Mapped[int] = mapped_column(BigInteger)
    destination: Mapped[int] = mapped_column(BigInteger)
    raw: Mapped[bytes]
    has_fire: Mapped[bool] = mapped_column(default=False)
    told_at: Mapped[datetime | None]
