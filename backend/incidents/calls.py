"""Fire here: a person's call. It needs a proof of the place, is never refused, and beyond its limits rings nobody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from backend.incidents import intake, records
from backend.incidents.errors import PlaceNotProved
from backend.incidents.joining import Place, choose, is_graver
from backend.incidents.limits import CALL_RADIUS_M, CALLS_BY_ADDRESS, CALLS_BY_BUILDING, limits_at
from backend.incidents.models import Call, Incident
from backend.incidents.nearby import candidates
from backend.incidents.people import by
from backend.incidents.settling import settle
from backend.incidents.states import UNVERIFIED, By, Change, FireHere
from backend.incidents.transitions import opened, step
from backend.kernel import clock, crypt, db, policy
from backend.kernel.access import Actor
from backend.places import qr
from backend.places import service as places
from backend.places.models import Building, Floor

WINDOW = timedelta(minutes=10)


@dataclass(frozen=True)
class Where:
    """What a caller says of the place: one of the three, and perhaps a floor."""

    building_id: UUID | None = None
    floor_id: UUID | None = None
    qr: str | None = None
    lat: float | None = None
    lon: float | None = None


def call(
    actor: Actor | None, category: str, where: Where, note: str | None = None, address: str = ""
) -> tuple[Incident, bool]:
    """Open or join by what a person sees; True when it is new. Raises PlaceNotProved, QrUnknown, QrExpired."""
    building, floor = proved_place(actor, where)
    estate = intake.estate_of(building)
    intake.lock(estate.scope_path if estate else building.scope_path)
    at = clock.now()
    rules = limits_at(building.scope_path)
    known = actor if actor and _is_known(actor) else None
    speaker = by(actor, building.scope_path, building.id) if actor and known else None
    is_muted = speaker is None and _is_beyond_limits(building, address, at)
    ordinal = floor.ordinal if floor else None
    place = Place(category, str(estate.id) if estate else None, str(building.id), ordinal, is_sure=speaker is not None)
    found = choose(place, candidates(place, at, rules), at, rules)
    incident = intake.locked(UUID(found.id)) if found else None
    at = records.moment(incident, at) if incident else at
    graver = incident is not None and is_graver(category, incident.category)
    event = FireHere(at, speaker, ordinal, is_muted, graver)
    change = step(records.snapshot(incident), event, rules) if incident else None
    is_new = incident is None or not isinstance(change, Change)
    if incident is None or not isinstance(change, Change):
        incident = intake.draft(category, estate, building, building.scope_path, at)
        change = opened(event, rules)
    if speaker is not None or incident.state in UNVERIFIED:
        intake.raise_category(incident, category, at)
    if floor:
        records.add_floor(incident, floor.id, floor.ordinal)
    _keep(incident, change, event, building, where, address, note)
    _word(incident, speaker, at, event.floor)
    settle(incident, change, rules, at, "call", known, note=note, floor=event.floor, is_muted=is_muted)
    if speaker is not None:
        intake.call_off_exercises(incident, at)
    intake.ring_beside(incident, at)
    return incident, is_new


def proved_place(actor: Actor | None, where: Where) -> tuple[Building, Floor | None]:
    """The building that the caller has proved to be in: by its QR code, by position, or by living or serving there."""
    building: Building | None = None
    if where.qr:
        building = qr.building_of(where.qr)
    elif where.building_id and actor:
        seen = places.visible_to(actor).where(Building.id == where.building_id)
        building = db.session().scalar(seen)
    elif where.lat is not None and where.lon is not None:
        building = places.nearest(where.lat, where.lon, float(policy.get(CALL_RADIUS_M)))
    if building is None:
        raise PlaceNotProved()
    floor = db.session().get(Floor, where.floor_id) if where.floor_id else None
    return building, floor if floor and floor.building_id == building.id else None


def _is_known(actor: Actor) -> bool:
    """Somebody with a role anywhere. Signed in without one is a phone number, no neighbour: it counts as unknown."""
    return actor.can("incidents.see")


def _is_beyond_limits(building: Building, address: str, at: datetime) -> bool:
    recent = select(func.count()).where(Call.at > at - WINDOW, Call.person_id.is_(None))
    of_building = db.session().scalar(recent.where(Call.building_id == building.id)) or 0
    of_address = db.session().scalar(recent.where(Call.address == crypt.blind_index(address))) if address else 0
    return of_building >= int(policy.get(CALLS_BY_BUILDING, building.scope_path)) or (of_address or 0) >= int(
        policy.get(CALLS_BY_ADDRESS, building.scope_path)
    )


def _keep(
    incident: Incident, change: Change, event: FireHere, building: Building, where: Where, address: str, note: Any
) -> None:
    incident.round = change.after.round
    row = Call(incident_id=incident.id, at=event.at, building_id=building.id, lat=where.lat, lon=where.lon, note=note)
    row.person_id = UUID(event.by.person_id) if event.by else None
    row.address = crypt.blind_index(address) if address else None
    row.is_muted = event.is_muted
    db.session().add(row)


def _word(incident: Incident, speaker: By | None, at: datetime, floor: int | None) -> None:
    """A known caller's word is evidence; an unknown one's is only in the timeline."""
    if speaker is not None:
        incident.is_source_verified = True
        add_word(incident, speaker, at, "call", floor)


def add_word(incident: Incident, speaker: By, at: datetime, what: str, floor: int | None = None) -> None:
    """Keep what a person said of it, for the rules that count people."""
    records.add_evidence(
        incident,
        f"person:{speaker.person_id}",
        at,
        kind="responder" if speaker.is_responder else "resident",
        person_id=UUID(speaker.person_id),
        dwelling_id=UUID(speaker.dwelling) if speaker.dwelling else None,
        floor_ordinal=floor,
        evidence=what,
        words={"zh": "看见着火", "en": "sees the fire"},
        is_household=speaker.is_household,
    )
