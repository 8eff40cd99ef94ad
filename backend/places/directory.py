"""What accounts asks of places: the names and paths of scopes, and where a person lives."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from backend.accounts import scopes
from backend.kernel import db
from backend.places import household
from backend.places.models import Area, Building, Dwelling, Estate
from backend.places.scoped import of_dwelling, of_place


def register() -> None:
    """Make areas, estates, buildings and dwellings known as things that a role can be held on."""
    for kind, model in (("area", Area), ("estate", Estate), ("building", Building)):
        scopes.register(kind, _resolver(model))
    scopes.register("dwelling", dwellings)
    scopes.register_homes(household.homes_of)


def dwellings(ids: Iterable[UUID]) -> dict[UUID, scopes.Scope]:
    """A dwelling is named with its building: 晨光里 7 号楼 1802."""
    query = select(Dwelling).options(joinedload(Dwelling.building)).where(Dwelling.id.in_(list(ids)))
    return {d.id: of_dwelling(d) for d in db.session().scalars(query)}


def _resolver(model: Any) -> scopes.Resolve:
    def resolve(ids: Iterable[UUID]) -> dict[UUID, scopes.Scope]:
        query = select(model.id, model.name, model.name_en, model.scope_path).where(model.id.in_(list(ids)))
        return {row.id: of_place(row) for row in db.session().execute(query)}

    return resolve
