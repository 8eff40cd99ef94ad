"""The limits of the incident table as policy rows, per area and estate."""

from __future__ import annotations

from dataclasses import fields

from sqlalchemy import select

from backend.incidents.states import Policy
from backend.kernel import db, policy, scope

_HELP = {
    "ring1_unacknowledged_s": "Seconds without an acknowledgement until ring 1 is told.",
    "ring1_nobody_there_s": "Seconds with nobody at the scene until ring 1 is told.",
    "unacknowledged_s": "Seconds without an acknowledgement until a suspicion counts as confirmed.",
    "unverified_s": "Seconds until an acknowledged but unverified suspicion counts as confirmed.",
    "extended_s": "The same limit after the household has said that it was theirs.",
    "watch_s": "Seconds of watching after a dismissal from afar.",
    "second_detector_s": "Seconds within which a second detector confirms.",
    "near_floors": "Floors within which dangers belong together.",
    "reopen_s": "Seconds after closing in which a new danger opens the incident again.",
    "fresh_minute_s": "Seconds that limits get after an absence of ours.",
}
_NAMES = {
    field.name: policy.declare(f"incidents.{field.name}", field.default, _HELP[field.name], most=3600)
    for field in fields(Policy)
}

RING0_POLICE = policy.declare("incidents.ring0_police", False, "Whether police and inspectors are rung at ring 0.")
CALLS_BY_ADDRESS = policy.declare(
    "incidents.calls_by_address", 5, "Fire-here calls of one address in 10 minutes that may ring; more are kept muted."
)
CALLS_BY_BUILDING = policy.declare(
    "incidents.calls_by_building", 10, "Unknown callers of one building in 10 minutes that may ring."
)
CALL_RADIUS_M = policy.declare(
    "incidents.call_radius_m", 150, "Metres within which a position proves a building. One value for the whole city."
)


def limits_at(scope_path: str) -> Policy:
    """The limits that hold at this place: for each the most specific row, else the default. One query for all."""
    rows = db.session().execute(
        select(policy.Policy.name, policy.Policy.scope_path, policy.Policy.value).where(
            policy.Policy.name.in_(_NAMES.values()), policy.Policy.scope_path.in_(scope.ancestors(scope_path))
        )
    )
    best = {row.name: row.value for row in sorted(rows, key=lambda row: len(row.scope_path))}
    return Policy(**{name: int(best[full]) for name, full in _NAMES.items() if full in best})
