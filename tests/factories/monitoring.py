"""Transmitters, devices and the frames they send, for tests."""

from __future__ import annotations

import itertools
from datetime import datetime
from typing import Any

from backend.kernel import clock, db
from backend.kernel.ids import new_id
from backend.monitoring import announcing, intake, registry
from backend.monitoring.arrivals import Arrival
from backend.monitoring.gateway import bodies, codes, frames, profiles
from backend.monitoring.gateway.bodies import Item
from backend.monitoring.intake import Memory, Stored
from backend.monitoring.models import Device, Transmitter
from backend.places.models import Building, Dwelling, Estate, Floor
from tests.factories.places import create_estate

LOOPBACK = "127.0.0.1/32"
FIRE, FAULT, NORMAL, SMOKE, CALL_POINT = 0x0003, 0x0005, 0x0001, 40, 23
_sources = itertools.count(700_001)
_serials = itertools.count(1)


def create_transmitter(
    estate: Estate | None = None, building: Building | None = None, network: str | None = LOOPBACK, **fields: Any
) -> Transmitter:
    with db.transaction() as session:
        estate = estate or (session.get(Estate, building.estate_id) if building else create_estate())
        assert estate is not None
        values: dict[str, Any] = {
            "id": new_id(),
            "estate_id": estate.id,
            "building_id": building.id if building else None,
            "name": "1 号传输装置",
            "source_address": next(_sources),
            "network": network,
            "registered_at": clock.now(),
            "scope_path": building.scope_path if building else estate.scope_path,
        }
        made = Transmitter(**(values | fields))
        session.add(made)
        session.flush()
        return made


def create_device(
    transmitter: Transmitter,
    address: int,
    component: int = SMOKE,
    building: Building | None = None,
    floor: Floor | None = None,
    dwelling: Dwelling | None = None,
    system: int = 1,
    **fields: Any,
) -> Device:
    with db.transaction() as session:
        place = dwelling or building or transmitter
        values: dict[str, Any] = {
            "id": new_id(),
            "transmitter_id": transmitter.id,
            "system_type": system,
            "system_address": 1,
            "component_type": component,
            "component_address": address,
            "kind": codes.component(component).kind,
            "building_id": building.id if building else None,
            "floor_id": floor.id if floor else None,
            "dwelling_id": dwelling.id if dwelling else None,
            "label": f"{address} 号探测器",
            "scope_path": place.scope_path,
            "created_at": clock.now(),
        }
        made = Device(**(values | fields))
        session.add(made)
        session.flush()
        return made


def frame(source: int, kind: int, *items: Item, serial: int | None = None, at: datetime | None = None) -> bytes:
    """The bytes of an upload; every call takes a new serial number unless one is given."""
    return raw_frame(source, bodies.encode(kind, items), serial=serial, at=at)


def raw_frame(
    source: int, adu: bytes, serial: int | None = None, command: int = frames.SEND, at: datetime | None = None
) -> bytes:
    return frames.build(
        serial=next(_serials) & 0xFFFF if serial is None else serial,
        source=source,
        destination=1,
        command=command,
        adu=adu,
        time=profiles.STANDARD.write_time(at or clock.now()),
    )


def component(
    source: int, address: int, status: int = FIRE, component: int = SMOKE, system: int = 1, **more: Any
) -> bytes:
    """Type 2: the state of one point."""
    item = Item(
        2,
        system_type=system,
        system_address=1,
        component_type=component,
        component_address=address,
        status=status,
        at=more.pop("device_at", clock.now()),
        text=more.pop("text", ""),
    )
    return frame(source, 2, item, **more)


def system(source: int, status: int = FIRE, system: int = 1, **more: Any) -> bytes:
    """Type 1: the state of a system."""
    return frame(source, 1, Item(1, system_type=system, system_address=1, status=status, at=clock.now()), **more)


def unit(source: int, status: int = FIRE, **more: Any) -> bytes:
    """Type 21: the state of the transmitter itself."""
    return frame(source, 21, Item(21, status=status, at=clock.now()), **more)


def operation(source: int, flags: int, **more: Any) -> bytes:
    """Type 4: somebody did something at the panel."""
    item = Item(4, system_type=1, system_address=1, operation=flags, operator=1, at=clock.now())
    return frame(source, 4, item, **more)


def analog(source: int, address: int, code: int, value: int, component: int = 92, **more: Any) -> bytes:
    """Type 3: one measured value, in steps of its unit."""
    item = Item(
        3,
        system_type=11,
        system_address=1,
        component_type=component,
        component_address=address,
        analog_type=code,
        value=value,
        at=clock.now(),
    )
    return frame(source, 3, item, **more)


def arrive(
    *raws: bytes, peer: str = "127.0.0.1", port: int = 26875, memory: Memory | None = None, is_datagram: bool = False
) -> Stored:
    """Store frames as the writer does, in one transaction, and announce the dangers that are due."""
    memory = memory or Memory()
    with db.transaction():
        found = [
            Arrival(f, clock.now(), peer, port, None, is_datagram)  # type: ignore[arg-type]  # good frames only
            for raw in raws
            for f in frames.Parser().feed(raw)
        ]
        stored = intake.store(found, registry.load(), memory)
        for signal_id in stored.dangers:
            announcing.announce(signal_id)
    memory.resends.update(stored.resends)
    return stored
