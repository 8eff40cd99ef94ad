"""A person's quiet hours: they hold back tips and tasks, never an alarm."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from backend.kernel import db
from notifications.models import Preference


def quiet_hours(person_id: UUID) -> dict[str, int | None]:
    """Minutes after midnight, or None where there are none."""
    found = db.session().get(Preference, person_id)
    if found is None:
        return {"quiet_from": None, "quiet_until": None}
    return {"quiet_from": found.quiet_from, "quiet_until": found.quiet_until}


def set_quiet_hours(person_id: UUID, start: int | None, until: int | None) -> dict[str, int | None]:
    """Set both, or None to have none."""
    if start is None or until is None:
        start = until = None
    values = {"quiet_from": start, "quiet_until": until}
    statement = insert(Preference).values(person_id=person_id, **values)
    db.session().execute(statement.on_conflict_do_update(index_elements=["person_id"], set_=values))
    return values
