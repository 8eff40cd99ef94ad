"""The English names of what reported: of evidence as it was then, and of transmitters."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

COLUMNS = (("incident_evidence", "label_en"), ("transmitters", "name_en"))


def upgrade() -> None:
    for table, column in COLUMNS:
        # The default is for the rows that are there; the program always says it.
        op.add_column(table, sa.Column(column, sa.Text, nullable=False, server_default=""))
        op.alter_column(table, column, server_default=None)


def downgrade() -> None:
    for table, column in COLUMNS:
        op.drop_column(table, column)
