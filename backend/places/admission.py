"""How a person comes to live in a dwelling here: ask by the building's code, be admitted, leave."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload

import notifications
from backend.accounts import service as accounts
from backend.kernel import audit, clock, db, events
from backend.kernel.access import Actor
from backend.kernel.errors import NotFound
from backend.kernel.scope import within
from backend.kernel.text import pair
from backend.places import qr as codes
from backend.places.errors import AskedTooOften, NoSuchDwelling, NotYoursToDecide, TooManyAsked
from backend.places.events import ResidentAdmitted, ResidentLeft
from backend.places.models import Building, Dwelling, Residency, ResidencyState
from backend.places.scoped import of_dwelling

LOADED = (
    joinedload(Residency.person),
    joinedload(Residency.dwelling).joinedload(Dwelling.floor),
    joinedload(Residency.dwelling).joinedload(Dwelling.building).joinedload(Building.estate),
)
OPEN = (ResidencyState.ASKED, ResidencyState.ADMITTED)
MOST_WAITING = 5
"""Requests of one person that may wait at the same time: who asks at every door is no neighbour."""
MOST_A_DAY = 10


def visible_to(actor: Actor) -> Select[Residency]:
    """One's own residencies, and those in the dwellings whose residents one may see."""
    query = select(Residency).options(*LOADED).join(Dwelling, Dwelling.id == Residency.dwelling_id)
    mine = Residency.person_id == actor.person_id
    return query.where(or_(mine, within(Dwelling.scope_path, actor.paths("residents.see"))))


def find(actor: Actor, residency_id: UUID) -> Residency:
    """The residency, or NotFound when it is none or not the actor's to see. Locked until the transaction ends."""
    query = visible_to(actor).where(Residency.id == residency_id).with_for_update(key_share=True, of=Residency)
    found = db.session().scalar(query)
    if found is None:
        raise NotFound(residency_id=str(residency_id))
    return found


def ask(actor: Actor, qr: str, number: str | None = None, dwelling_id: UUID | None = None) -> tuple[Residency, bool]:
    """Ask to be admitted to a dwelling of the scanned building; (residency, is new). Asking again changes nothing.

    Raises QrUnknown, QrExpired, NoSuchDwelling.
    """
    building = codes.building_of(qr)
    dwelling = _dwelling(building, number, dwelling_id)
    query = select(Residency).where(
        Residency.dwelling_id == dwelling.id, Residency.person_id == actor.person_id, Residency.state.in_(OPEN)
    )
    found = db.session().scalar(query)
    if found is None:
        _check_waiting(actor.person_id)
        fresh = Residency(dwelling_id=dwelling.id, person_id=actor.person_id, asked_at=clock.now())
        db.session().add(fresh)
        db.session().flush()
        _tell_deciders(loaded(fresh.id))
    return loaded(found.id if found else fresh.id), found is None


def admit(actor: Actor, residency_id: UUID) -> Residency:
    """The person lives there: the role of resident is given on the dwelling, and the asker is told."""
    residency = _decide(actor, residency_id, ResidencyState.ADMITTED)
    settle(residency, by=actor.person_id)
    _tell_asker(residency)
    return residency


def refuse(actor: Actor, residency_id: UUID) -> Residency:
    """The person does not live there; the asker is told."""
    residency = _decide(actor, residency_id, ResidencyState.REFUSED)
    _tell_asker(residency)
    return residency


def end(actor: Actor, residency_id: UUID) -> Residency:
    """The person moved out: by the person, or by who may admit. The role ends with it."""
    residency = find(actor, residency_id)
    if residency.person_id != actor.person_id:
        check_decider(actor, residency.dwelling)
    was_admitted = residency.state == ResidencyState.ADMITTED
    residency.move(ResidencyState.ENDED, actor.person_id)
    dwelling = residency.dwelling
    audit.record("residencies.end", "residency", residency.id, dwelling.scope_path)
    if was_admitted:
        accounts.end_grants(residency.person_id, "resident", "dwelling", dwelling.id)
        events.publish(ResidentLeft(residency.person_id, dwelling.id, dwelling.building_id, dwelling.scope_path))
    return residency


