"""Units as others ask for them."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from backend.accounts import scopes
from backend.kernel import db
from backend.kernel.access import Actor
from backend.kernel.scope import within
from backend.units.models import Unit, UnitPremises


def visible_to(actor: Actor) -> Select[Unit]:
    """Units with premises in the actor's scope."""
    held = select(UnitPremises.unit_id).where(within(UnitPremises.scope_path, actor.paths("units.see")))
    return _loaded().where(Unit.id.in_(held))


def in_building(building_id: UUID, ordinal: int | None = None) -> list[Unit]:
    """Units in a building, or those on one of its floors: whom a fire there concerns besides residents."""
    held = select(UnitPremises.unit_id).where(UnitPremises.building_id == building_id)
    if ordinal is not None:
        held = held.where(UnitPremises.from_ordinal <= ordinal, UnitPremises.to_ordinal >= ordinal)
    return list(db.session().scalars(_loaded().where(Unit.id.in_(held)).order_by(Unit.name)))


def register_scope() -> None:
    """Make units known to accounts as things a role can be held on: all buildings that hold their premises."""
    scopes.register("unit", _scopes)


def _scopes(ids: Iterable[UUID]) -> dict[UUID, scopes.Scope]:
    units = db.session().scalars(_loaded().where(Unit.id.in_(list(ids))))
    return {u.id: scopes.Scope(u.name, u.name_en, tuple(sorted({p.scope_path for p in u.premises}))) for u in units}


def _loaded() -> Select[Unit]:
    return select(Unit).options(selectinload(Unit.premises).selectinload(UnitPremises.building))
