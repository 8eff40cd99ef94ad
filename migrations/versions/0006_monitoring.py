"""Tables of monitoring: transmitters, devices, their state, signals, frames, readings, faults, quarantine."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
PATHS = {"postgresql_ops": {"scope_path": "text_pattern_ops"}}


def _id() -> sa.Column:
    return sa.Column("id", sa.Uuid, primary_key=True)


def _to(name: str, table: str, null: bool = False, key: bool = False) -> sa.Column:
    return sa.Column(name, sa.Uuid, sa.ForeignKey(f"{table}.id"), nullable=null, primary_key=key)


def _text(*names: str, null: bool = False) -> list[sa.Column]:
    return [sa.Column(name, sa.Text, nullable=null) for name in names]


def _time(*names: str, null: bool = True) -> list[sa.Column]:
    return [sa.Column(name, TIME, nullable=null) for name in names]


def _number(*names: str, kind: type = sa.Integer) -> list[sa.Column]:
    return [sa.Column(name, kind, nullable=False) for name in names]


def _flag(*names: str) -> list[sa.Column]:
    return [sa.Column(name, sa.Boolean, nullable=False) for name in names]


def upgrade() -> None:
    _transmitters()
    _devices()
    _states()
    _signals()
    _raw()
    _readings()
    _faults()


def _transmitters() -> None:
    op.create_table(
        "transmitters",
        _id(), _to("estate_id", "estates"), _to("building_id", "buildings", null=True), *_text("name"),
        *_number("source_address", kind=sa.BigInteger), *_text("profile"), *_text("network", null=True),
        *_text("identity"), *_number("silent_after_s"), *_time("registered_at", null=False), *_text("state"),
        *_time("silent_since", "last_seen_at"), *_text("last_peer"),
        *_number("good", "denied", "resent", "quarantined", kind=sa.BigInteger),
        *_time("test_until"), sa.Column("test_by", sa.Uuid), *_text("scope_path"),
        sa.CheckConstraint("state IN ('new', 'ok', 'silent')", name="state"),
    )  # fmt: skip
    op.create_index("ix_transmitters_estate_id", "transmitters", ["estate_id"])
    op.create_index("ix_transmitters_source_address", "transmitters", ["source_address"])
    op.create_index("ix_transmitters_scope_path", "transmitters", ["scope_path"], **PATHS)


def _devices() -> None:
    op.create_table(
        "devices",
        _id(), _to("transmitter_id", "transmitters"),
        *_number("system_type", "system_address", "component_type"),
        *_number("component_address", kind=sa.BigInteger), *_text("kind"),
        _to("building_id", "buildings", null=True), _to("floor_id", "floors", null=True),
        _to("dwelling_id", "dwellings", null=True), *_text("label", "label_en"), *_flag("is_found"),
        *_text("scope_path"), *_time("created_at", null=False),
        sa.UniqueConstraint(
            "transmitter_id", "system_type", "system_address", "component_type", "component_address",
            name="uq_devices_point",
        ),
    )  # fmt: skip
    op.create_index("ix_devices_scope_path", "devices", ["scope_path"], **PATHS)
    op.create_index("ix_devices_building_id", "devices", ["building_id"])


def _states() -> None:
    op.create_table(
        "device_state",
        _to("device_id", "devices", key=True), *_text("state"), *_number("flags"),
        *_time("since", "seen_at", null=False), *_text("danger", "category", null=True),
        *_time("danger_at", "cleared_at", "silenced_until"), sa.Column("silenced_by", sa.Uuid),
    )  # fmt: skip
    op.create_table(
        "system_state",
        _to("transmitter_id", "transmitters", key=True),
        sa.Column("system_type", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("system_address", sa.Integer, primary_key=True, autoincrement=False),
        *_number("flags"), *_time("since", "seen_at", null=False), *_text("danger", null=True),
        *_time("danger_at", "cleared_at"),
    )  # fmt: skip
    # One row a device, written at every change: room on the page for HOT updates, and an early vacuum.
    for table in ("device_state", "transmitters"):
        op.execute(f"ALTER TABLE {table} SET (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.02)")


def _signals() -> None:
    op.create_table(
        "signals",
        _id(), *_time("received_at", null=False), *_time("device_at"), _to("transmitter_id", "transmitters"),
        _to("device_id", "devices", null=True), sa.Column("frame_id", sa.Uuid), *_number("type"),
        sa.Column("bits", sa.Integer), *_text("category", "evidence", null=True),
        sa.Column("decoded", pg.JSONB, nullable=False), *_flag("is_danger", "is_verified", "is_test"),
        *_time("announce_at", "announced_at"),
    )  # fmt: skip
    op.create_index(
        "ix_signals_device_id", "signals", ["device_id", "received_at"],
        postgresql_where=sa.text("device_id IS NOT NULL"),
    )  # fmt: skip
    op.create_index("ix_signals_received_at", "signals", ["received_at"], postgresql_using="brin")
    op.create_index(
        "ix_signals_due", "signals", ["announce_at"],
        postgresql_where=sa.text("announce_at IS NOT NULL AND announced_at IS NULL"),
    )  # fmt: skip
    op.create_index(
        "ix_signals_danger", "signals", ["transmitter_id", "received_at"], postgresql_where=sa.text("is_danger")
    )


def _raw() -> None:
    # Days live in a schema of their own, so that a comparison of models and tables sees only the parents.
    op.execute("CREATE SCHEMA IF NOT EXISTS partitions")
    op.create_table(
        "frames",
        sa.Column("received_at", TIME, primary_key=True), sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("transmitter_id", sa.Uuid), *_text("peer"), sa.Column("raw", sa.LargeBinary, nullable=False),
        *_text("outcome"), *_number("serial"), *_number("adu_hash", kind=sa.BigInteger), *_text("problems"),
        postgresql_partition_by="RANGE (received_at)",
    )  # fmt: skip
    op.create_index("ix_frames_transmitter_id", "frames", ["transmitter_id", "received_at"])
    op.execute("CREATE TABLE partitions.frames_rest PARTITION OF frames DEFAULT")
    op.create_table(
        "quarantined_frames",
        _id(), *_time("received_at", null=False), *_text("peer"), *_number("local_port"),
        *_number("source_address", "destination", kind=sa.BigInteger),
        sa.Column("raw", sa.LargeBinary, nullable=False), *_flag("has_fire"), *_time("told_at"),
    )  # fmt: skip
    op.create_index("ix_quarantined_frames_peer", "quarantined_frames", ["peer", "source_address"])


def _readings() -> None:
    op.create_table(
        "readings",
        *_time("received_at", null=False), sa.Column("device_id", sa.Uuid, nullable=False), *_text("metric"),
        *_number("value", kind=sa.Float), *_time("device_at"),
        postgresql_partition_by="RANGE (received_at)",
    )  # fmt: skip
    op.create_index("ix_readings_received_at", "readings", ["received_at"], postgresql_using="brin")
    op.execute("CREATE TABLE partitions.readings_rest PARTITION OF readings DEFAULT")
    op.create_table(
        "latest_readings",
        _to("device_id", "devices", key=True), sa.Column("metric", sa.Text, primary_key=True),
        *_number("value", kind=sa.Float), *_text("unit"), *_time("received_at", null=False), *_time("device_at"),
    )  # fmt: skip
    op.execute("ALTER TABLE latest_readings SET (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.02)")


def _faults() -> None:
    op.create_table(
        "faults",
        _id(), _to("transmitter_id", "transmitters"), _to("device_id", "devices", null=True),
        sa.Column("building_id", sa.Uuid), *_text("kind", "words_zh", "words_en", "scope_path"),
        *_time("opened_at", null=False), *_time("recovered_at", "told_at"), *_flag("is_untold"),
    )  # fmt: skip
    op.create_index(
        "uq_faults_open", "faults", ["transmitter_id", "device_id", "kind"], unique=True,
        postgresql_where=sa.text("recovered_at IS NULL"), postgresql_nulls_not_distinct=True,
    )  # fmt: skip
    op.create_index("ix_faults_untold", "faults", ["id"], postgresql_where=sa.text("is_untold"))
    op.create_index("ix_faults_scope_path", "faults", ["scope_path"], **PATHS)


TABLES = (
    "faults latest_readings readings quarantined_frames frames signals system_state device_state devices transmitters"
)


def downgrade() -> None:
    for table in TABLES.split():
        op.drop_table(table)
    op.execute("DROP SCHEMA partitions")
