"""Units and their premises."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backend.kernel.db import Row
from backend.places.models import Area, Building


class Unit(Row):
    """A company, shop, school or office. `phone` is its public number; people hold roles on it."""

    __tablename__ = "units"
    area_id: Mapped[UUID] = mapped_column(ForeignKey("areas.id"), index=True)
    name: Mapped[str]
    name_en: Mapped[str] = mapped_column(default="")
    kind: Mapped[str]
    phone: Mapped[str] = mapped_column(default="")
    area: Mapped[Area] = relationship(lazy="raise")
    premises: Mapped[list[UnitPremises]] = relationship(lazy="raise", order_by="UnitPremises.from_ordinal")


class UnitPremises(Row):
    """The floors a unit holds in a building, by ordinal; the path is the building's."""

    __tablename__ = "unit_premises"
    __table_args__ = (
        CheckConstraint("from_ordinal <= to_ordinal", name="floors"),
        Index("ix_unit_premises_scope_path", "scope_path", postgresql_ops={"scope_path": "text_pattern_ops"}),
    )
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("units.id"), index=True)
    building_id: Mapped[UUID] = mapped_column(ForeignKey("buildings.id"), index=True)
    from_ordinal: Mapped[int]
    to_ordinal: Mapped[int]
    scope_path: Mapped[str]
    building: Mapped[Building] = relationship(lazy="raise")
