"""What rose within the last hour is looked for every few seconds: dangers and faults by their time."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_signals_rises", "signals", ["received_at"], postgresql_where=sa.text("is_danger"))
    op.create_index("ix_faults_opened_at", "faults", ["opened_at"])


def downgrade() -> None:
    op.drop_index("ix_faults_opened_at", "faults")
    op.drop_index("ix_signals_rises", "signals")
