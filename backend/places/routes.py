"""Looking at places: areas, estates, buildings, their QR codes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response

from backend.kernel.access import actor
from backend.kernel.api import Blueprint, PageQuery, page, page_of
from backend.kernel.errors import NotFound
from backend.places import qr, service
from backend.places import schemas as s
from backend.places.models import Area, Building, Estate

blueprint = Blueprint("places", __name__, url_prefix="/api")


@blueprint.op("GET", "/areas", needs="places.see", query=PageQuery, out=page_of(s.AreaSchema))
def areas(query: dict[str, Any]) -> dict[str, Any]:
    """The areas in my scope and those above them."""
    return page(service.areas(actor()), Area, **query)


@blueprint.op("GET", "/estates", needs="places.see", query=PageQuery, out=page_of(s.EstateSchema))
def estates(query: dict[str, Any]) -> dict[str, Any]:
    """The estates in my scope."""
    return page(service.estates(actor()), Estate, **query)


@blueprint.op("GET", "/buildings", needs="places.see", query=s.BuildingQuery, out=page_of(s.BuildingSchema))
def buildings(query: dict[str, Any]) -> dict[str, Any]:
    """The buildings in my scope, all or those of one estate."""
    chosen = service.visible_to(actor())
    if query["estate"]:
        chosen = chosen.where(Building.estate_id == query["estate"])
    return page(chosen, Building, **query)


@blueprint.op("GET", "/buildings/<uuid:building_id>", needs="places.see", out=s.BuildingCardSchema)
def building(building_id: UUID) -> dict[str, Any]:
    """One building: floors, plan, gates, hydrants, what it is joined to; its doors for who may see its residents."""
    found = service.seen_building(actor(), building_id)
    return service.building_card(found.id, with_dwellings=actor().may("residents.see", found.scope_path))


@blueprint.op("GET", "/buildings/<uuid:building_id>/qr", needs="residents.admit", out=s.QrSchema)
def building_code(building_id: UUID) -> dict[str, Any]:
    """The address in the building's QR code, and until when a print of it works."""
    found = _coded(building_id)
    return {"url": qr.address(found), "token": qr.token(found), "valid_until": qr.valid_until(found)}


@blueprint.op("GET", "/buildings/<uuid:building_id>/qr.svg", needs="residents.admit")
def building_code_picture(building_id: UUID) -> Response:
    """The building's QR code as SVG, to print."""
    return Response(qr.svg(_coded(building_id)), mimetype="image/svg+xml")


def _coded(building_id: UUID) -> Building:
    found = service.seen_building(actor(), building_id)
    if not actor().may("residents.admit", found.scope_path):
        raise NotFound(building_id=str(building_id))
    return found
