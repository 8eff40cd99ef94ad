"""Tables of notifications: notices, deliveries, push subscriptions, preferences."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
STATES = "'queued', 'accepted', 'received', 'shown', 'opened', 'answered', 'failed', 'gone', 'expired'"

# A queue in a table lives by vacuum: leases and marks change every row a few times. Free room in each page lets
# a lease stay in its page (no index touched), and vacuum comes after 2 % dead rows instead of 20.
TUNING = """
ALTER TABLE deliveries SET (
  fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000,
  autovacuum_vacuum_insert_scale_factor = 0.1, autovacuum_analyze_scale_factor = 0.05,
  autovacuum_vacuum_cost_delay = 1
)
"""


def upgrade() -> None:
    op.create_table(
        "notices",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("subject_kind", sa.Text, nullable=False),
        sa.Column("subject_id", sa.Uuid, nullable=False),
        sa.Column("step", sa.Text, nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("params", pg.JSONB, nullable=False),
        sa.Column("urgency", sa.Text, nullable=False),
        sa.Column("sms", sa.Text, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("fallback_at", TIME),
        sa.Column("read_at", TIME),
        sa.Column("ended_at", TIME),
        sa.UniqueConstraint("subject_id", "step", "person_id", name="uq_notices_subject_id_step_person_id"),
        sa.CheckConstraint("urgency IN ('alarm', 'normal')", name="ck_notices_urgency"),
        sa.CheckConstraint("sms IN ('now', 'fallback', 'never')", name="ck_notices_sms"),
    )
    op.create_index("ix_notices_person_id_id", "notices", ["person_id", "id"])
    waiting = sa.text("fallback_at IS NOT NULL")
    op.create_index("ix_notices_fallback_at", "notices", ["fallback_at"], postgresql_where=waiting)
    _deliveries()
    _subscriptions()


def _deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column(
            "notice_id",
            sa.Uuid,
            sa.ForeignKey("notices.id", name="fk_deliveries_notice_id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("endpoint_id", sa.Uuid),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("priority", sa.Integer, nullable=False),
        sa.Column("is_short", sa.Boolean, nullable=False),
        sa.Column("next_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("lease_owner", sa.Uuid),
        sa.Column("lease_until", TIME),
        *(sa.Column(f"{state}_at", TIME) for state in ("accepted", "received", "shown", "opened", "answered")),
        sa.Column("error", sa.Text),
        sa.UniqueConstraint(
            "notice_id",
            "channel",
            "endpoint_id",
            name="uq_deliveries_notice_id_channel_endpoint_id",
            postgresql_nulls_not_distinct=True,
        ),
        sa.CheckConstraint(f"state IN ({STATES})", name="ck_deliveries_state"),
        sa.CheckConstraint("channel IN ('push', 'sms')", name="ck_deliveries_channel"),
    )
    queued = sa.text("state = 'queued'")
    op.create_index("ix_deliveries_due", "deliveries", ["priority", "next_at", "id"], postgresql_where=queued)
    op.execute(TUNING)


def _subscriptions() -> None:
    op.create_table(
        "push_subscriptions",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("session_id", sa.Uuid),
        sa.Column("endpoint", sa.Text, nullable=False),
        sa.Column("p256dh", sa.Text, nullable=False),
        sa.Column("auth", sa.Text, nullable=False),
        sa.Column("user_agent", sa.Text, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("seen_at", TIME, nullable=False),
        sa.Column("proved_at", TIME),
        sa.Column("gone_at", TIME),
        sa.Column("gone_reason", sa.Text),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.UniqueConstraint("endpoint", name="uq_push_subscriptions_endpoint"),
    )
    live = sa.text("gone_at IS NULL")
    for column in ("person_id", "session_id"):
        op.create_index(f"ix_push_subscriptions_{column}", "push_subscriptions", [column], postgresql_where=live)
    op.create_table(
        "preferences",
        sa.Column("person_id", sa.Uuid, primary_key=True),
        sa.Column("quiet_from", sa.Integer),
        sa.Column("quiet_until", sa.Integer),
    )


def downgrade() -> None:
    for table in ("preferences", "push_subscriptions", "deliveries", "notices"):
        op.drop_table(table)
