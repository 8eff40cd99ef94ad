"""Looking at stations and at who is on watch."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from backend.kernel.access import actor
from backend.kernel.api import Blueprint, PageQuery, page, page_of
from backend.places import service as places
from backend.stations import service
from backend.stations.models import Station
from backend.stations.schemas import StationSchema, WatchersSchema

blueprint = Blueprint("stations", __name__, url_prefix="/api")


@blueprint.op("GET", "/stations", needs="stations.see", query=PageQuery, out=page_of(StationSchema))
def stations(query: dict[str, Any]) -> dict[str, Any]:
    """The stations that answer for the places in my scope."""
    return page(service.visible_to(actor()), Station, **query)


@blueprint.op("GET", "/buildings/<uuid:building_id>/watch", needs="stations.see", out=WatchersSchema)
def watchers(building_id: UUID) -> dict[str, Any]:
    """Who is on watch over this building now."""
    return service.watchers(places.seen_building(actor(), building_id).scope_path)
