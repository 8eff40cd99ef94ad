"""Tables of accounts: people, one-time codes, wrong guesses, sessions, grants."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
LIVE = sa.text("ended_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "people",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("phone_encrypted", sa.LargeBinary, nullable=False),
        sa.Column("phone_index", sa.LargeBinary, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("is_large", sa.Boolean, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("confirmed_at", TIME),
        sa.UniqueConstraint("phone_index", name="uq_people_phone_index"),
        sa.CheckConstraint("language IN ('zh', 'en')", name="ck_people_language"),
    )
    op.create_table(
        "sign_in_codes",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("phone_index", sa.LargeBinary, nullable=False),
        sa.Column("code_hash", sa.LargeBinary, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("used_at", TIME),
    )
    op.create_index("ix_sign_in_codes_phone_index_created_at", "sign_in_codes", ["phone_index", "created_at"])
    op.create_index("ix_sign_in_codes_address_created_at", "sign_in_codes", ["address", "created_at"])
    op.create_index("ix_sign_in_codes_created_at", "sign_in_codes", ["created_at"])
    op.create_table(
        "wrong_guesses",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("phone_index", sa.LargeBinary, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("at", TIME, nullable=False),
    )
    op.create_index("ix_wrong_guesses_phone_index_address_at", "wrong_guesses", ["phone_index", "address", "at"])
    op.create_index("ix_wrong_guesses_at", "wrong_guesses", ["at"])
    _sessions()
    _grants()


def _sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("token_hash", sa.LargeBinary, nullable=False),
        sa.Column("person_id", sa.Uuid, sa.ForeignKey("people.id", name="fk_sessions_person_id"), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("seen_at", TIME, nullable=False),
        sa.Column("user_agent", sa.Text, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("ended_at", TIME),
        sa.Column("expires_at", TIME, nullable=False),
        sa.UniqueConstraint("token_hash", name="uq_sessions_token_hash"),
    )
    op.create_index("ix_sessions_live", "sessions", ["person_id"], postgresql_where=LIVE)


def _grants() -> None:
    op.create_table(
        "grants",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("person_id", sa.Uuid, sa.ForeignKey("people.id", name="fk_grants_person_id"), nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("scope_kind", sa.Text, nullable=False),
        sa.Column("scope_id", sa.Uuid),
        sa.Column("scope_name", sa.Text, nullable=False),
        sa.Column("paths", pg.ARRAY(sa.Text), nullable=False),
        sa.Column("building_paths", pg.ARRAY(sa.Text), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("created_by", sa.Uuid),
        sa.Column("ended_at", TIME),
    )
    op.create_index("ix_grants_paths", "grants", ["paths"], postgresql_using="gin")
    op.create_index("ix_grants_building_paths", "grants", ["building_paths"], postgresql_using="gin")
    op.create_index("ix_grants_scope", "grants", ["scope_kind", "scope_id"])
    op.create_index("ix_grants_person_id", "grants", ["person_id"])
    op.create_index(
        "uq_grants_live", "grants", ["person_id", "role", "scope_kind", "scope_id"],
        unique=True, postgresql_where=LIVE, postgresql_nulls_not_distinct=True,
    )  # fmt: skip


def downgrade() -> None:
    for table in ("grants", "sessions", "wrong_guesses", "sign_in_codes", "people"):
        op.drop_table(table)
