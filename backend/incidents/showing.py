"""An incident as the lists and the live stream give it (one shape for both), and its place in words."""

from __future__ import annotations

from typing import Any

import orjson
from sqlalchemy import select

from backend.incidents.models import Incident, IncidentScope
from backend.kernel import db, stream
from backend.kernel.jsonable import dumps
from backend.kernel.text import spaced
from backend.places.models import Building, Estate

TIMES = (
    "opened_at", "acknowledged_at", "arrived_at", "attacked_at", "confirmed_at", "controlled_at", "closed_at",
    "last_signal_at", "case_at", "watching_at",
)  # fmt: skip


def item(incident: Incident) -> dict[str, Any]:
    """The contract's shape, and what the screens need beside it."""
    return {
        "id": incident.id,
        "category": incident.category,
        "state": incident.state,
        "verified_by": incident.verified_by,
        "is_exercise": incident.is_exercise,
        "is_test": incident.is_test,
        "is_source_verified": incident.is_source_verified,
        "estate": _named(incident.estate),
        "building": _named(incident.building),
        "floors": [{"id": f.floor_id, "label": f.label, "ordinal": f.ordinal} for f in incident.floors],
        **{name: getattr(incident, name) for name in TIMES},
        "ring": incident.ring,
        "round": incident.round,
        "signal_count": incident.signal_count,
        "version": incident.version,
    }


def plain(incident: Incident) -> dict[str, Any]:
    """The item with ids and times as text, as a notice keeps it."""
    made: dict[str, Any] = orjson.loads(dumps(item(incident)))
    return made


def state_of(incident: Incident) -> dict[str, Any]:
    """The current state, as a conflict answers it."""
    return {
        "id": str(incident.id),
        "state": incident.state,
        "verified_by": incident.verified_by,
        "version": incident.version,
        "incident": plain(incident),
    }


def emit(incident: Incident) -> None:
    """Show the change to everybody who may see it; of several in one transaction only the last is written."""
    paths = db.session().scalars(select(IncidentScope.scope_path).filter_by(incident_id=incident.id))
    stream.emit("incident", item(incident), paths=list(paths), key=f"incident:{incident.id}")


def place(incident: Incident, *, is_full: bool = False) -> dict[str, str]:
    """Where it is, in both languages: estate, building, floors; the door only for who goes there (`is_full`)."""
    labels = [floor.label for floor in incident.floors]
    door = incident.dwelling.number if is_full and incident.dwelling else ""
    estate, building = incident.estate, incident.building
    named = building.name if building else ""
    english = _english(building) if building else ""
    # A building is often named with its estate: said once.
    around = estate.name if estate and not named.startswith(estate.name) else ""
    around_en = _english(estate) if estate and _english(estate) not in english else ""
    zh = [around, named, f"{_join(labels)} 层" if labels else "", door]
    en = [english, f"floor {_join(labels)}" if labels else "", door, around_en]
    return {"zh": spaced(" ".join(part for part in zh if part)), "en": ", ".join(part for part in en if part)}


def _named(thing: Building | Estate | None) -> dict[str, Any] | None:
    return {"id": thing.id, "name": thing.name, "name_en": thing.name_en} if thing else None


def door(incident: Incident) -> dict[str, Any] | None:
    """The dwelling whose detector it was; only for who goes there."""
    return {"id": incident.dwelling.id, "number": incident.dwelling.number} if incident.dwelling else None


def _english(thing: Building | Estate) -> str:
    return thing.name_en or thing.name


def _join(labels: list[str]) -> str:
    """At most three floors by name: a fire over ten floors is not a list."""
    return ", ".join(labels) if len(labels) <= 3 else f"{labels[0]}-{labels[-1]}"
