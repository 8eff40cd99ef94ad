"""What people answer: incidents with their evidence, timeline, limits, responders, roll call and rings."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backend.incidents.states import OPEN, TRANSITIONS, Category, State, VerifiedBy
from backend.kernel.db import Base, Row
from backend.places.models import Building, Dwelling, Estate

__all__ = ["OPEN", "TRANSITIONS", "Category", "State", "VerifiedBy"]


def _one_of(column: str, values: Any) -> str:
    return f"{column} IN ({', '.join(repr(str(value)) for value in values)})"


class Incident(Row):
    """One 警情. Its columns are the Snapshot of states.py; they change only by what `transitions.step` answers."""

    __tablename__ = "incidents"
    __table_args__ = (
        Index("ix_incidents_alive", "estate_id", postgresql_where=text("state <> 'closed'")),
        Index("ix_incidents_building_id", "building_id"),
        Index("ix_incidents_closed_at", "closed_at"),
        CheckConstraint(_one_of("category", Category), "category"),
        CheckConstraint(_one_of("state", State), "state"),
        CheckConstraint(_one_of("verified_by", VerifiedBy), "verified_by"),
        CheckConstraint("ring BETWEEN -1 AND 2", "ring"),
    )
    category: Mapped[str]
    state: Mapped[str]
    verified_by: Mapped[str | None]
    is_exercise: Mapped[bool] = mapped_column(default=False)
    is_test: Mapped[bool] = mapped_column(default=False)
    is_anonymous: Mapped[bool] = mapped_column(default=False)
    is_extended: Mapped[bool] = mapped_column(default=False)
    is_source_verified: Mapped[bool] = mapped_column(default=False)
    estate_id: Mapped[UUID | None] = mapped_column(ForeignKey("estates.id"))
    building_id: Mapped[UUID | None] = mapped_column(ForeignKey("buildings.id"))
    dwelling_id: Mapped[UUID | None] = mapped_column(ForeignKey("dwellings.id"))
    scope_path: Mapped[str]
    opened_at: Mapped[datetime]
    case_at: Mapped[datetime]
    clock_at: Mapped[datetime]
    evidence_at: Mapped[datetime]
    acknowledged_at: Mapped[datetime | None]
    arrived_at: Mapped[datetime | None]
    attacked_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    watching_at: Mapped[datetime | None]
    controlled_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    not_before: Mapped[datetime | None]
    round: Mapped[int] = mapped_column(default=0)
    ring: Mapped[int] = mapped_column(default=-1)
    dismissed_by: Mapped[UUID | None]
    signal_count: Mapped[int] = mapped_column(default=0)
    last_signal_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=0)
    cause: Mapped[str | None]
    grade: Mapped[str | None]
    loss: Mapped[str | None]
    note: Mapped[str | None]
    estate: Mapped[Estate | None] = relationship(lazy="joined")
    building: Mapped[Building | None] = relationship(lazy="joined")
    dwelling: Mapped[Dwelling | None] = relationship(lazy="select")
    floors: Mapped[list[IncidentFloor]] = relationship(lazy="selectin", order_by="IncidentFloor.ordinal")
    scopes: Mapped[list[IncidentScope]] = relationship(lazy="select")


class IncidentFloor(Base):
    """A floor that reported; `label` as it was then."""

    __tablename__ = "incident_floors"
    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incidents.id"), primary_key=True)
    ordinal: Mapped[int] = mapped_column(primary_key=True)
    floor_id: Mapped[UUID | None] = mapped_column(ForeignKey("floors.id"))
    label: Mapped[str]


class IncidentScope(Base):
    """A place whose people see it: own from the first second, joined and next once it is confirmed."""

    __tablename__ = "incident_scopes"
    __table_args__ = (
        Index("ix_incident_scopes_scope_path", "scope_path", postgresql_ops={"scope_path": "text_pattern_ops"}),
        CheckConstraint("kind IN ('own', 'joined', 'next')", "kind"),
    )
    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incidents.id"), primary_key=True)
    scope_path: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(default="own")


class IncidentEntry(Row):
    """One line of the timeline, never edited. `actor` keeps the name and duty as they were."""

    __tablename__ = "incident_entries"
    __table_args__ = (Index("ix_incident_entries_incident_id_at", "incident_id", "at"),)
    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incidents.id"))
    at: Mapped[datetime]
    verb: Mapped[str]
    branch: Mapped[str]
    person_id: Mapped[UUID | None]
    actor: Mapped[dict[str, Any]] = mapped_column(default=dict)
    params: Mapped[dict[str, Any]] = mapped_column(default=dict)


class IncidentEvidence(Row):
    """What speaks for it or against it: a point that reported (once a round, with its last moment), a person's word."""

    __tablename__ = "incident_evidence"
    __table_args__ = (UniqueConstraint("incident_id", "round", "point"),)
    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incidents.id"))
    round: Mapped[int]
    point: Mapped[str]
    kind: Mapped[str]
    at: Mapped[datetime]
    first_at: Mapped[datetime]
    times: Mapped[int] = mapped_column(default=1)
    signal_id: Mapped[UUID | None]
    transmitter_id: Mapped[UUID | None] = mapped_column(index=True)
    device_id: Mapped[UUID | None]
    person_id: Mapped[UUID | None]
    dwelling_id: Mapped[UUID | None]
    floor_ordinal: Mapped[int | None]
    label: Mapped[str] = mapped_column(default="")
    label_en: Mapped[str] = mapped_column(default="")
    evidence: Mapped[str] = mapped_column(default="suspect")
    words: Mapped[dict[str, Any]] = mapped_column(default=dict)
    counts: Mapped[bool] = mapped_column(default=False)
    is_source_verified: Mapped[bool] = mapped_column(default=True)
    is_household: Mapped[bool] = mapped_column(default=False)


