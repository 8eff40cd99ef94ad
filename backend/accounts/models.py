"""People, their one-time codes, sessions and grants."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from backend.kernel import clock, crypt
from backend.kernel.db import Row
from backend.kernel.text import mask_phone


class Person(Row):
    """Somebody with a phone number. The number is stored encrypted; `phone_index` finds it by the exact number."""

    __tablename__ = "people"
    __table_args__ = (CheckConstraint("language IN ('zh', 'en')", name="language"),)
    name: Mapped[str] = mapped_column(default="")
    phone_encrypted: Mapped[bytes]
    phone_index: Mapped[bytes] = mapped_column(unique=True)
    language: Mapped[str] = mapped_column(default="zh")
    is_large: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]

    @property
    def phone(self) -> str:
        """The number in the clear. Who shows it to somebody else audits the look."""
        return crypt.decrypt(self.phone_encrypted)

    @property
    def phone_masked(self) -> str:
        return mask_phone(self.phone)

    def confirm(self) -> None:
        """The first sign-in proves the number; an imported person is confirmed by it."""
        self.confirmed_at = self.confirmed_at or clock.now()


class SignInCode(Row):
    """One challenge. Also the record from which limits per number, address and day are counted."""

    __tablename__ = "sign_in_codes"
    __table_args__ = (
        Index(None, "phone_index", "created_at"),
        Index(None, "address", "created_at"),
        Index(None, "created_at"),
    )
    phone_index: Mapped[bytes]
    code_hash: Mapped[bytes]
    address: Mapped[str]
    tries: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class WrongGuess(Row):
    """One wrong code for a number from an address; slows that pair, nobody else."""

    __tablename__ = "wrong_guesses"
    __table_args__ = (Index(None, "phone_index", "address", "at"), Index(None, "at"))
    phone_index: Mapped[bytes]
    address: Mapped[str]
    at: Mapped[datetime]


class SignIn(Row):
    """A session: the cookie's hash, and the phone or terminal it was made on."""

    __tablename__ = "sessions"
    __table_args__ = (Index("ix_sessions_live", "person_id", postgresql_where=text("ended_at IS NULL")),)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    user_agent: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")
    ended_at: Mapped[datetime | None]
    expires_at: Mapped[datetime]


class Grant(Row):
    """A role held on a scope. `paths` are the scope's paths; `building_paths` the buildings above a dwelling."""

    __tablename__ = "grants"
    __table_args__ = (
        Index("ix_grants_paths", "paths", postgresql_using="gin"),
        Index("ix_grants_building_paths", "building_paths", postgresql_using="gin"),
        Index("ix_grants_scope", "scope_kind", "scope_id"),
        Index("ix_grants_person_id", "person_id"),
        Index(
            "uq_grants_live",
            "person_id", "role", "scope_kind", "scope_id",
            unique=True, postgresql_where=text("ended_at IS NULL"), postgresql_nulls_not_distinct=True,
        ),
    )  # fmt: skip
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    role: Mapped[str]
    scope_kind: Mapped[str]
    scope_id: Mapped[UUID | None]
    scope_name: Mapped[str] = mapped_column(default="")
    scope_name_en: Mapped[str] = mapped_column(default="")
    paths: Mapped[list[str]] = mapped_column(ARRAY(Text))
    building_paths: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None]
    ended_at: Mapped[datetime | None]
