"""Tables of units and stations."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
PREFIX = {"scope_path": "text_pattern_ops"}


def _id() -> sa.Column:
    return sa.Column("id", sa.Uuid, primary_key=True)


def _to(name: str, table: str) -> sa.Column:
    return sa.Column(name, sa.Uuid, sa.ForeignKey(f"{table}.id"), nullable=False)


def _text(name: str) -> sa.Column:
    return sa.Column(name, sa.Text, nullable=False)


def _number(name: str) -> sa.Column:
    return sa.Column(name, sa.Integer, nullable=False)


def upgrade() -> None:
    op.create_table(
        "units", _id(), _to("area_id", "areas"), _text("name"), _text("name_en"), _text("kind"), _text("phone")
    )
    op.create_index("ix_units_area_id", "units", ["area_id"])
    op.create_table(
        "unit_premises",
        _id(), _to("unit_id", "units"), _to("building_id", "buildings"), _number("from_ordinal"),
        _number("to_ordinal"), _text("scope_path"),
        sa.CheckConstraint("from_ordinal <= to_ordinal", name=op.f("ck_unit_premises_floors")),
    )  # fmt: skip
    for column in ("unit_id", "building_id"):
        op.create_index(f"ix_unit_premises_{column}", "unit_premises", [column])
    op.create_index("ix_unit_premises_scope_path", "unit_premises", ["scope_path"], postgresql_ops=PREFIX)
    _stations()
    _shifts()


def _stations() -> None:
    op.create_table(
        "stations",
        _id(), _text("name"), _text("name_en"), _text("kind"), sa.Column("lat", sa.Float, nullable=False),
        sa.Column("lon", sa.Float, nullable=False), sa.Column("phone_encrypted", sa.LargeBinary), _text("scope_path"),
        sa.CheckConstraint("kind IN ('micro', 'police', 'brigade')", name=op.f("ck_stations_kind")),
        sa.UniqueConstraint("scope_path", name="uq_stations_scope_path"),
    )  # fmt: skip
    op.create_index("ix_stations_scope_path", "stations", ["scope_path"], postgresql_ops=PREFIX)
    op.create_table(
        "station_cover",
        _id(), _to("station_id", "stations"), _to("estate_id", "estates"),
        sa.UniqueConstraint("station_id", "estate_id", name="uq_station_cover_station_id_estate_id"),
    )  # fmt: skip
    op.create_index("ix_station_cover_estate_id", "station_cover", ["estate_id"])


def _shifts() -> None:
    op.create_table(
        "shifts",
        _id(), _text("duty"), _text("scope_kind"), sa.Column("scope_id", sa.Uuid, nullable=False),
        _to("person_id", "people"), sa.Column("starts_at", TIME, nullable=False),
        sa.Column("ends_at", TIME, nullable=False),
        sa.CheckConstraint("duty IN ('control_room', 'station', 'property')", name=op.f("ck_shifts_duty")),
        sa.CheckConstraint("scope_kind IN ('estate', 'station', 'unit')", name=op.f("ck_shifts_scope_kind")),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_shifts_length")),
    )  # fmt: skip
    op.create_index("ix_shifts_person_id", "shifts", ["person_id"])
    op.create_index("ix_shifts_scope_id_duty_ends_at", "shifts", ["scope_id", "duty", "ends_at"])


def downgrade() -> None:
    for table in ("shifts", "station_cover", "stations", "unit_premises", "units"):
        op.drop_table(table)
