"""Stations, what they cover, and shifts."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.kernel import crypt
from backend.kernel.db import Row
from backend.kernel.text import mask_phone
from backend.places.service import gcj


class StationKind(StrEnum):
    MICRO = "micro"
    POLICE = "police"
    BRIGADE = "brigade"


class Duty(StrEnum):
    """What a shift is for: who must hear an alarm first."""

    CONTROL_ROOM = "control_room"
    STATION = "station"
    PROPERTY = "property"


class Station(Row):
    """A micro fire station, police station or brigade. Its duty telephone is stored encrypted."""

    __tablename__ = "stations"
    __table_args__ = (
        CheckConstraint("kind IN ('micro', 'police', 'brigade')", name="kind"),
        Index("ix_stations_scope_path", "scope_path", postgresql_ops={"scope_path": "text_pattern_ops"}),
    )
    name: Mapped[str]
    name_en: Mapped[str] = mapped_column(default="")
    kind: Mapped[str]
    lat: Mapped[float]
    lon: Mapped[float]
    phone_encrypted: Mapped[bytes | None]
    scope_path: Mapped[str] = mapped_column(unique=True)

    @property
    def phone(self) -> str | None:
        return crypt.decrypt(self.phone_encrypted) if self.phone_encrypted else None

    @property
    def phone_masked(self) -> str | None:
        return mask_phone(self.phone) if self.phone else None

    @property
    def gcj(self) -> dict[str, float]:
        """Where China's map apps find it."""
        return gcj(self.lat, self.lon)


class StationCover(Row):
    """A station answers for an estate."""

    __tablename__ = "station_cover"
    __table_args__ = (UniqueConstraint("station_id", "estate_id"),)
    station_id: Mapped[UUID] = mapped_column(ForeignKey("stations.id"))
    estate_id: Mapped[UUID] = mapped_column(ForeignKey("estates.id"), index=True)


class Shift(Row):
    """One person's watch. `scope_kind` estate, station or unit says what `scope_id` is."""

    __tablename__ = "shifts"
    __table_args__ = (
        CheckConstraint("duty IN ('control_room', 'station', 'property')", name="duty"),
        CheckConstraint("scope_kind IN ('estate', 'station', 'unit')", name="scope_kind"),
        CheckConstraint("starts_at < ends_at", name="length"),
        Index(None, "scope_id", "duty", "ends_at"),
    )
    duty: Mapped[str]
    scope_kind: Mapped[str]
    scope_id: Mapped[UUID]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
