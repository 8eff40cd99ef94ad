"""Tables of the kernel: audit trail, idempotency keys, live stream, heartbeats, policies, egress rules."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)

# The audit trail is append only, for everybody, the owner of the tables included.
APPEND_ONLY = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append only', TG_TABLE_NAME; END $$
"""


def upgrade() -> None:
    op.create_table(
        "audit_entries",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("at", TIME, nullable=False),
        sa.Column("person_id", sa.Uuid),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("subject_kind", sa.Text, nullable=False),
        sa.Column("subject_id", sa.Text, nullable=False),
        sa.Column("scope_path", sa.Text, nullable=False),
        sa.Column("details", pg.JSONB, nullable=False),
    )
    op.create_index("ix_audit_entries_at", "audit_entries", ["at"])
    op.create_index("ix_audit_entries_person_id", "audit_entries", ["person_id"])
    op.execute(APPEND_ONLY)
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entries "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("owner", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("status", sa.Integer),
        sa.Column("answer", sa.LargeBinary),
        sa.Column("at", TIME, nullable=False),
    )
    op.create_index("ix_idempotency_keys_at", "idempotency_keys", ["at"])
    op.create_table(
        "stream_events",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("at", TIME, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("permission", sa.Text, nullable=False),
        sa.Column("paths", pg.ARRAY(sa.Text), nullable=False),
        sa.Column("people", pg.ARRAY(sa.Uuid), nullable=False),
        sa.Column("data", pg.JSONB, nullable=False),
    )
    op.create_index("ix_stream_events_at", "stream_events", ["at"])
    op.create_table(
        "heartbeats",
        sa.Column("process", sa.Text, primary_key=True),
        sa.Column("at", TIME, nullable=False),
        sa.Column("started_at", TIME, nullable=False),
        sa.Column("gap_s", sa.Float, nullable=False),
        sa.Column("gap_at", TIME),
        sa.Column("state", pg.JSONB, nullable=False),
    )
    op.create_table(
        "policies",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("scope_path", sa.Text, nullable=False),
        sa.Column("value", pg.JSONB, nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
        sa.Column("changed_by", sa.Uuid),
        sa.UniqueConstraint("name", "scope_path", name="uq_policies_name_scope_path"),
    )
    op.create_table(
        "egress_rules",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("host", sa.Text, nullable=False),
        sa.Column("port", sa.Integer, nullable=False),
        sa.Column("allows_http", sa.Boolean, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.UniqueConstraint("host", "port", name="uq_egress_rules_host_port"),
    )


def downgrade() -> None:
    for table in ("egress_rules", "policies", "heartbeats", "stream_events", "idempotency_keys", "audit_entries"):
        op.drop_table(table)
    op.execute("DROP FUNCTION refuse_change()")
