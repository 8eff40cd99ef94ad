"""The first screen, a building's state, and the page behind its QR code."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from backend.home import schemas as s
from backend.home import service
from backend.kernel.access import actor
from backend.kernel.api import PUBLIC, SIGNED_IN, Blueprint
from backend.places import service as places

blueprint = Blueprint("home", __name__, url_prefix="/api")


@blueprint.op("GET", "/home", needs=SIGNED_IN, query=s.HomeQuery, out=s.FirstScreenSchema)
def home(query: dict[str, Any]) -> dict[str, Any]:
    """My first screen: my building, how it stands, open incidents, faults, who is on watch."""
    return service.home(actor(), query["building"])


@blueprint.op("GET", "/buildings/<uuid:building_id>/status", needs="places.see", out=s.StatusSchema)
def building_status(building_id: UUID) -> dict[str, Any]:
    """How one building stands: devices on line, gauges, what is not watched."""
    return service.status(places.seen_building(actor(), building_id))  # dumped already, see the schema's Made


@blueprint.op("GET", "/public/buildings/<string:token>", needs=PUBLIC, out=s.PublicPageSchema)
def public_page(token: str) -> dict[str, Any]:
    """The page behind a building's QR code: its name and one word on how it stands, nothing private."""
    return service.public_page(token)
