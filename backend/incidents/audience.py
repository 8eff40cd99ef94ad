"""Who belongs to a ring, in the order in which they shall be told, and the words each of them reads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from backend.accounts import service as accounts
from backend.incidents import limits, showing
from backend.incidents.evidence import flights
from backend.incidents.models import Incident, IncidentEvidence
from backend.incidents.states import State
from backend.incidents.words import Asker, Scene, words
from backend.kernel import db, policy
from backend.kernel.text import pair
from backend.places import service as places
from backend.places.models import Building, Dwelling, Floor
from backend.stations import service as stations
from notifications import Recipient

DUTIES = ("control_room", "station", "property")
RING1_ROLES = ("station_leader", "property", "grid_worker", "centre_operator")
POLICE_ROLES = ("police", "inspector", "dispatcher")
UNIT_ROLES = ("unit_manager", "control_room")
LOW_KINDS = ("garage", "podium")


def ring0(incident: Incident) -> list[UUID]:
    """Control room, station and property on duty now. Households whose own detector it is are told with their words."""
    people: list[UUID] = []
    for duty in DUTIES:
        people += stations.on_duty(duty, incident.scope_path)
        people += [person for path in nearby(incident) for person in stations.on_duty(duty, path)]
    if policy.get(limits.RING0_POLICE, incident.scope_path):
        people += _respond(incident.scope_path, POLICE_ROLES)
    return _once(people)


def nearby(incident: Incident) -> list[str]:
    """Somewhere on an estate, and a duty that nobody has for all of it: the paths of its buildings, where they may."""
    if incident.building_id or not incident.estate_id:
        return []
    if all(stations.on_duty(duty, incident.scope_path) for duty in DUTIES):
        return []
    return [building.scope_path for building in places.on_estate(incident.estate_id)]


def ring1(incident: Incident) -> list[UUID]:
    """Station leader, property manager, grid worker, monitoring centre, and who is on duty in the next stations."""
    paths = [incident.scope_path, *nearby(incident)]
    people = [person for path in paths for person in _respond(path, RING1_ROLES)]
    return _once(people + stations.next_on_duty(incident.scope_path))


def _respond(path: str, roles: tuple[str, ...]) -> list[UUID]:
    return accounts.people_with("incidents.respond", path, roles=roles)


def authorities(incident: Incident) -> list[UUID]:
    """Police, inspectors, and the people of units who hold a role on the building."""
    people = _respond(incident.scope_path, POLICE_ROLES)
    return _once(people + _respond(incident.scope_path, UNIT_ROLES))


def household_dwellings(incident: Incident) -> set[UUID]:
    """Dwellings whose own detector reported in this round."""
    query = select(IncidentEvidence.dwelling_id).where(
        IncidentEvidence.incident_id == incident.id,
        IncidentEvidence.kind == "device",
        IncidentEvidence.dwelling_id.is_not(None),
    )
    found = {dwelling for dwelling in db.session().scalars(query) if dwelling}
    return found | ({incident.dwelling_id} if incident.dwelling_id else set())


def _once(people: Iterable[UUID]) -> list[UUID]:
    return list(dict.fromkeys(people))


@dataclass(frozen=True)
class Home:
    """Where somebody lives, seen from an incident."""

    building: Building
    floor: int
    number: str
    dwelling_id: UUID


class Telling:
    """One incident, ready to be told to many: each wording is made once, however many read it."""

    def __init__(self, incident: Incident) -> None:
        self.incident = incident
        self._made: dict[Any, dict[str, Any]] = {}
        self._refuges: dict[UUID, dict[int, str]] = {}

    @cached_property
    def item(self) -> dict[str, Any]:
        return showing.plain(self.incident)

    @cached_property
    def own(self) -> set[UUID]:
        return household_dwellings(self.incident)

    @cached_property
    def joined(self) -> list[Building]:
        return places.joined(self.incident.building_id) if self.incident.building_id else []

    def residents(self, buildings: list[Building]) -> list[tuple[UUID, Home]]:
        """Everybody admitted to these buildings with the home that decides their words, nearest floors first."""
        known = {building.id: building for building in buildings}
        numbers = dict(
            db.session().execute(select(Dwelling.id, Dwelling.number).where(Dwelling.building_id.in_(known))).all()
        )
        homes: dict[UUID, Home] = {}
        rows = places.residents_of(list(known))
        for person, dwelling, building, floor in sorted(rows, key=lambda row: self._nearness(row[2], row[3])):
            homes.setdefault(person, Home(known[building], floor, numbers[dwelling], dwelling))
        return list(homes.items())

    def households(self, dwellings: Iterable[UUID]) -> list[tuple[UUID, Home]]:
        """The people of these dwellings with their home."""
        query = select(Dwelling).options(joinedload(Dwelling.floor), joinedload(Dwelling.building))
        found: list[tuple[UUID, Home]] = []
        for one in db.session().scalars(query.where(Dwelling.id.in_(list(dwellings))).order_by(Dwelling.id)):
            home = Home(one.building, one.floor.ordinal, one.number, one.id)
            found += [(person, home) for person in places.household_of(one.id)]
        return found

    def _nearness(self, building_id: UUID, floor: int) -> tuple[bool, int]:
        burning = [f.ordinal for f in self.incident.floors] if building_id == self.incident.building_id else []
        away = min((abs(flights(floor) - flights(one)) for one in burning), default=abs(floor))
        return building_id != self.incident.building_id, away

    def words(self, home: Home | None, language: str) -> dict[str, Any]:
        """What somebody who lives there (or nowhere here) reads."""
        asker, key = self._asked(home)
        made = self._made.get((key, language))
        if made is None:
            scene = self._scene(home.building if home else self.incident.building, language)
            made = self._made[(key, language)] = words(scene, asker, language)
        return made

    def key(self, home: Home | None) -> Any:
        """The same for all who read the same words."""
        return self._asked(home)[1]

    def recipient(self, person: UUID, home: Home | None, verbs: tuple[str, ...] = ()) -> Recipient:
        """One person to be told, with the words for their own floor; nobody's home: the plain notice."""
        if home is None:
            return Recipient(person)
        text = {language: self.words(home, language) for language in ("zh", "en")}
        advice = {language: one["line"] for language, one in text.items()}
        params = {"advice": advice, "incident": {**self.item, "words": text}, "verbs": list(verbs)}
        return Recipient(person, params)

    def _asked(self, home: Home | None) -> tuple[Asker, Any]:
        incident = self.incident
        building = incident.building
        if home is None:
            return Asker(), None
        is_here = building is not None and home.building.id == building.id
        is_joined = not is_here and any(home.building.id == one.id for one in self.joined)
        is_own = home.dwelling_id in self.own
        asker = Asker(
            floor=home.floor,
            number=home.number,
            is_own_dwelling=is_own,
            is_joined=is_joined,
            is_next=not is_here and not is_joined,
            is_below_joined=home.building.kind in LOW_KINDS and (building is None or building.kind not in LOW_KINDS),
        )
        key = (home.building.id, home.floor, home.number if is_own else home.number[-2:])
        return asker, key

    def _scene(self, reader: Building | None, language: str) -> Scene:
        incident = self.incident
        building = incident.building or (reader if incident.building_id else None)
        named = building or incident.estate
        return Scene(
            category=incident.category,
            state=incident.state,
            building=pair(named.name, named.name_en)[language] if named else "",
            floors={floor.ordinal: floor.label for floor in incident.floors},
            number=incident.dwelling.number if incident.dwelling else None,
            plan=reader.plan if reader else None,
            refuges=self._refuges_of(reader),
            is_exercise=incident.is_exercise,
            was_confirmed=incident.state == State.CLOSED and incident.controlled_at is not None,
        )

    def _refuges_of(self, building: Building | None) -> dict[int, str]:
        if building is None:
            return {}
        if building.id not in self._refuges:
            query = select(Floor.ordinal, Floor.label).where(Floor.building_id == building.id, Floor.is_refuge)
            self._refuges[building.id] = dict(db.session().execute(query).all())
        return self._refuges[building.id]
