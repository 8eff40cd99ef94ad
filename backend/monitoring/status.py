"""How a building stands, in words a neighbour understands: what keeps watch, what does not, what is wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from backend.kernel import access, beat, clock, db, policy
from backend.kernel.text import pair, spaced
from backend.monitoring.meaning import meaning_of
from backend.monitoring.models import (
    Device,
    DeviceState,
    Fault,
    LatestReading,
    PointState,
    Transmitter,
    TransmitterState,
)
from backend.monitoring.showing import named
from backend.places.models import Building, Floor

GAUGE = policy.declare(
    "gauges.limits",
    {
        "water_pressure": {"low": 0.35, "high": 0.6, "min": 0, "max": 0.8, "full": 1000},
        "tank_level": {"low": 60, "high": 100, "min": 0, "max": 100, "full": 0.025},
    },
    "Where the values of the home screen's scales belong (low to high), what is drawn (min to max), and the measured "
    "value (kPa, m) that makes one unit of the scale (MPa, percent of the tank).",
)
STALE = timedelta(minutes=15)
"""A value older than this is shown as unknown, not as well."""
DETECTORS = ("smoke", "heat", "combined", "flame", "video", "detector")
_OPEN_DOOR = (DeviceState.STARTED, DeviceState.FEEDBACK, DeviceState.SUPERVISORY, DeviceState.FAULT)


def building_status(building_id: UUID) -> dict[str, Any]:
    """{state: well|repair|unwatched, online, total, seen_at, gauges, unwatched}; an open incident is its caller's news.

    `well` only when everything that must be watched reports; with our own gateway silent nothing is watched.
    """
    building = db.session().get_one(Building, building_id)
    rows = _devices(building_id)
    unwatched = _unwatched(building, rows)
    online = sum(1 for row in rows if _is_online(row))
    has_faults = bool(_open_faults(building_id, limit=1)) or any(r.state == DeviceState.FAULT for r in rows)
    seen = [row.last_seen_at for row in rows if row.last_seen_at]
    return {
        "state": "unwatched" if unwatched else "repair" if has_faults else "well",
        "online": online,
        "total": len(rows),
        "seen_at": max(seen, default=None),
        "gauges": _gauges(building, rows),
        "unwatched": unwatched,
    }


def open_faults(building_id: UUID) -> list[dict[str, Any]]:
    """What is wrong now and what recovered in the last day: {id, title, meaning, since, steps, state, floor, place}."""
    return [fault_item(row) for row in _open_faults(building_id, limit=20)]


def _open_faults(building_id: UUID, limit: int) -> Sequence[Any]:
    building = db.session().get_one(Building, building_id)
    shared = select(Transmitter.id).where(
        Transmitter.id.in_(select(Device.transmitter_id).where(Device.building_id == building_id))
    )
    here = or_(Fault.building_id == building.id, (Fault.device_id.is_(None)) & Fault.transmitter_id.in_(shared))
    query = fault_query().where(here, Fault.recovered_at.is_(None))
    return db.session().execute(query.order_by(Fault.opened_at.desc()).limit(limit)).all()


def fault_query() -> Any:
    return (
        select(Fault, Device, Transmitter, Floor.ordinal, Floor.label, Building)
        .join(Transmitter, Transmitter.id == Fault.transmitter_id)
        .outerjoin(Device, Device.id == Fault.device_id)
        .outerjoin(Floor, Floor.id == Device.floor_id)
        .outerjoin(Building, Building.id == Fault.building_id)
    )


def fault_item(row: Any) -> dict[str, Any]:
    """One fault as lists show it, in the reader's language."""
    fault, device, transmitter, ordinal, label, building = row
    is_en = _is_english()
    names = pair(device.label, device.label_en) if device else pair(transmitter.name, transmitter.name_en)
    what = names["en" if is_en else "zh"]
    where = _on_floor(label, what, is_en)
    title = f"{where}: {fault.words_en}" if is_en else spaced(f"{where}{fault.words_zh}")
    steps = [
        ("Noticed" if is_en else "发现", fault.opened_at),
        ("Property told" if is_en else "已通知物业", fault.told_at),
    ]
    steps.append(("Recovered" if is_en else "恢复", fault.recovered_at))
    return {
        "id": fault.id,
        "device_id": fault.device_id,
        "transmitter_id": fault.transmitter_id,
        "kind": fault.kind,
        "title": title,
        "meaning": meaning_of(device.kind if device else None, fault.kind, is_en),
        "since": fault.opened_at,
        "recovered_at": fault.recovered_at,
        "state": "recovered" if fault.recovered_at else "open",
        "steps": [{"label": text, "at": at} for text, at in steps],
        "floor": {"ordinal": ordinal, "label": label} if label else None,
        "building": named(building),
        "place": what,
    }


def _is_english() -> bool:
    who = access.current()
    return who is not None and who.language == "en"


def _say(zh: str, en: str) -> str:
    return en if _is_english() else spaced(zh)


def _on_floor(floor: str | None, what: str, is_english: bool) -> str:
    """What a device is called, with the floor it is on: a label alone, 东走廊烟感, stands on every floor."""
    if not floor:
        return what
    return f"Floor {floor}, {what}" if is_english else f"{floor} 层{what}"


