"""Pages of devices, readings and faults, newest first by id; and a raw frame in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy import Select

from backend.kernel import db
from backend.kernel.access import Actor
from backend.kernel.scope import within
from backend.monitoring import service, showing
from backend.monitoring.gateway import bodies, profiles
from backend.monitoring.gateway.frames import Frame
from backend.monitoring.intake import plain
from backend.monitoring.models import Device, DeviceState, Fault, LatestReading, PointState, RawFrame

Page = dict[str, Any]


def devices(
    actor: Actor,
    limit: int,
    after: UUID | None,
    building: UUID | None = None,
    transmitter: UUID | None = None,
    kind: str | None = None,
    state: str | None = None,
) -> Page:
    """Devices within scope, narrowed by what is given."""
    query = service.devices(actor)
    if building:
        query = query.where(Device.building_id == building)
    if transmitter:
        query = query.where(Device.transmitter_id == transmitter)
    if kind:
        query = query.where(Device.kind == kind)
    if state == DeviceState.UNKNOWN:
        query = query.where(PointState.state.is_(None) | (PointState.state == state))
    elif state:
        query = query.where(PointState.state == state)
    return _page(query, Device.id, limit, after, showing.item)


def faults(actor: Actor, limit: int, after: UUID | None, state: str = "open", building: UUID | None = None) -> Page:
    """Faults within scope: open, recovered or all."""
    query = service.fault_query().where(within(Fault.scope_path, actor.paths(showing.PERMISSION)))
    if state != "all":
        query = query.where(Fault.recovered_at.is_(None) if state == "open" else Fault.recovered_at.is_not(None))
    if building:
        query = query.where(Fault.building_id == building)
    return _page(query, Fault.id, limit, after, service.fault_item)


def readings(actor: Actor, limit: int, after: UUID | None, building: UUID | None = None) -> Page:
    """Latest readings within scope, device by device; a page ends between two devices."""
    query = service.readings(actor)
    if building:
        query = query.where(Device.building_id == building)
    if after:
        query = query.where(Device.id < after)
    rows = db.session().execute(query.order_by(Device.id.desc(), LatestReading.metric).limit(limit + 1)).all()
    is_cut = len(rows) > limit
    whole = [row for row in rows if not is_cut or row.Device.id != rows[-1].Device.id] or rows[:limit]
    items = [_reading(row.LatestReading, row.Device) for row in whole]
    return {"items": items, "next": whole[-1].Device.id if is_cut else None}


def _reading(latest: LatestReading, device: Device) -> dict[str, Any]:
    names = ("device_id", "metric", "value", "unit", "received_at", "device_at")
    where = {
        "device_kind": device.kind,
        "label": device.label,
        "label_en": device.label_en,
        "building_id": device.building_id,
    }
    return {name: getattr(latest, name) for name in names} | where


def frame_item(frame: RawFrame, profile: str) -> dict[str, Any]:
    """A raw frame of the last day in words."""
    parsed = Frame(frame.raw)
    body = bodies.decode(parsed.adu, profiles.get(profile))
    return {
        "id": frame.id,
        "received_at": frame.received_at,
        "peer": frame.peer,
        "outcome": frame.outcome,
        "serial": frame.serial,
        "command": parsed.command,
        "type": body.type,
        "hex": frame.raw.hex(),
        "items": [plain(item) | {"device_at": item.at} for item in body.items],
        "problems": list(body.problems),
    }


def _page(
    query: Select[*tuple[Any, ...]], key: Any, limit: int, after: UUID | None, shape: Callable[[Any], dict[str, Any]]
) -> Page:
    if after:
        query = query.where(key < after)
    rows = db.session().execute(query.order_by(key.desc()).limit(limit + 1)).all()
    items = [shape(row) for row in rows[:limit]]
    return {"items": items, "next": items[-1]["id"] if len(rows) > limit else None}
