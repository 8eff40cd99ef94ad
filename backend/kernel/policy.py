"""Policies: limits and rules as rows, per place. The most specific row wins, then the declared default."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from backend.kernel import access, audit, clock, db, scope
from backend.kernel.db import Row
from backend.kernel.errors import NotFound


class Policy(Row):
    """One value of a policy for all that lies at or under `scope_path`."""

    __tablename__ = "policies"
    __table_args__ = (UniqueConstraint("name", "scope_path"),)
    name: Mapped[str]
    scope_path: Mapped[str]
    value: Mapped[Any] = mapped_column(JSONB)
    changed_at: Mapped[datetime]
    changed_by: Mapped[UUID | None]


@dataclass(frozen=True)
class Declared:
    name: str
    default: Any
    help: str
    least: float = 0
    most: float = 1_000_000


declared: dict[str, Declared] = {}


def declare(name: str, default: Any, help: str, least: float = 0, most: float = 1_000_000) -> str:
    """Make a policy known; `help` says what it means and its unit, numbers lie from least to most. Returns the name."""
    declared[name] = Declared(name, default, help, least, most)
    return name


def get(name: str, scope_path: str = scope.ROOT) -> Any:
    """The value that holds at `scope_path`."""
    rows = db.session().execute(
        select(Policy.scope_path, Policy.value).where(
            Policy.name == name, Policy.scope_path.in_(scope.ancestors(scope_path))
        )
    )
    best = max(rows, key=lambda row: len(row.scope_path), default=None)
    return best.value if best else declared[name].default


def put(name: str, scope_path: str, value: Any) -> Policy:
    """Set a policy for a place; audited. Unknown names are refused."""
    if name not in declared:
        raise NotFound(name=name)
    row = db.session().scalar(select(Policy).where(Policy.name == name, Policy.scope_path == scope_path))
    before = row.value if row else declared[name].default
    if row is None:
        row = Policy(name=name, scope_path=scope_path)
        db.session().add(row)
    who = access.current()
    row.value, row.changed_at, row.changed_by = value, clock.now(), who.person_id if who else None
    audit.record("policies.put", "policy", name, scope_path, before=before, after=value)
    return row
