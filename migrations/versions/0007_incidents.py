"""Tables of incidents."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def _column(name: str, kind: object, to: str | None, null: bool) -> sa.Column:
    return sa.Column(name, kind, *([sa.ForeignKey(f"{to}.id")] if to else []), nullable=null)


def _key() -> sa.Column:
    return sa.Column("id", sa.Uuid, primary_key=True)


def _id(name: str, to: str | None = None, null: bool = False) -> sa.Column:
    return _column(name, sa.Uuid, to, null)


def _text(name: str, null: bool = False) -> sa.Column:
    return _column(name, sa.Text, None, null)


def _number(name: str, null: bool = False) -> sa.Column:
    return _column(name, sa.Integer, None, null)


def _real(name: str, null: bool = False) -> sa.Column:
    return _column(name, sa.Float, None, null)


def _flag(name: str, null: bool = False) -> sa.Column:
    return _column(name, sa.Boolean, None, null)


def _time(name: str, null: bool = False) -> sa.Column:
    return _column(name, sa.DateTime(timezone=True), None, null)


def _json(name: str, null: bool = False) -> sa.Column:
    return _column(name, JSONB, None, null)


def _bytes(name: str, null: bool = False) -> sa.Column:
    return _column(name, sa.LargeBinary, None, null)


def upgrade() -> None:
    _incidents()
    _what_is_known()
    _who_is_there()
    _who_is_told()
    # The timeline is the record of who did what in a fire: rows are added, never changed.
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON incident_entries "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def _incidents() -> None:
    op.create_table(
        "incidents",
        _key(), _text("category"), _text("state"), _text("verified_by", null=True), _flag("is_exercise"),
        _flag("is_test"), _flag("is_anonymous"), _flag("is_extended"), _flag("is_source_verified"),
        _id("estate_id", "estates", null=True), _id("building_id", "buildings", null=True),
        _id("dwelling_id", "dwellings", null=True), _text("scope_path"), _time("opened_at"), _time("case_at"),
        _time("clock_at"), _time("evidence_at"), _time("acknowledged_at", null=True),
        _time("arrived_at", null=True), _time("attacked_at", null=True), _time("confirmed_at", null=True),
        _time("watching_at", null=True), _time("controlled_at", null=True), _time("closed_at", null=True),
        _time("not_before", null=True), _number("round"), _number("ring"), _id("dismissed_by", null=True),
        _number("signal_count"), _time("last_signal_at", null=True), _number("version"), _text("cause", null=True),
        _text("grade", null=True), _text("loss", null=True), _text("note", null=True),
        sa.CheckConstraint(
            "category IN ('fire', 'gas', 'electrical', 'trapped', 'other')",
            name=op.f("ck_incidents_category")),
        sa.CheckConstraint("ring BETWEEN -1 AND 2", name=op.f("ck_incidents_ring")),
        sa.CheckConstraint(
            "state IN ('suspected', 'watching', 'confirmed', 'controlled', 'false_alarm', 'closed')",
            name=op.f("ck_incidents_state")),
        sa.CheckConstraint("verified_by IN ('device', 'person', 'nobody')", name=op.f("ck_incidents_verified_by")),
    )  # fmt: skip
    op.create_index("ix_incidents_alive", "incidents", ["estate_id"], postgresql_where=sa.text("state <> 'closed'"))
    op.create_index("ix_incidents_building_id", "incidents", ["building_id"])
    op.create_index("ix_incidents_closed_at", "incidents", ["closed_at"])
    op.create_table(
        "incident_floors",
        _id("incident_id", "incidents"), _number("ordinal"), _id("floor_id", "floors", null=True), _text("label"),
        sa.PrimaryKeyConstraint("incident_id", "ordinal", name="pk_incident_floors"),
    )  # fmt: skip
    op.create_table(
        "incident_scopes",
        _id("incident_id", "incidents"), _text("scope_path"), _text("kind"),
        sa.PrimaryKeyConstraint("incident_id", "scope_path", name="pk_incident_scopes"),
        sa.CheckConstraint("kind IN ('own', 'joined', 'next')", name=op.f("ck_incident_scopes_kind")),
    )  # fmt: skip
    op.create_index(
        "ix_incident_scopes_scope_path",
        "incident_scopes",
        ["scope_path"],
        postgresql_ops={"scope_path": "text_pattern_ops"},
    )


def _what_is_known() -> None:
    op.create_table(
        "incident_entries",
        _key(), _id("incident_id", "incidents"), _time("at"), _text("verb"), _text("branch"),
        _id("person_id", null=True), _json("actor"), _json("params"),
    )  # fmt: skip
    op.create_index("ix_incident_entries_incident_id_at", "incident_entries", ["incident_id", "at"])
    op.create_table(
        "incident_evidence",
        _key(), _id("incident_id", "incidents"), _number("round"), _text("point"), _text("kind"), _time("at"),
        _time("first_at"), _number("times"), _id("signal_id", null=True), _id("transmitter_id", null=True),
        _id("device_id", null=True), _id("person_id", null=True), _id("dwelling_id", null=True),
        _number("floor_ordinal", null=True), _text("label"), _text("evidence"), _json("words"), _flag("counts"),
        _flag("is_source_verified"), _flag("is_household"),
        sa.UniqueConstraint("incident_id", "round", "point", name="uq_incident_evidence_incident_id_round_point"),
    )  # fmt: skip
    op.create_index("ix_incident_evidence_transmitter_id", "incident_evidence", ["transmitter_id"])
    op.create_table(
        "incident_timers",
        _id("incident_id", "incidents"), _text("kind"), _time("due_at"), _time("done_at", null=True),
        sa.PrimaryKeyConstraint("incident_id", "kind", name="pk_incident_timers"),
    )  # fmt: skip
    op.create_index(
        "ix_incident_timers_due_at", "incident_timers", ["due_at"], postgresql_where=sa.text("done_at IS NULL")
    )


def _who_is_there() -> None:
    op.create_table(
        "responders",
        _id("incident_id", "incidents"), _time("case_at"), _id("person_id"), _text("name"),
        _time("acknowledged_at", null=True), _time("arrived_at", null=True), _time("attacked_at", null=True),
        _number("metres", null=True),
        sa.PrimaryKeyConstraint("incident_id", "case_at", "person_id", name="pk_responders"),
    )  # fmt: skip
    op.create_table(
        "roll_calls",
        _id("incident_id", "incidents"), _id("person_id"), _id("dwelling_id", "dwellings", null=True),
        _text("status"), _number("people", null=True), _flag("can_walk", null=True), _flag("smoke", null=True),
        _time("at"), sa.PrimaryKeyConstraint("incident_id", "person_id", name="pk_roll_calls"),
        sa.CheckConstraint("status IN ('safe', 'help')", name=op.f("ck_roll_calls_status")),
    )  # fmt: skip
    op.create_index("ix_roll_calls_dwelling_id", "roll_calls", ["dwelling_id"])


def _who_is_told() -> None:
    op.create_table(
        "ring_steps",
        _key(), _id("incident_id", "incidents"), _text("step"), _text("what"), _number("ring"), _number("round"),
        _number("cursor"), _number("told"), _json("params"), _time("due_at"), _time("done_at", null=True),
        sa.UniqueConstraint("incident_id", "step", name="uq_ring_steps_incident_id_step"),
    )  # fmt: skip
    op.create_index("ix_ring_steps_open", "ring_steps", ["due_at"], postgresql_where=sa.text("done_at IS NULL"))
    op.create_table(
        "dismissals",
        _key(), _id("incident_id", "incidents"), _id("person_id"), _time("at"), _text("reason"), _flag("at_scene"),
        _text("note", null=True), _flag("was_confirmed"), _id("approved_by", null=True),
        _time("approved_at", null=True),
    )  # fmt: skip
    op.create_index("ix_dismissals_incident_id", "dismissals", ["incident_id"])
    op.create_index("ix_dismissals_person_id", "dismissals", ["person_id"])
    op.create_table(
        "incident_calls",
        _key(), _id("incident_id", "incidents"), _time("at"), _id("person_id", null=True),
        _bytes("address", null=True), _id("building_id", "buildings", null=True), _real("lat", null=True),
        _real("lon", null=True), _text("note", null=True), _flag("is_muted"),
    )  # fmt: skip
    op.create_index("ix_incident_calls_address", "incident_calls", ["address", "at"])
    op.create_index("ix_incident_calls_building_id", "incident_calls", ["building_id"])
    op.create_index("ix_incident_calls_incident_id", "incident_calls", ["incident_id"])


def downgrade() -> None:
    for table in (
        "incident_calls",
        "dismissals",
        "ring_steps",
        "roll_calls",
        "responders",
        "incident_timers",
        "incident_evidence",
        "incident_entries",
        "incident_scopes",
        "incident_floors",
    ):
        op.drop_table(table)
    op.drop_table("incidents")
