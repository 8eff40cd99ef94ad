"""Devices, their readings and faults, as everybody in scope sees them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from backend.kernel.access import actor
from backend.kernel.api import Blueprint, page_of
from backend.monitoring import listing, service
from backend.monitoring import schemas as s

blueprint = Blueprint("monitoring", __name__, url_prefix="/api")


@blueprint.op("GET", "/devices", needs="devices.see", query=s.DeviceQuery, out=page_of(s.DeviceSchema))
def devices(query: dict[str, Any]) -> dict[str, Any]:
    """The devices in my scope, all or of one building, transmitter, kind or state."""
    return listing.devices(actor(), **query)


@blueprint.op("GET", "/devices/<uuid:device_id>", needs="devices.see", out=s.DeviceCardSchema)
def device(device_id: UUID) -> dict[str, Any]:
    """One device with its latest readings."""
    return service.device(actor(), device_id)


@blueprint.op(
    "GET", "/readings/latest", needs="devices.see", query=s.ReadingQuery, out=page_of(s.ReadingWithDeviceSchema)
)
def latest_readings(query: dict[str, Any]) -> dict[str, Any]:
    """The newest value of each metric in my scope, with its age."""
    return listing.readings(actor(), **query)


@blueprint.op("GET", "/faults", needs="devices.see", query=s.FaultQuery, out=page_of(s.FaultSchema))
def faults(query: dict[str, Any]) -> dict[str, Any]:
    """What is broken in my scope, in plain words; with state=recovered what was."""
    return listing.faults(actor(), **query)