def _devices(building_id: UUID) -> Sequence[Any]:
    query = (
        select(
            Device.id, Device.kind, Device.label, Device.label_en, Device.floor_id, PointState.state, PointState.since,
            PointState.seen_at, Transmitter.id.label("transmitter_id"), Transmitter.name.label("transmitter"),
            Transmitter.name_en.label("transmitter_en"),
            Transmitter.state.label("transmitter_state"), Transmitter.silent_since, Transmitter.registered_at,
            Transmitter.last_seen_at, Floor.ordinal, Floor.label.label("floor"),
        )
        .join(Transmitter, Transmitter.id == Device.transmitter_id)
        .outerjoin(PointState, PointState.device_id == Device.id)
        .outerjoin(Floor, Floor.id == Device.floor_id)
        .where(Device.building_id == building_id)
    )  # fmt: skip
    return db.session().execute(query).all()


def _is_online(row: Any) -> bool:
    return bool(row.transmitter_state == TransmitterState.OK and row.state != DeviceState.SHIELDED)


def _unwatched(building: Building, rows: Sequence[Any]) -> list[dict[str, Any]]:
    """Everything that keeps no watch now: {label, since, floor_ordinals}; no ordinals is no floor in particular."""
    floors = db.session().scalars(select(Floor).where(Floor.building_id == building.id).order_by(Floor.ordinal)).all()
    everywhere = [floor.ordinal for floor in floors]
    age = beat.ages().get("gateway")
    if age is None or age > beat.STALE_S:
        since = clock.now() - timedelta(seconds=age) if age is not None else None
        return [_gap("守望的接收服务中断", "Shouwang's own receiver is down", since, everywhere)]
    if not rows:
        return [_gap("这栋楼还没有接入设备", "No devices are connected in this building", None, everywhere)]
    found = [
        _gap(
            f"{row.transmitter}失联",
            f"{row.transmitter_en or row.transmitter} is silent",
            row.silent_since or row.registered_at,
            [r.ordinal for r in rows if r.transmitter_id == row.transmitter_id],
        )
        for row in {r.transmitter_id: r for r in rows}.values()
        if row.transmitter_state != TransmitterState.OK
    ]
    found += [
        _gap(
            f"{_on_floor(row.floor, row.label, False)}被屏蔽",
            f"{_on_floor(row.floor, row.label_en or row.label, True)} is disabled",
            row.since,
            [row.ordinal],
        )
        for row in rows
        if row.state == DeviceState.SHIELDED
    ]
    return found + _bare_floors(floors, rows)


def _gap(zh: str, en: str, since: datetime | None, ordinals: Sequence[int | None]) -> dict[str, Any]:
    known = sorted({ordinal for ordinal in ordinals if ordinal is not None})
    return {"label": _say(zh, en), "since": since, "floor_ordinals": known}


def _bare_floors(floors: Sequence[Floor], rows: Sequence[Any]) -> list[dict[str, Any]]:
    """Floors without any detector: nobody would notice a fire there."""
    watched = {row.floor_id for row in rows if row.kind in DETECTORS or row.kind == "flow_switch"}
    bare = [floor for floor in floors if floor.id not in watched]
    if not bare:
        return []
    labels, more = [floor.label for floor in bare[:3]], len(bare) > 3
    zh = f"{'、'.join(labels)}{'…' if more else ''} 层没有探测器（共 {len(bare)} 层）"
    en = f"{len(bare)} floors without a detector: {', '.join(labels)}{'…' if more else ''}"
    return [_gap(zh, en, None, [floor.ordinal for floor in bare])]


def _gauges(building: Building, rows: Sequence[Any]) -> list[dict[str, Any]]:
    limits = policy.get(GAUGE, building.scope_path)
    wanted = {"water_pressure": "pressure", "tank_level": "height"}
    query = (
        select(LatestReading, Transmitter.state)
        .join(Device, Device.id == LatestReading.device_id)
        .join(Transmitter, Transmitter.id == Device.transmitter_id)
        .where(Device.building_id == building.id, LatestReading.metric.in_(wanted.values()))
    )
    found = db.session().execute(query).all()
    gauges = []
    for key, metric in wanted.items():
        values = [(r.value, r.received_at, state) for r, state in found if r.metric == metric]
        if values:
            gauges.append(_scale(key, min(values), dict(limits[key])))
    doors = Counter("open" if r.state in _OPEN_DOOR else "shut" for r in rows if r.kind == "fire_door")
    if doors:
        gauges.append(_doors(doors))
    return gauges


def _scale(key: str, lowest: tuple[float, datetime, str], limits: dict[str, float]) -> dict[str, Any]:
    """The lowest value of its kind: the worst place is the one that counts. A tank cannot be too full."""
    measured, at, transmitter = lowest
    value = measured / (limits.pop("full") or 1)
    is_tank = key == "tank_level"
    if transmitter != TransmitterState.OK or clock.now() - at > STALE:
        state, word = "unknown", _say("未知", "unknown")
    elif value < limits["low"]:
        state, word = "off", _say("水位低" if is_tank else "偏低", "low")
    elif value > limits["high"] and not is_tank:
        state, word = "off", _say("偏高", "high")
    else:
        state, word = "ok", _say("装满" if is_tank else "够用", "full" if is_tank else "enough")
    shown = min(round(value), 100) if is_tank else round(value, 2)
    unit = "%" if is_tank else _say("兆帕", "MPa")
    return {"key": key, "word": word, "value": shown, "unit": unit, "at": at, "state": state} | limits


def _doors(doors: Counter[str]) -> dict[str, Any]:
    total, open_ = doors.total(), doors["open"]
    word = _say(f"{open_} 扇开着", f"{open_} open") if open_ else _say("都关好", "all shut")
    state = "off" if open_ else "ok"
    return {"key": "fire_doors", "word": word, "value": None, "unit": _say("扇", ""), "at": None, "state": state} | {
        "count": total - open_,
        "total": total,
    }
