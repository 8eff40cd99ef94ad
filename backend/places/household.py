"""The household behind one door: who lives there, how many, and who needs help to leave."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import joinedload

from backend.accounts.models import Person
from backend.kernel import audit, db
from backend.kernel.access import Actor
from backend.kernel.errors import NotFound
from backend.kernel.scope import within
from backend.places.admission import OPEN, check_decider
from backend.places.models import Building, Dwelling, Estate, Floor, Need, Residency, ResidencyState


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


HOMES = (
    select(
        Residency.id, Residency.state,
        Dwelling.id.label("dwelling_id"), Dwelling.number,
        Floor.label, Floor.ordinal,
        Building.id.label("building_id"), Building.name.label("building_name"),
        Building.name_en.label("building_name_en"),
        Estate.id.label("estate_id"), Estate.name.label("estate_name"), Estate.name_en.label("estate_name_en"),
    )
    .join(Residency.dwelling)
    .join(Dwelling.floor)
    .join(Dwelling.building)
    .outerjoin(Building.estate)
    .where(Residency.person_id == bindparam("person_id"), Residency.state.in_(OPEN))
    .order_by(Residency.state.desc(), Residency.id)
)  # fmt: skip  # columns, and made once: a tower that opens the app at once asks it twice a phone


def homes_of(person_id: UUID) -> list[dict[str, Any]]:
    """Where a person lives or has asked to, for GET /me."""
    return [_home(row) for row in db.session().execute(HOMES, {"person_id": person_id})]


def _home(row: Any) -> dict[str, Any]:
    return {
        "residency_id": row.id,
        "state": row.state,
        "dwelling": {"id": row.dwelling_id, "number": row.number},
        "floor": {"label": row.label, "ordinal": row.ordinal},
        "building": {"id": row.building_id, "name": row.building_name, "name_en": row.building_name_en},
        "estate": _estate(row) if row.estate_id else None,
    }


def _estate(row: Any) -> dict[str, Any]:
    return {"id": row.estate_id, "name": row.estate_name, "name_en": row.estate_name_en}


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
