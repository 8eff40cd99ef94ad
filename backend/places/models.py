"""Areas by GB/T 2260 codes, estates, buildings, floors, dwellings; who lives where, and who needs help to leave.

Every place carries its `scope_path`.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backend.accounts.models import Person
from backend.kernel import clock
from backend.kernel.db import Row
from backend.places.errors import ResidencyDecided


def path_index(table: str) -> Index:
    """Prefix search on `scope_path` whatever the database's collation is."""
    return Index(f"ix_{table}_scope_path", "scope_path", postgresql_ops={"scope_path": "text_pattern_ops"})


class Level(StrEnum):
    """Levels of the area tree, by the length of the code: 2, 4, 6 (GB/T 2260), 9, 12, and 15 for a grid cell."""

    PROVINCE = "province"
    CITY = "city"
    DISTRICT = "district"
    STREET = "street"
    COMMUNITY = "community"
    GRID = "grid"


CODE_LENGTH = {
    Level.PROVINCE: 2, Level.CITY: 4, Level.DISTRICT: 6, Level.STREET: 9, Level.COMMUNITY: 12, Level.GRID: 15,
}  # fmt: skip


class Kind(StrEnum):
    """高层, 裙房, 车库, 厂房, 单体."""

    TOWER = "tower"
    PODIUM = "podium"
    GARAGE = "garage"
    PLANT = "plant"
    HOUSE = "house"


class Area(Row):
    """A node of the area tree; its scope path is made of codes."""

    __tablename__ = "areas"
    __table_args__ = (path_index("areas"),)
    code: Mapped[str] = mapped_column(unique=True)
    level: Mapped[str]
    name: Mapped[str]
    name_en: Mapped[str] = mapped_column(default="")
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("areas.id"))
    scope_path: Mapped[str] = mapped_column(unique=True)


class Estate(Row):
    """A housing estate (小区) or a stretch of street. `has_property`: somebody manages it and admits its residents."""

    __tablename__ = "estates"
    __table_args__ = (path_index("estates"),)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("areas.id"), index=True)
    name: Mapped[str]
    name_en: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")
    lat: Mapped[float]
    lon: Mapped[float]
    has_property: Mapped[bool] = mapped_column(default=True)
    scope_path: Mapped[str] = mapped_column(unique=True)
    area: Mapped[Area] = relationship(lazy="raise")


class Building(Row):
    """A building of any kind. Positions are WGS 84. `plan` fills the words for a floor: stairs, meeting point, exit."""

    __tablename__ = "buildings"
    __table_args__ = (
        path_index("buildings"),
        CheckConstraint("kind IN ('tower', 'podium', 'garage', 'plant', 'house')", name="kind"),
    )
    estate_id: Mapped[UUID | None] = mapped_column(ForeignKey("estates.id"), index=True)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("areas.id"), index=True)
    name: Mapped[str]
    name_en: Mapped[str] = mapped_column(default="")
    kind: Mapped[str]
    lat: Mapped[float]
    lon: Mapped[float]
    plan: Mapped[dict[str, Any]] = mapped_column(default=dict)
    qr_secret: Mapped[bytes] = mapped_column(default=lambda: secrets.token_bytes(16))
    scope_path: Mapped[str] = mapped_column(unique=True)
    estate: Mapped[Estate | None] = relationship(lazy="raise")

    def revoke_codes(self) -> None:
        """All QR codes that hang in the building stop working at once."""
        self.qr_secret = secrets.token_bytes(16)


class BuildingJoin(Row):
    """Two buildings that share air, stairs or structure; written once, read both ways."""

    __tablename__ = "building_joins"
    __table_args__ = (UniqueConstraint("a_id", "b_id"), CheckConstraint("a_id <> b_id", name="other"))
    a_id: Mapped[UUID] = mapped_column(ForeignKey("buildings.id"))
    b_id: Mapped[UUID] = mapped_column(ForeignKey("buildings.id"), index=True)
    how: Mapped[str] = mapped_column(default="structure")


class Gate(Row):
    """A way into an estate; `is_fire_lane` where an engine can drive in."""

    __tablename__ = "gates"
    estate_id: Mapped[UUID] = mapped_column(ForeignKey("estates.id"), index=True)
    name: Mapped[str]
    name_en: Mapped[str] = mapped_column(default="")
    lat: Mapped[float]
    lon: Mapped[float]
    is_fire_lane: Mapped[bool] = mapped_column(default=False)


