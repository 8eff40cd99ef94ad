"""The devices behind a batch of items: found, made on first sight, and their last words kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text, tuple_, update

from backend.kernel import clock, db
from backend.kernel.ids import new_id
from backend.monitoring import rows
from backend.monitoring.edges import Last
from backend.monitoring.gateway import codes
from backend.monitoring.models import Device, PointState, SystemState
from backend.monitoring.registry import Site

Key = tuple[UUID, int, int, int, int]
SystemKey = tuple[UUID, int, int]
UNIT = -1
MAX_FOUND = 10_000
"""Points that one transmitter may make by itself; beyond that its signals are kept without a device."""


@dataclass(slots=True)
class Point:
    """A device and its last word."""

    id: UUID
    building_id: UUID | None
    scope_path: str
    label: str
    label_en: str
    last: Last
    is_new: bool = False


_LOAD = text(
    "SELECT d.transmitter_id, d.system_type, d.system_address, d.component_type, d.component_address, "
    "d.id, d.building_id, d.scope_path, d.label, d.label_en, s.state, s.flags, s.since, s.seen_at, s.danger, "
    "s.category, s.danger_at, s.cleared_at, s.silenced_until "
    "FROM unnest(CAST(:t AS uuid[]), CAST(:st AS int[]), CAST(:sa AS int[]), CAST(:ct AS int[]), "
    "CAST(:ca AS bigint[])) AS k(t, st, sa, ct, ca) "
    "JOIN devices d ON d.transmitter_id = k.t AND d.system_type = k.st AND d.system_address = k.sa "
    "AND d.component_type = k.ct AND d.component_address = k.ca "
    "LEFT JOIN device_state s ON s.device_id = d.id"
)


def load(keys: Iterable[Key]) -> dict[Key, Point]:
    """The known points among `keys`, with their last words. Arrays: 500 points as parameters cost 20 ms to compile."""
    wanted = set(keys)
    if not wanted:
        return {}
    columns = dict(zip(("t", "st", "sa", "ct", "ca"), map(list, zip(*wanted, strict=True)), strict=True))
    return {tuple(row[:5]): _point(row) for row in db.session().execute(_LOAD, columns)}


def _point(row: Any) -> Point:
    if row.seen_at is None:
        at = clock.now()
        return Point(row.id, row.building_id, row.scope_path, row.label, row.label_en, Last(at, at), is_new=True)
    last = Last(
        row.since, row.seen_at, row.state, row.flags, row.danger, row.category, row.danger_at, row.cleared_at,
        row.silenced_until,
    )  # fmt: skip
    return Point(row.id, row.building_id, row.scope_path, row.label, row.label_en, last)


def create(site: Site, key: Key, label: str, at: datetime) -> Point | None:
    """Make a point that was never seen: kept, "place unknown", so that no signal of it is lost."""
    made = text("SELECT count(*) FROM devices WHERE transmitter_id = :id AND is_found")
    if db.session().execute(made, {"id": site.id}).scalar_one() >= MAX_FOUND:
        return None
    _, system_type, system_address, component_type, component_address = key
    kind = codes.component(component_type)
    _, number = site.profile.address_parts(component_address)
    device = Device(
        id=new_id(),
        transmitter_id=site.id,
        system_type=system_type,
        system_address=system_address,
        component_type=component_type,
        component_address=component_address,
        kind=kind.kind,
        building_id=site.building_id,
        label=label or f"{kind.zh} {number}",
        label_en=f"{kind.en} {number}",
        is_found=True,
        scope_path=site.scope_path,
        created_at=at,
    )
    db.session().add(device)
    db.session().flush()
    last = Last(at, at)
    return Point(device.id, site.building_id, site.scope_path, device.label, device.label_en, last, is_new=True)


_STATE_TYPES = {
    "device_id": "uuid",
    "state": "text",
    "flags": "int",
    "since": "timestamptz",
    "seen_at": "timestamptz",
    "danger": "text",
    "category": "text",
    "danger_at": "timestamptz",
    "cleared_at": "timestamptz",
}


def keep(points: Iterable[Point]) -> None:
    """Write the last words of these points."""
    fields = [name for name in _STATE_TYPES if name != "device_id"]
    found = sorted({p.id: p for p in points}.values(), key=lambda p: p.id)
    values = [{"device_id": p.id} | {name: getattr(p.last, name) for name in fields} for p in found]
    rows.upsert("device_state", ["device_id"], _STATE_TYPES, values)


def load_systems(keys: Iterable[SystemKey]) -> dict[SystemKey, Last]:
    wanted = list(set(keys))
    if not wanted:
        return {}
    s = SystemState
    query = select(s).where(tuple_(s.transmitter_id, s.system_type, s.system_address).in_(wanted))
    return {
        (r.transmitter_id, r.system_type, r.system_address): Last(
            r.since, r.seen_at, "", r.flags, r.danger, None, r.danger_at, r.cleared_at
        )
        for r in db.session().scalars(query.execution_options(populate_existing=True))
    }


_SYSTEM_TYPES = {"transmitter_id": "uuid", "system_type": "int", "system_address": "int"} | {
    name: kind for name, kind in _STATE_TYPES.items() if name not in ("device_id", "state", "category")
}


def keep_systems(systems: dict[SystemKey, Last]) -> None:
    values = [
        {"transmitter_id": key[0], "system_type": key[1], "system_address": key[2]}
        | {name: getattr(last, name) for name in list(_SYSTEM_TYPES)[3:]}
        for key, last in sorted(systems.items())
    ]
    rows.upsert("system_state", ["transmitter_id", "system_type", "system_address"], _SYSTEM_TYPES, values)


def release(transmitter_id: UUID, at: datetime) -> list[UUID]:
    """A reset at the panel or the transmitter arms all its points again. Returns the devices whose state it changes."""
    mine = select(Device.id).where(Device.transmitter_id == transmitter_id)
    nothing: dict[str, Any] = {"danger": None, "category": None, "danger_at": None, "cleared_at": None}
    rest = {"state": "normal", "flags": 1, "since": at}
    latched = update(PointState).where(PointState.device_id.in_(mine), PointState.danger.is_not(None))
    burning = PointState.state.in_(("fire", "alarm"))
    options = {"synchronize_session": False}
    shown = db.session().execute(
        latched.where(burning).values(nothing | rest).returning(PointState.device_id), execution_options=options
    )
    ids = list(shown.scalars())
    db.session().execute(latched.values(nothing), execution_options=options)
    nothing.pop("category")
    systems = update(SystemState).where(SystemState.transmitter_id == transmitter_id, SystemState.danger.is_not(None))
    db.session().execute(systems.values(nothing), execution_options=options)
    return ids
