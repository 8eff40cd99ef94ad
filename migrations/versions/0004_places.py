"""Tables of places."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def _id() -> sa.Column:
    return sa.Column("id", sa.Uuid, primary_key=True)


def _to(name: str, table: str, null: bool = False) -> sa.Column:
    return sa.Column(name, sa.Uuid, sa.ForeignKey(f"{table}.id"), nullable=null)


def _text(name: str) -> sa.Column:
    return sa.Column(name, sa.Text, nullable=False)


def _position() -> list[sa.Column]:
    return [sa.Column("lat", sa.Float, nullable=False), sa.Column("lon", sa.Float, nullable=False)]


def _path_index(table: str) -> None:
    op.create_unique_constraint(f"uq_{table}_scope_path", table, ["scope_path"])
    op.create_index(f"ix_{table}_scope_path", table, ["scope_path"], postgresql_ops={"scope_path": "text_pattern_ops"})


def upgrade() -> None:
    _areas()
    _buildings()
    _outside()
    _inside()
    _people()


def _areas() -> None:
    op.create_table(
        "areas",
        _id(), _text("code"), _text("level"), _text("name"), _text("name_en"),
        _to("parent_id", "areas", null=True), _text("scope_path"),
        sa.UniqueConstraint("code", name="uq_areas_code"),
    )  # fmt: skip
    _path_index("areas")
    op.create_table(
        "estates",
        _id(), _to("area_id", "areas"), _text("name"), _text("name_en"), _text("address"), *_position(),
        sa.Column("has_property", sa.Boolean, nullable=False), _text("scope_path"),
    )  # fmt: skip
    op.create_index("ix_estates_area_id", "estates", ["area_id"])
    _path_index("estates")


def _buildings() -> None:
    op.create_table(
        "buildings",
        _id(), _to("estate_id", "estates", null=True), _to("area_id", "areas"), _text("name"), _text("name_en"),
        _text("kind"), *_position(), sa.Column("plan", pg.JSONB, nullable=False),
        sa.Column("qr_secret", sa.LargeBinary, nullable=False), _text("scope_path"),
        sa.CheckConstraint("kind IN ('tower', 'podium', 'garage', 'plant', 'house')", name=op.f("ck_buildings_kind")),
    )  # fmt: skip
    op.create_index("ix_buildings_estate_id", "buildings", ["estate_id"])
    op.create_index("ix_buildings_area_id", "buildings", ["area_id"])
    _path_index("buildings")
    op.create_table(
        "building_joins",
        _id(), _to("a_id", "buildings"), _to("b_id", "buildings"), _text("how"),
        sa.UniqueConstraint("a_id", "b_id", name="uq_building_joins_a_id_b_id"),
        sa.CheckConstraint("a_id <> b_id", name=op.f("ck_building_joins_other")),
    )  # fmt: skip
    op.create_index("ix_building_joins_b_id", "building_joins", ["b_id"])


def _outside() -> None:
    op.create_table(
        "gates",
        _id(), _to("estate_id", "estates"), _text("name"), _text("name_en"), *_position(),
        sa.Column("is_fire_lane", sa.Boolean, nullable=False),
    )  # fmt: skip
    op.create_index("ix_gates_estate_id", "gates", ["estate_id"])
    op.create_table("hydrants", _id(), _to("estate_id", "estates"), _text("label"), *_position(), _text("kind"))
    op.create_index("ix_hydrants_estate_id", "hydrants", ["estate_id"])


def _inside() -> None:
    op.create_table(
        "floors",
        _id(), _to("building_id", "buildings"), sa.Column("ordinal", sa.Integer, nullable=False), _text("label"),
        sa.Column("is_refuge", sa.Boolean, nullable=False),
        sa.UniqueConstraint("building_id", "ordinal", name="uq_floors_building_id_ordinal"),
        sa.CheckConstraint("ordinal <> 0", name=op.f("ck_floors_ordinal")),
    )  # fmt: skip
    op.create_table(
        "dwellings",
        _id(), _to("building_id", "buildings"), _to("floor_id", "floors"), _text("number"),
        sa.Column("household", sa.Integer), _text("scope_path"),
        sa.UniqueConstraint("building_id", "number", name="uq_dwellings_building_id_number"),
    )  # fmt: skip
    op.create_index("ix_dwellings_floor_id", "dwellings", ["floor_id"])
    _path_index("dwellings")


def _people() -> None:
    op.create_table(
        "residencies",
        _id(), _to("dwelling_id", "dwellings"), _to("person_id", "people"), _text("state"),
        sa.Column("asked_at", TIME, nullable=False), sa.Column("decided_at", TIME), sa.Column("decided_by", sa.Uuid),
        sa.CheckConstraint("state IN ('asked', 'admitted', 'refused', 'ended')", name=op.f("ck_residencies_state")),
    )  # fmt: skip
    op.create_index("ix_residencies_person_id", "residencies", ["person_id"])
    op.create_index(
        "uq_residencies_open", "residencies", ["dwelling_id", "person_id"], unique=True,
        postgresql_where=sa.text("state IN ('asked', 'admitted')"),
    )  # fmt: skip
    kinds = "kind IN ('mobility', 'hearing', 'sight', 'oxygen', 'infant', 'other')"
    op.create_table(
        "needs",
        _id(), _to("dwelling_id", "dwellings"), _text("label"), _text("kind"), _text("note"),
        sa.Column("people", sa.Integer, nullable=False),
        sa.CheckConstraint(kinds, name=op.f("ck_needs_kind")),
        sa.CheckConstraint("people BETWEEN 1 AND 20", name=op.f("ck_needs_people")),
    )  # fmt: skip
    op.create_index("ix_needs_dwelling_id", "needs", ["dwelling_id"])


TABLES = "needs residencies dwellings floors hydrants gates building_joins buildings estates areas"


def downgrade() -> None:
    for table in TABLES.split():
        op.drop_table(table)
