"""The audit trail: append only. A trigger of migration 0001 refuses UPDATE and DELETE."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from backend.kernel import access, clock, db
from backend.kernel.db import Row


class AuditEntry(Row):
    """Who did what to whom, when. `person_id` is empty for what the system itself did."""

    __tablename__ = "audit_entries"
    at: Mapped[datetime] = mapped_column(index=True)
    person_id: Mapped[UUID | None] = mapped_column(index=True)
    action: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[str]
    scope_path: Mapped[str] = mapped_column(default="")
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)


def record(action: str, subject_kind: str, subject_id: object, scope_path: str = "", **details: Any) -> None:
    """Append an entry in this transaction."""
    who = access.current()
    db.session().add(
        AuditEntry(
            at=clock.now(),
            person_id=who.person_id if who else None,
            action=action,
            subject_kind=subject_kind,
            subject_id=str(subject_id),
            scope_path=scope_path,
            details=details,
        )
    )