class Hydrant(Row):
    """An outside hydrant, or an inlet to which engines connect (kind pillar, buried, wall, inlet)."""

    __tablename__ = "hydrants"
    estate_id: Mapped[UUID] = mapped_column(ForeignKey("estates.id"), index=True)
    label: Mapped[str]
    lat: Mapped[float]
    lon: Mapped[float]
    kind: Mapped[str] = mapped_column(default="pillar")


class Floor(Row):
    """One floor. `ordinal` counts (1 = ground, -1 = first cellar, never 0); `label` is only what the lift says."""

    __tablename__ = "floors"
    __table_args__ = (
        UniqueConstraint("building_id", "ordinal"),
        CheckConstraint("ordinal <> 0", name="ordinal"),
    )
    building_id: Mapped[UUID] = mapped_column(ForeignKey("buildings.id"))
    ordinal: Mapped[int]
    label: Mapped[str]
    is_refuge: Mapped[bool] = mapped_column(default=False)


class Dwelling(Row):
    """A flat behind one door (户). `household` is how many people its residents say live there."""

    __tablename__ = "dwellings"
    __table_args__ = (UniqueConstraint("building_id", "number"), path_index("dwellings"))
    building_id: Mapped[UUID] = mapped_column(ForeignKey("buildings.id"))
    floor_id: Mapped[UUID] = mapped_column(ForeignKey("floors.id"), index=True)
    number: Mapped[str]
    household: Mapped[int | None]
    scope_path: Mapped[str] = mapped_column(unique=True)
    building: Mapped[Building] = relationship(lazy="raise")
    floor: Mapped[Floor] = relationship(lazy="raise")


class ResidencyState(StrEnum):
    ASKED = "asked"
    ADMITTED = "admitted"
    REFUSED = "refused"
    ENDED = "ended"


TRANSITIONS: dict[ResidencyState, set[ResidencyState]] = {
    ResidencyState.ASKED: {ResidencyState.ADMITTED, ResidencyState.REFUSED, ResidencyState.ENDED},
    ResidencyState.ADMITTED: {ResidencyState.ENDED},
    ResidencyState.REFUSED: set(),
    ResidencyState.ENDED: set(),
}


class Residency(Row):
    """One person's claim to live in a dwelling; a refused or ended one stays, a new claim is a new row."""

    __tablename__ = "residencies"
    __table_args__ = (
        Index(
            "uq_residencies_open", "dwelling_id", "person_id",
            unique=True, postgresql_where=text("state IN ('asked', 'admitted')"),
        ),
        Index("ix_residencies_person_id", "person_id"),
        CheckConstraint("state IN ('asked', 'admitted', 'refused', 'ended')", name="state"),
    )  # fmt: skip
    dwelling_id: Mapped[UUID] = mapped_column(ForeignKey("dwellings.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    state: Mapped[str] = mapped_column(default=ResidencyState.ASKED)
    asked_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    dwelling: Mapped[Dwelling] = relationship(lazy="raise")
    person: Mapped[Person] = relationship(lazy="raise")

    def move(self, to: ResidencyState, by: UUID | None) -> None:
        """Go on to `to`; raises ResidencyDecided with the state it is in when that way is closed."""
        if to not in TRANSITIONS[ResidencyState(self.state)]:
            raise ResidencyDecided(state=self.state)
        self.state, self.decided_at, self.decided_by = to, clock.now(), by


class NeedKind(StrEnum):
    MOBILITY = "mobility"
    HEARING = "hearing"
    SIGHT = "sight"
    OXYGEN = "oxygen"
    INFANT = "infant"
    OTHER = "other"


class Need(Row):
    """Somebody in a dwelling who needs help to leave; shown to responders floor by floor in a fire."""

    __tablename__ = "needs"
    __table_args__ = (
        CheckConstraint("kind IN ('mobility', 'hearing', 'sight', 'oxygen', 'infant', 'other')", name="kind"),
        CheckConstraint("people BETWEEN 1 AND 20", name="people"),
    )
    dwelling_id: Mapped[UUID] = mapped_column(ForeignKey("dwellings.id"), index=True)
    label: Mapped[str]
    kind: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    people: Mapped[int] = mapped_column(default=1)
