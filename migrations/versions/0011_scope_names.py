"""The English name of what a role is held on, as it is when the role is given."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

NAMED = {"area": "areas", "estate": "estates", "building": "buildings", "station": "stations", "unit": "units"}
GRANTS = sa.table("grants", sa.column("scope_kind"), sa.column("scope_id"), sa.column("scope_name_en"))


def upgrade() -> None:
    # The default is for the rows that are there; the program always says it.
    op.add_column("grants", sa.Column("scope_name_en", sa.Text, nullable=False, server_default=""))
    op.alter_column("grants", "scope_name_en", server_default=None)
    for kind, name in NAMED.items():
        place = sa.table(name, sa.column("id"), sa.column("name_en"))
        of_kind = (GRANTS.c.scope_kind == kind) & (GRANTS.c.scope_id == place.c.id)
        op.execute(sa.update(GRANTS).values(scope_name_en=place.c.name_en).where(of_kind))
    op.execute(
        "UPDATE grants g SET scope_name_en = b.name_en || ' ' || d.number FROM dwellings d "
        "JOIN buildings b ON b.id = d.building_id "
        "WHERE g.scope_kind = 'dwelling' AND d.id = g.scope_id AND b.name_en <> ''"
    )
    op.execute("UPDATE grants SET scope_name_en = 'Everything' WHERE scope_kind = 'all'")


def downgrade() -> None:
    op.drop_column("grants", "scope_name_en")
