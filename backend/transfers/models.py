"""One import or export: what was asked, where it stands, what went wrong in which row."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.kernel import clock
from backend.kernel.db import Row
from backend.kernel.errors import Conflict


class State(StrEnum):
    """`refused`: a row was wrong and nothing was taken over. `failed`: our fault, or the asker's role ended."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"


TRANSITIONS: dict[State, set[State]] = {
    State.QUEUED: {State.RUNNING},
    State.RUNNING: {State.QUEUED, State.DONE, State.REFUSED, State.FAILED},
    State.DONE: set(),
    State.REFUSED: set(),
    State.FAILED: set(),
}


class Transfer(Row):
    """`files` are the names that came in or go out; their contents lie encrypted in DATA_DIR until `files_until`.

    `errors` holds the first wrong rows: {file, row, column, zh, en}; `error_count` counts all.
    """

    __tablename__ = "transfers"
    __table_args__ = (
        CheckConstraint("kind IN ('import', 'export')", name="kind"),
        CheckConstraint("state IN ('queued', 'running', 'done', 'refused', 'failed')", name="state"),
        Index("ix_transfers_open", "created_at", postgresql_where=text("state IN ('queued', 'running')")),
        Index("ix_transfers_person_id", "person_id"),
    )
    kind: Mapped[str]
    state: Mapped[str] = mapped_column(default=State.QUEUED)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    estate_id: Mapped[UUID | None] = mapped_column(ForeignKey("estates.id"))
    files: Mapped[list[Any]] = mapped_column(default=list)
    reason: Mapped[str] = mapped_column(default="")
    is_unmasked: Mapped[bool] = mapped_column(default=False)
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    errors: Mapped[list[Any]] = mapped_column(default=list)
    error_count: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    files_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]

    def move(self, to: State) -> None:
        """Go on to `to`; Conflict when that way is closed."""
        if to not in TRANSITIONS[State(self.state)]:
            raise Conflict(state=self.state)
        self.state = to
        if not TRANSITIONS[to]:
            self.finished_at, self.lease_until = clock.now(), None
