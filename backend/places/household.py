"""The household behind one door: who lives there, how many, and who needs help to leave."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import joinedload

from backend.accounts.models import Person
from backend.kernel import audit, db
from backend.kernel.access import Actor
from backend.kernel.errors import NotFound
from backend.kernel.scope import within
from backend.places.admission import LOADED, OPEN, check_decider
from backend.places.models import Dwelling, Need, Residency, ResidencyState


def dwelling_card(actor: Actor, dwelling_id: UUID) -> dict[str, Any]:
    """One dwelling with its household: names for who may see them, needs for who may see those."""
    dwelling = _seen_dwelling(actor, dwelling_id)
    people = db.session().scalars(
        select(Residency)
        .options(joinedload(Residency.person))
        .where(Residency.dwelling_id == dwelling_id, Residency.state.in_(OPEN))
        .order_by(Residency.id)
    )
    needs: Iterable[Need] = ()
    if actor.may("needs.see", dwelling.scope_path):
        needs = db.session().scalars(select(Need).where(Need.dwelling_id == dwelling_id).order_by(Need.id))
    return {
        "id": dwelling.id,
        "number": dwelling.number,
        "household": dwelling.household,
        "floor": dwelling.floor,
        "building": dwelling.building,
        "residents": [_resident(r) for r in people],
        "needs": list(needs),
    }


def change_household(
    actor: Actor, dwelling_id: UUID, household: int | None, needs: list[dict[str, Any]]
) -> dict[str, Any]:
    """Write how many live there and who needs help to leave; by the household itself or by who may admit it."""
    dwelling = _seen_dwelling(actor, dwelling_id)
    if not _lives_there(actor, dwelling_id):
        check_decider(actor, dwelling)
    dwelling.household = household
    db.session().execute(delete(Need).where(Need.dwelling_id == dwelling_id))
    db.session().add_all(Need(dwelling_id=dwelling_id, **need) for need in needs)
    db.session().flush()
    audit.record("dwellings.household", "dwelling", dwelling_id, dwelling.scope_path, needs=len(needs))
    return dwelling_card(actor, dwelling_id)


def homes_of(person_id: UUID) -> list[dict[str, Any]]:
    """Where a person lives or has asked to, for GET /me."""
    query = select(Residency).options(*LOADED[1:]).where(Residency.person_id == person_id, Residency.state.in_(OPEN))
    return [_home(r) for r in db.session().scalars(query.order_by(Residency.state.desc(), Residency.id))]


def _home(residency: Residency) -> dict[str, Any]:
    dwelling = residency.dwelling
    floor, building, estate = dwelling.floor, dwelling.building, dwelling.building.estate
    return {
        "residency_id": residency.id,
        "state": residency.state,
        "dwelling": {"id": dwelling.id, "number": dwelling.number},
        "floor": {"label": floor.label, "ordinal": floor.ordinal},
        "building": {"id": building.id, "name": building.name, "name_en": building.name_en},
        "estate": {"id": estate.id, "name": estate.name, "name_en": estate.name_en} if estate else None,
    }


def _resident(residency: Residency) -> dict[str, Any]:
    person: Person = residency.person
    return {
        "residency_id": residency.id,
        "person_id": person.id,
        "name": person.name,
        "phone_masked": person.phone_masked,
        "state": residency.state,
    }


def _seen_dwelling(actor: Actor, dwelling_id: UUID) -> Dwelling:
    query = select(Dwelling).options(joinedload(Dwelling.floor), joinedload(Dwelling.building))
    paths = actor.paths("residents.see")
    found = db.session().scalar(query.where(Dwelling.id == dwelling_id, within(Dwelling.scope_path, paths)))
    if found is None:
        raise NotFound(dwelling_id=str(dwelling_id))
    return found


def _lives_there(actor: Actor, dwelling_id: UUID) -> bool:
    query = select(Residency.id).where(
        Residency.dwelling_id == dwelling_id,
        Residency.person_id == actor.person_id,
        Residency.state == ResidencyState.ADMITTED,
    )
    return db.session().scalar(query) is not None
