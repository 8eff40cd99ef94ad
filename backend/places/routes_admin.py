"""Drawing places: for the administrator."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from backend.kernel.access import actor
from backend.kernel.api import Blueprint
from backend.places import qr, service, surveying
from backend.places import schemas as s
from backend.places.models import Area, Estate

blueprint = Blueprint("surveying", __name__, url_prefix="/api")
MANAGE = surveying.MANAGE


@blueprint.op("POST", "/areas", needs=MANAGE, body=s.NewAreaSchema, out=s.AreaSchema, status=201)
def create_area(body: dict[str, Any]) -> Area:
    """Add a node of the area tree; its place follows from its GB/T 2260 code."""
    return surveying.create_area(actor(), **body)


@blueprint.op("POST", "/estates", needs=MANAGE, body=s.NewEstateSchema, out=s.EstateSchema, status=201)
def create_estate(body: dict[str, Any]) -> Estate:
    """Add an estate to an area."""
    return surveying.create_estate(actor(), **body)


@blueprint.op("PATCH", "/estates/<uuid:estate_id>", needs=MANAGE, body=s.ChangeEstateSchema, out=s.EstateSchema)
def change_estate(estate_id: UUID, body: dict[str, Any]) -> Estate:
    """Change an estate's name, address, position, or whether a property office admits its residents."""
    return surveying.change_estate(actor(), estate_id, **body)


@blueprint.op("PUT", "/estates/<uuid:estate_id>/outside", needs=MANAGE, body=s.OutsideSchema, out=s.EstateSchema)
def place_outside(estate_id: UUID, body: dict[str, Any]) -> Estate:
    """Replace the estate's gates and outside hydrants."""
    return surveying.place_outside(actor(), estate_id, **body)


@blueprint.op("POST", "/buildings", needs=MANAGE, body=s.NewBuildingSchema, out=s.BuildingCardSchema, status=201)
def create_building(body: dict[str, Any]) -> dict[str, Any]:
    """Add a building with its floors, doors, plan and what it is joined to."""
    found = surveying.create_building(actor(), **body)
    return service.building_card(found.id, with_dwellings=True)


@blueprint.op(
    "PATCH", "/buildings/<uuid:building_id>", needs=MANAGE, body=s.ChangeBuildingSchema, out=s.BuildingCardSchema
)
def change_building(building_id: UUID, body: dict[str, Any]) -> dict[str, Any]:
    """Change a building; floors and doors that are new are added, `joined` replaces all joins."""
    found = surveying.change_building(actor(), building_id, **body)
    return service.building_card(found.id, with_dwellings=True)


@blueprint.op("POST", "/buildings/<uuid:building_id>/qr", needs=MANAGE, out=s.QrSchema)
def replace_codes(building_id: UUID) -> dict[str, Any]:
    """Make all codes that hang in the building worthless, and begin a new one."""
    found = surveying.replace_codes(actor(), building_id)
    return {"url": qr.address(found), "token": qr.token(found), "valid_until": qr.valid_until(found)}


@blueprint.op("DELETE", "/dwellings/<uuid:dwelling_id>", needs=MANAGE, status=204)
def remove_dwelling(dwelling_id: UUID) -> None:
    """Remove a door that was entered by mistake and where nobody ever lived."""
    surveying.remove_dwelling(actor(), dwelling_id)
