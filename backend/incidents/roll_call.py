"""报平安: who is safe, who asks for help, who is silent, floor by floor. Never refused while somebody can send it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

import notifications
from backend.incidents import audience, records, showing
from backend.incidents.models import Incident, IncidentEntry, RollCall
from backend.incidents.people import home_in
from backend.incidents.service import seen
from backend.incidents.settling import duty_of
from backend.incidents.states import State
from backend.kernel import clock, db, stream
from backend.kernel.access import Actor
from backend.kernel.errors import NotFound
from backend.places import service as places
from backend.places.models import Building, Dwelling, Floor, Residency, ResidencyState
from notifications import Recipient
from notifications import service as notices

Needs = dict[UUID, list[dict[str, Any]]]
Cells = dict[UUID, list[dict[str, Any]]]
FOLDED = timedelta(minutes=1)
ANSWERS = ("people", "can_walk", "smoke")


def answer(
    actor: Actor,
    incident_id: UUID,
    status: str,
    people: int | None = None,
    can_walk: bool | None = None,
    smoke: bool | None = None,
    dwelling_id: UUID | None = None,
) -> Incident:
    """One person's word, in any state: a late one from a queue is kept too. The same word again changes nothing.

    The row always holds the newest word; the timeline folds what one door says to and fro within a minute.
    """
    incident = seen(actor, incident_id)
    home = _home(actor, incident, dwelling_id)
    given = {"status": status, "people": people, "can_walk": can_walk, "smoke": smoke, "dwelling_id": home}
    before = db.session().get(RollCall, (incident.id, actor.person_id))
    if before is not None and all(getattr(before, name) == value for name, value in given.items()):
        return incident
    at = clock.now()
    key = {"incident_id": incident.id, "person_id": actor.person_id}
    statement = insert(RollCall).values(**key, **given, at=at)
    db.session().execute(
        statement.on_conflict_do_update(index_elements=list(key), set_={**given, "at": at}).execution_options(
            populate_existing=True
        )
    )
    who = {"name": actor.name, "duty": duty_of(actor, incident.scope_path)}
    door = db.session().get(Dwelling, home) if home else None
    said = {"status": status, "people": people, "can_walk": can_walk, "smoke": smoke}
    number = door.number if door else None
    if before is None or _is_news(incident, actor.person_id, home, said, at):
        door_id = str(home) if home else None
        records.add_entry(
            incident, at, "roll_call", status, actor.person_id, who, number=number, dwelling=door_id, **said
        )
    notices.mark_answered(incident.id, actor.person_id)
    if status == "help":
        _call_for_help(actor, incident, door, people, at)
    return incident


def _is_news(incident: Incident, person_id: UUID, home: UUID | None, said: dict[str, Any], at: datetime) -> bool:
    """Whether the door's last minute has not said this yet: another word, or a call for help that got graver."""
    door = IncidentEntry.params["dwelling"].as_string() == str(home) if home else IncidentEntry.person_id == person_id
    query = select(IncidentEntry.params).where(
        IncidentEntry.incident_id == incident.id,
        IncidentEntry.at > at - FOLDED,
        IncidentEntry.verb == "roll_call",
        IncidentEntry.branch == said["status"],
        door,
    )
    recent = list(db.session().scalars(query))
    if not recent or said["status"] != "help":
        return not recent
    known = [_gravity(one) for one in recent]
    return any(mine > max(theirs) for mine, *theirs in zip(_gravity(said), *known, strict=True))


def _gravity(said: dict[str, Any]) -> tuple[int, bool, bool]:
    return said["people"] or 1, said["can_walk"] is False, said["smoke"] is True


def _home(actor: Actor, incident: Incident, wanted: UUID | None) -> UUID | None:
    """The door that the word is about: the one named, which must be the person's own, else the one they live behind."""
    if wanted is None:
        near = [incident.building_id, *(b.id for b in _joined(incident))]
        return next((home for one in near if one and (home := home_in(actor.person_id, one))), None)
    query = select(Residency.id).where(
        Residency.dwelling_id == wanted,
        Residency.person_id == actor.person_id,
        Residency.state == ResidencyState.ADMITTED,
    )
    if db.session().scalar(query) is None:
        raise NotFound(dwelling_id=str(wanted))
    return wanted


def _call_for_help(actor: Actor, incident: Incident, door: Dwelling | None, people: int | None, at: datetime) -> None:
    """Who is on duty hears of it, and the screens of responders show it; a tower's screens are left alone."""
    params = {
        "place": showing.place(incident, is_full=True),
        "category": incident.category,
        "is_exercise": incident.is_exercise,
        "people": people or 1,
        "who": door.number if door else actor.name,
    }
    # Once a minute: who changes the word to and fro wears nobody's phone out, and the screens show each word at once.
    step = f"rollcall.{actor.person_id}.{int(at.timestamp()) // 60}"
    recipients = [Recipient(person) for person in audience.ring0(incident)]
    notifications.send(
        "rollcall.help",
        subject=("incident", incident.id),
        step=step,
        recipients=recipients,
        params=params,
        scope_path=incident.scope_path,
    )
    paths = [scope.scope_path for scope in incident.scopes]
    stream.emit("incident", showing.item(incident), paths=paths, permission="rollcall.see")


