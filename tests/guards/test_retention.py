"""Every table either goes, by a policy in days, or is kept for a reason that somebody wrote down."""

from __future__ import annotations

from backend.kernel import policy
from migrations.tables import metadata

# What grows with every request, frame or alarm, and the policy that says how long it is kept.
GOES = {
    "deliveries": "notices.kept_days",  # with their notice
    "frames": "frames.kept_days",
    "idempotency_keys": "idempotency.kept_days",
    "notices": "notices.kept_days",
    "push_subscriptions": "phones.kept_days",
    "readings": "readings.kept_days",
    "sessions": "sessions.kept_days",
    "sign_in_codes": "codes.kept_days",
    "signals": "signals.kept_days",  # but for dangers
    "wrong_guesses": "codes.kept_days",
}
# The hour that a phone may be away without asking for all again; a week for an administrator to say whose box it is.
SOON = {"stream_events", "quarantined_frames"}
# The record of incidents and of who did what: never deleted.
RECORD = {
    "audit_entries", "dismissals", "faults", "incident_calls", "incident_entries", "incident_evidence",
    "incident_floors", "incident_scopes", "incident_timers", "incidents", "responders", "ring_steps", "roll_calls",
    "grants", "residencies", "shifts", "transfers",
}  # fmt: skip
# As many rows as there are things, people or processes.
SMALL = {
    "areas", "building_joins", "buildings", "device_state", "devices", "dwellings", "egress_rules", "estates",
    "floors", "gates", "heartbeats", "hydrants", "latest_readings", "needs", "people", "policies", "preferences",
    "station_cover", "stations", "system_state", "transmitters", "unit_premises", "units",
}  # fmt: skip


def test_somebody_has_said_of_every_table_how_long_its_rows_live(app):
    tables = set(metadata().tables)
    said = [set(GOES), SOON, RECORD, SMALL]
    assert tables == set().union(*said)
    assert sum(map(len, said)) == len(tables), "a table is named twice"


def test_what_goes_has_its_policy_in_days(app):
    for name in GOES.values():
        assert policy.declared[name].least >= 1
