"""Tables of transfers: imports and exports of estates."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "transfers",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("person_id", sa.Uuid, sa.ForeignKey("people.id", name="fk_transfers_person_id"), nullable=False),
        sa.Column("estate_id", sa.Uuid, sa.ForeignKey("estates.id", name="fk_transfers_estate_id")),
        sa.Column("files", pg.JSONB, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("is_unmasked", sa.Boolean, nullable=False),
        sa.Column("counts", pg.JSONB, nullable=False),
        sa.Column("errors", pg.JSONB, nullable=False),
        sa.Column("error_count", sa.Integer, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("lease_until", TIME),
        sa.Column("files_until", TIME),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("finished_at", TIME),
        sa.CheckConstraint("kind IN ('import', 'export')", name="ck_transfers_kind"),
        sa.CheckConstraint("state IN ('queued', 'running', 'done', 'refused', 'failed')", name="ck_transfers_state"),
    )
    op.create_index(
        "ix_transfers_open", "transfers", ["created_at"], postgresql_where=sa.text("state IN ('queued', 'running')")
    )
    op.create_index("ix_transfers_person_id", "transfers", ["person_id"])


def downgrade() -> None:
    op.drop_table("transfers")
