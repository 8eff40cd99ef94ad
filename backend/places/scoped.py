"""Places as things that a role can be held on: their names in both languages and their paths."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from backend.accounts.scopes import Scope
from backend.places.models import Area, Building, Dwelling, Estate


def of_dwelling(dwelling: Dwelling) -> Scope:
    """Its building must be loaded."""
    names = (dwelling.building.name, dwelling.building.name_en)
    zh, en = (f"{name} {dwelling.number}" if name else "" for name in names)
    return Scope(zh, en, (dwelling.scope_path,))


def of_place(place: Area | Estate | Building | Row[Any]) -> Scope:
    """One row with its names and its one path."""
    return Scope(place.name, place.name_en, (place.scope_path,))