def mine(actor: Actor, incident: Incident) -> dict[str, Any] | None:
    """What this person said last."""
    row = db.session().get(RollCall, (incident.id, actor.person_id))
    return {"status": row.status, "at": row.at} if row else None


# --- floor by floor -------------------------------------------------------------------------------------------


def board(actor: Actor, incident: Incident) -> dict[str, Any]:
    """{totals, floors, joined}: the building's floors from the top, and the joined buildings' once it is confirmed.

    Doors only for who holds rollcall.see there, needs only for who holds needs.see; everybody else sees numbers.
    """
    own = [incident.building] if incident.building else []
    buildings = [*own, *_joined(incident)]
    words = _words(incident)
    needs = _needs(actor, incident, buildings)
    is_staff = actor.may("rollcall.see", incident.scope_path)
    cells = _cells(incident, buildings, words, needs)
    storeys = places.floors_of(*(building.id for building in buildings))
    boards = [_of_building(incident, building, storeys, cells, is_staff) for building in buildings]
    anybody = [row for row in words if row.dwelling_id is None]
    totals = _sum(board["totals"] for board in boards)
    for row in anybody:
        totals[row.status] += 1
    first = boards[0]["floors"] if own else []
    return {"totals": totals, "floors": first, "joined": boards[len(own) :]}


def _joined(incident: Incident) -> list[Building]:
    if incident.building_id is None or incident.state not in (State.CONFIRMED, State.CONTROLLED):
        return []
    return places.joined(incident.building_id)


def _words(incident: Incident) -> Sequence[RollCall]:
    return db.session().scalars(select(RollCall).where(RollCall.incident_id == incident.id)).all()


def _needs(actor: Actor, incident: Incident, buildings: list[Building]) -> Needs:
    """Who needs help to leave, by door; needs.see on the building is what opens it, not the own home's."""
    if not actor.may("needs.see", incident.scope_path):
        return {}
    found: Needs = defaultdict(list)
    for need in places.needs_of([building.id for building in buildings]):
        found[need["dwelling_id"]].append({name: need[name] for name in ("kind", "label", "note", "people")})
    return found


def _of_building(
    incident: Incident, building: Building, storeys: list[Floor], cells: Cells, is_staff: bool
) -> dict[str, Any]:
    burning = {floor.ordinal for floor in incident.floors} if building.id == incident.building_id else set()
    own = [floor for floor in reversed(storeys) if floor.building_id == building.id]
    floors = [_floor(floor, cells[floor.id], burning, is_staff) for floor in own]
    named = {"id": building.id, "name": building.name, "name_en": building.name_en}
    return {"building": named, "totals": _sum(floors), "floors": floors}


def _cells(incident: Incident, buildings: list[Building], words: Sequence[RollCall], needs: Needs) -> Cells:
    """The doors of each floor of these buildings, by their numbers."""
    by_door: dict[UUID, list[RollCall]] = defaultdict(list)
    for row in words:
        if row.dwelling_id:
            by_door[row.dwelling_id].append(row)
    on_fire = audience.household_dwellings(incident)
    query = select(Dwelling.id, Dwelling.number, Dwelling.floor_id)
    query = query.where(Dwelling.building_id.in_([building.id for building in buildings])).order_by(Dwelling.number)
    found: Cells = defaultdict(list)
    for id, number, floor_id in db.session().execute(query):
        found[floor_id].append(_cell(id, number, by_door[id], needs.get(id, []), id in on_fire))
    return found


def _cell(
    dwelling_id: UUID, number: str, words: list[RollCall], who: list[dict[str, Any]], is_fire: bool
) -> dict[str, Any]:
    """One door: a call for help outweighs a safe word, and the burning door is shown as burning until it speaks."""
    last = max(words, key=lambda row: (row.status == "help", row.at), default=None)
    status = last.status if last else ("fire" if is_fire else "silent")
    return {
        "id": dwelling_id,
        "number": number,
        "status": status,
        "is_fire": is_fire,
        "needs": sum(one["people"] for one in who),
        "who": who,
        **{name: getattr(last, name) if last else None for name in (*ANSWERS, "at")},
    }


def _floor(floor: Floor, doors: list[dict[str, Any]], burning: set[int], is_staff: bool) -> dict[str, Any]:
    counts = {status: sum(door["status"] == status for door in doors) for status in ("safe", "help")}
    return {
        "id": floor.id,
        "ordinal": floor.ordinal,
        "label": floor.label,
        "is_refuge": floor.is_refuge,
        "is_fire": floor.ordinal in burning,
        **counts,
        "silent": len(doors) - counts["safe"] - counts["help"],
        "needs": sum(door["needs"] for door in doors),
        "dwellings": doors if is_staff else [],
    }


def _sum(parts: Iterable[dict[str, Any]]) -> dict[str, int]:
    totals = {"safe": 0, "help": 0, "silent": 0, "needs": 0}
    for part in parts:
        for name in totals:
            totals[name] += part[name]
    return totals