def settle(residency: Residency, by: UUID | None, *, is_bulk: bool = False) -> None:
    """Give the role that an admitted residency carries; its dwelling, floor and building must be loaded."""
    dwelling = residency.dwelling
    on = of_dwelling(dwelling)
    accounts.grant(residency.person_id, "resident", "dwelling", dwelling.id, on, by, is_bulk=is_bulk)
    events.publish(ResidentAdmitted(residency.person_id, dwelling.id, dwelling.building_id, dwelling.scope_path))


def _dwelling(building: Building, number: str | None, dwelling_id: UUID | None) -> Dwelling:
    query = select(Dwelling).where(Dwelling.building_id == building.id)
    wanted = (number or "").strip()
    found = db.session().scalar(query.where(Dwelling.id == dwelling_id if dwelling_id else Dwelling.number == wanted))
    if found is None:
        raise NoSuchDwelling(number=wanted or str(dwelling_id))
    return found


def _check_waiting(person_id: UUID) -> None:
    mine = select(func.count()).select_from(Residency).where(Residency.person_id == person_id)
    waiting = mine.where(Residency.state == ResidencyState.ASKED)
    today = mine.where(Residency.asked_at > clock.now() - timedelta(days=1))  # also what was taken back to ask again
    if (db.session().scalar(waiting) or 0) >= MOST_WAITING:
        raise TooManyAsked(most=MOST_WAITING)
    if (db.session().scalar(today) or 0) >= MOST_A_DAY:
        raise AskedTooOften()


def loaded(residency_id: UUID) -> Residency:
    """The residency with its person, dwelling, floor, building and estate."""
    query = select(Residency).options(*LOADED).where(Residency.id == residency_id)
    return db.session().scalars(query.execution_options(populate_existing=True)).one()


def _decide(actor: Actor, residency_id: UUID, to: ResidencyState) -> Residency:
    residency = find(actor, residency_id)
    check_decider(actor, residency.dwelling)
    residency.move(to, actor.person_id)
    path = residency.dwelling.scope_path
    audit.record(f"residencies.{to}", "residency", residency.id, path, person_id=str(residency.person_id))
    return residency


def deciders(dwelling: Dwelling) -> list[UUID]:
    """Who admits to this dwelling: its property; the grid worker where there is none; failing both, whoever may."""
    building = db.session().get_one(Building, dwelling.building_id, options=[joinedload(Building.estate)])
    first = "property" if building.estate and building.estate.has_property else "grid_worker"
    path = dwelling.scope_path
    return accounts.people_with("residents.admit", path, roles=[first]) or accounts.people_with("residents.admit", path)


def check_decider(actor: Actor, dwelling: Dwelling) -> None:
    path = dwelling.scope_path
    if not actor.may("residents.admit", path):
        raise NotFound(dwelling_id=str(dwelling.id))
    is_administrator = actor.may("places.manage", path)
    if not is_administrator and actor.person_id not in deciders(dwelling):
        raise NotYoursToDecide()


def _named(building: Building) -> dict[str, str]:
    return pair(building.name, building.name_en)


def _tell_deciders(residency: Residency) -> None:
    dwelling = residency.dwelling
    params = {"who": residency.person.name, "dwelling": dwelling.number, "building": _named(dwelling.building)}
    told = [notifications.Recipient(person_id) for person_id in deciders(dwelling)]
    subject = ("residency", residency.id)
    notifications.send("admission.asked", subject=subject, step="asked", recipients=told, params=params)


def _tell_asker(residency: Residency) -> None:
    dwelling = residency.dwelling
    params = {"dwelling": dwelling.number, "building": _named(dwelling.building), "decision": residency.state}
    told = [notifications.Recipient(residency.person_id)]
    subject = ("residency", residency.id)
    notifications.send("admission.decided", subject=subject, step="decided", recipients=told, params=params)
