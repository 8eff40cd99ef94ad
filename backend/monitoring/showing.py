"""Devices as the lists and the live stream give them (one shape for both)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from backend.kernel import db, stream
from backend.monitoring.models import Device, DeviceState, PointState
from backend.places.models import Building, Floor

PERMISSION = "devices.see"


def query() -> Select[*tuple[Any, ...]]:
    """Devices with their last word and their place by name; outer joins, as a found device has no place."""
    return (
        select(Device, PointState, Building, Floor.label, Floor.ordinal)
        .outerjoin(PointState, PointState.device_id == Device.id)
        .outerjoin(Building, Building.id == Device.building_id)
        .outerjoin(Floor, Floor.id == Device.floor_id)
    )


def item(row: Any) -> dict[str, Any]:
    """The device of one row of `query`, in the contract's shape."""
    device, last, building, floor, ordinal = row
    return {
        "id": device.id,
        "transmitter_id": device.transmitter_id,
        "system_type": device.system_type,
        "system_address": device.system_address,
        "component_type": device.component_type,
        "component_address": device.component_address,
        "kind": device.kind,
        "place": {
            "building": named(building),
            "floor": {"id": device.floor_id, "label": floor, "ordinal": ordinal} if device.floor_id else None,
            "label": device.label,
            "label_en": device.label_en,
        },
        "state": last.state if last else DeviceState.UNKNOWN,
        "since": last.since if last else None,
        "seen_at": last.seen_at if last else None,
        "silenced_until": last.silenced_until if last else None,
    }


def named(building: Building | None) -> dict[str, Any] | None:
    """A building by its names."""
    return {"id": building.id, "name": building.name, "name_en": building.name_en} if building else None


def emit(ids: Iterable[UUID]) -> None:
    """Show changed devices to everybody who may see them."""
    wanted = list(ids)
    if not wanted:
        return
    found = db.session().execute(query().where(Device.id.in_(wanted)).execution_options(populate_existing=True))
    for row in found:
        stream.emit("device", item(row), paths=[row.Device.scope_path], permission=PERMISSION)