class IncidentTimer(Base):
    """A limit that runs, one of a kind; the sweeper takes it when due. Done ones keep their last date."""

    __tablename__ = "incident_timers"
    __table_args__ = (Index("ix_incident_timers_due_at", "due_at", postgresql_where=text("done_at IS NULL")),)
    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incidents.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    due_at: Mapped[datetime]
    done_at: Mapped[datetime | None]


class Responder(Base):
    """One responder's own 1-3-5 in one case (a reopened incident is a new one)."""

    __tablename__ = "responders"
    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incidents.id"), primary_key=True)
    case_at: Mapped[datetime] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(default="")
    acknowledged_at: Mapped[datetime | None]
    arrived_at: Mapped[datetime | None]
    attacked_at: Mapped[datetime | None]
    metres: Mapped[int | None]


class RollCall(Base):
    """报平安: the last word of one person; the words before it are in the timeline, folded by door and minute."""

    __tablename__ = "roll_calls"
    __table_args__ = (
        Index("ix_roll_calls_dwelling_id", "dwelling_id"),
        CheckConstraint("status IN ('safe', 'help')", "status"),
    )
    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incidents.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    dwelling_id: Mapped[UUID | None] = mapped_column(ForeignKey("dwellings.id"))
    status: Mapped[str]
    people: Mapped[int | None]
    can_walk: Mapped[bool | None]
    smoke: Mapped[bool | None]
    at: Mapped[datetime]


class RingStep(Row):
    """One telling of many: ring 2, the next buildings, the end. One row with a cursor, expanded in chunks."""

    __tablename__ = "ring_steps"
    __table_args__ = (
        UniqueConstraint("incident_id", "step"),
        Index("ix_ring_steps_open", "due_at", postgresql_where=text("done_at IS NULL")),
    )
    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incidents.id"))
    step: Mapped[str]
    what: Mapped[str]
    ring: Mapped[int]
    round: Mapped[int]
    cursor: Mapped[int] = mapped_column(default=0)
    told: Mapped[int] = mapped_column(default=0)
    params: Mapped[dict[str, Any]] = mapped_column(default=dict)
    due_at: Mapped[datetime]
    done_at: Mapped[datetime | None]


class Dismissal(Row):
    """Somebody held it for false, and why: listed to the inspector with its person's rate."""

    __tablename__ = "dismissals"
    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incidents.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(index=True)
    at: Mapped[datetime]
    reason: Mapped[str]
    at_scene: Mapped[bool]
    note: Mapped[str | None]
    was_confirmed: Mapped[bool] = mapped_column(default=False)
    approved_by: Mapped[UUID | None]
    approved_at: Mapped[datetime | None]


class Call(Row):
    """A "fire here" as it came in, also the muted ones: never refused, never lost."""

    __tablename__ = "incident_calls"
    __table_args__ = (Index("ix_incident_calls_address", "address", "at"),)
    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incidents.id"), index=True)
    at: Mapped[datetime]
    person_id: Mapped[UUID | None]
    address: Mapped[bytes | None]
    building_id: Mapped[UUID | None] = mapped_column(ForeignKey("buildings.id"), index=True)
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    note: Mapped[str | None]
    is_muted: Mapped[bool] = mapped_column(default=False)
