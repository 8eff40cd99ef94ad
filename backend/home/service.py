"""What the first screen shows, and what a building's public page may say. Reads only."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import load_only

from backend.home.keeping import Keeper
from backend.home.schemas import HomeFaultSchema, StatusSchema
from backend.incidents import service as incidents
from backend.incidents import showing
from backend.incidents.models import OPEN, Incident, IncidentScope
from backend.incidents.states import State
from backend.kernel import access, clock, db, policy
from backend.kernel.access import Actor
from backend.kernel.errors import NotFound
from backend.kernel.scope import within
from backend.monitoring import status as monitoring
from backend.places import household, qr
from backend.places import service as places
from backend.places.models import Building, Kind, ResidencyState
from backend.places.schemas import BuildingCardSchema
from backend.stations import service as stations

RESPOND = "incidents.respond"
MOST = 20
ALARM = "alarm"
BURNING = (State.CONFIRMED, State.CONTROLLED)
NEXT_EXERCISE = policy.declare(
    "home.next_exercise",
    {"at": "", "zh": "", "en": ""},
    "The next exercise that the first screen announces: at (RFC 3339 with offset, empty for none) and its name.",
)
SHORT = load_only(Building.name, Building.name_en, Building.kind, Building.scope_path)  # the plan is in the kept card
_cards, _states, _watches = Keeper(5), Keeper(2), Keeper(10)


def home(actor: Actor, building_id: UUID | None = None) -> dict[str, Any]:
    """The first screen for this person; `building_id` chooses among several buildings.

    A person without any role gets the empty one, with `own` when they have asked to be admitted somewhere.
    """
    homes = household.homes_of(actor.person_id)
    here = within(Building.scope_path, actor.paths("places.see"))
    seen = sorted(db.session().scalars(select(Building).options(SHORT).where(here)), key=_order)
    burning = _open_for(actor)
    chosen = _choose(seen, homes, burning, building_id)
    return {
        "kind": "staff" if actor.can(RESPOND) or actor.can("places.manage") else "resident",
        "buildings": [{"id": b.id, "name": b.name, "name_en": b.name_en, "kind": b.kind} for b in seen],
        "building": _card(actor, chosen) if chosen else None,
        "own": _own(homes, chosen),
        "status": status(chosen, burning) if chosen else None,
        "incidents": [showing.item(i) for i in burning],
        "watch": _watches.get(chosen.id, lambda: stations.watch(chosen.scope_path)) if chosen else None,
        "faults": _faults(chosen.id) if chosen else [],
        "next_exercise": _exercise(chosen) if chosen else None,
    }


def status(building: Building, known: Iterable[Incident] = ()) -> dict[str, Any]:
    """How the building stands, dumped: {state, online, total, seen_at, gauges, unwatched}.

    An open incident goes before all, and is asked for each time unless one of the `known` ones is here.
    """
    made = _states.get(
        ("status", building.id, _language()), lambda: StatusSchema().dump(monitoring.building_status(building.id))
    )
    burns_here = any(i.building_id == building.id and not i.is_exercise for i in known)
    return {**made, "state": ALARM} if burns_here or _has_incident(building, OPEN) else made


def public_page(token: str) -> dict[str, Any]:
    """What a stranger with the building's QR code may know: its names and one word. Raises QrUnknown, QrExpired.

    The word is alarm only once a fire is confirmed: a suspicion is for those who go and look.
    """
    building = qr.building_of(token)
    seen = db.session().scalars(places.buildings().where(Building.id == building.id)).one()
    state = _states.get(("word", building.id), lambda: monitoring.building_status(building.id)["state"])
    return {
        "name": seen.name,
        "name_en": seen.name_en,
        "estate": seen.estate.name if seen.estate else "",
        "estate_en": seen.estate.name_en if seen.estate else "",
        "state": ALARM if _has_incident(building, BURNING) else state,
        "token_valid_until": qr.valid_until(building),
    }


def _choose(
    seen: list[Building], homes: list[dict[str, Any]], burning: list[Incident], building_id: UUID | None
) -> Building | None:
    """The building asked for; else the own one; else where the newest incident is; else the first."""
    by_id = {b.id: b for b in seen}
    if building_id and building_id not in by_id:
        raise NotFound(building_id=str(building_id))
    admitted = [h["building"]["id"] for h in homes if h["state"] == ResidencyState.ADMITTED]
    wished = [building_id, *admitted, *(i.building_id for i in burning)]
    return next((by_id[id] for id in wished if id in by_id), None) or next(iter(seen), None)


def _order(building: Building) -> tuple[Any, ...]:
    """Towers first, then by name with its numbers as numbers: 2 号楼 before 10 号楼."""
    parts = [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in re.split(r"(\d+)", building.name)]
    return building.kind != Kind.TOWER, parts


def _card(actor: Actor, building: Building) -> dict[str, Any]:
    with_doors = actor.may("residents.see", building.scope_path)

    def make() -> dict[str, Any]:
        card: dict[str, Any] = BuildingCardSchema().dump(places.building_card(building.id, with_dwellings=with_doors))
        return card

    return _cards.get((building.id, with_doors), make)


def _exercise(building: Building) -> dict[str, Any] | None:
    """The announced exercise {at, name}, until its time has come."""
    planned = _cards.get(("exercise", building.id), lambda: policy.get(NEXT_EXERCISE, building.scope_path))
    try:
        at = datetime.fromisoformat(planned["at"])
        is_planned = at.tzinfo is not None and at > clock.now()
        at = at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    if not is_planned:
        return None
    return {"at": at, "name": planned[_language()] or planned["zh"]}


def _faults(building_id: UUID) -> list[dict[str, Any]]:
    key = ("faults", building_id, _language())
    return _states.get(key, lambda: HomeFaultSchema(many=True).dump(monitoring.open_faults(building_id)))


def _language() -> str:
    who = access.current()
    return who.language if who else "zh"


def _own(homes: list[dict[str, Any]], chosen: Building | None) -> dict[str, Any] | None:
    """The dwelling in the chosen building, else the first one (asked for, not admitted yet)."""
    here = [h for h in homes if chosen and h["building"]["id"] == chosen.id]
    own = next(iter(here or homes), None)
    if own is None:
        return None
    return {
        "dwelling_id": own["dwelling"]["id"],
        "number": own["dwelling"]["number"],
        "floor_ordinal": own["floor"]["ordinal"],
        "floor_label": own["floor"]["label"],
        "state": own["state"],
    }


def _open_for(actor: Actor) -> list[Incident]:
    query = incidents.visible_to(actor).where(Incident.state.in_(OPEN))
    return list(db.session().scalars(query.order_by(Incident.opened_at.desc()).limit(MOST)).unique())


def _has_incident(building: Building, states: Iterable[State]) -> bool:
    """Is there an incident that is no exercise, here or in a building joined to this one?"""
    query = (
        select(Incident.id)
        .join(IncidentScope, IncidentScope.incident_id == Incident.id)
        .where(
            IncidentScope.scope_path == building.scope_path,
            IncidentScope.kind != "next",
            Incident.state.in_(list(states)),
            Incident.is_exercise.is_(False),
        )
    )
    return db.session().scalar(query.limit(1)) is not None
