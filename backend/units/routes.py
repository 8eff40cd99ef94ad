"""Looking at units."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from backend.kernel.access import actor
from backend.kernel.api import Blueprint, page, page_of
from backend.units import service
from backend.units.models import Unit, UnitPremises
from backend.units.schemas import UnitQuery, UnitSchema

blueprint = Blueprint("units", __name__, url_prefix="/api/units")


@blueprint.op("GET", "", needs="units.see", query=UnitQuery, out=page_of(UnitSchema))
def units(query: dict[str, Any]) -> dict[str, Any]:
    """The units in my scope, all or those of one building, with the floors they hold."""
    chosen = service.visible_to(actor())
    if query["building"]:
        held = select(UnitPremises.unit_id).where(UnitPremises.building_id == query["building"])
        chosen = chosen.where(Unit.id.in_(held))
    return page(chosen, Unit, **query)
