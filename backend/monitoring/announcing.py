"""Dangers are announced once: by the writer at once, what that missed by whoever looks next. The row is the truth."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import exists, select, update
from sqlalchemy.exc import OperationalError

from backend.kernel import clock, db, events
from backend.monitoring import danger
from backend.monitoring.edges import QUIET
from backend.monitoring.events import DangerSensed
from backend.monitoring.gateway import bodies
from backend.monitoring.models import Device, PointState, Signal, Transmitter
from backend.places.models import Floor

log = structlog.get_logger(__name__)
_PLACELESS = (bodies.SYSTEM_STATE, bodies.UNIT_STATE)
_SAME_EVENT = timedelta(minutes=10)
CHUNK = 20
AGAIN_S = 2.0
_failed: dict[UUID, float] = {}
"""Dangers that could not be announced, and when this process tries again: meanwhile the others have the chunk."""


def due(before: datetime) -> list[UUID]:
    """Dangers whose time has come and that nobody has announced, oldest first."""
    now = clock.monotonic()
    for signal_id in [one for one, again_at in _failed.items() if again_at <= now]:
        del _failed[signal_id]
    query = select(Signal.id).where(Signal.announce_at <= before, Signal.announced_at.is_(None))
    if _failed:
        query = query.where(Signal.id.not_in(list(_failed)))
    return list(db.session().scalars(query.order_by(Signal.announce_at).limit(CHUNK)))


def announce(signal_id: UUID) -> bool:
    """Publish one danger within this transaction; False when somebody else has it or it is no news any more."""
    query = (
        select(Signal, Transmitter, Device, PointState, Floor.ordinal)
        .join(Transmitter, Transmitter.id == Signal.transmitter_id)
        .outerjoin(Device, Device.id == Signal.device_id)
        .outerjoin(PointState, PointState.device_id == Signal.device_id)
        .outerjoin(Floor, Floor.id == Device.floor_id)
        .where(Signal.id == signal_id, Signal.announced_at.is_(None), Signal.announce_at.is_not(None))
        .with_for_update(key_share=True, of=Signal, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    row = db.session().execute(query).first()
    if row is None:
        return False
    done = update(Signal).where(Signal.id == signal_id).values(announced_at=clock.now())
    db.session().execute(done, execution_options={"synchronize_session": False})
    if not _is_news(row):
        return False
    events.publish(_event(row))
    return True


def announce_due(before: datetime) -> int:
    """Announce what is due, each in a transaction of its own, so that one that fails holds up no other."""
    with db.transaction(read_only=True):
        ids = due(before)
    for signal_id in ids:
        try:
            with db.transaction():
                announce(signal_id)
        except Exception as error:
            if not isinstance(error, OperationalError):  # else the database was away, and is asked at once again
                _failed[signal_id] = clock.monotonic() + AGAIN_S
            log.exception("a danger could not be announced, it is tried again", signal=str(signal_id))
    return len(ids)


def _is_news(row: Any) -> bool:
    signal, _, device, last, _ = row
    was_held = signal.announce_at > signal.received_at
    if not was_held or not signal.is_verified:
        return True
    if device is not None:  # it was silenced: by now the danger must still be there, or gone too shortly to rise anew
        is_gone = last is not None and last.cleared_at is not None and clock.now() - last.cleared_at >= QUIET
        return last is not None and last.danger is not None and not is_gone
    if signal.type in _PLACELESS and signal.evidence == danger.Evidence.SUSPECT:
        return not _has_place(signal)
    return True


def _has_place(signal: Signal) -> bool:
    """Whether a point of the same transmitter has told the same event with its place meanwhile."""
    query = exists().where(
        PointState.device_id == Device.id,
        Device.transmitter_id == signal.transmitter_id,
        PointState.danger.is_not(None),
        PointState.danger_at >= signal.received_at - _SAME_EVENT,
    )
    return bool(db.session().scalar(select(query)))


def _event(row: Any) -> DangerSensed:
    signal, transmitter, device, _, ordinal = row
    decoded = signal.decoded
    found = danger.judge(signal.type, signal.bits or 0, decoded.get("system_type"), decoded.get("component_type"))
    if found is None:
        raise LookupError(f"signal {signal.id} is no danger by today's table")
    spot = device if device and found.is_at_fire else None
    return DangerSensed(
        signal_id=signal.id,
        received_at=signal.received_at,
        category=found.category.value,
        evidence=found.evidence.value,
        words_zh=found.words_zh,
        words_en=found.words_en,
        estate_id=transmitter.estate_id,
        building_id=device.building_id if device else transmitter.building_id,
        floor_id=spot.floor_id if spot else None,
        floor_ordinal=ordinal if spot else None,
        dwelling_id=spot.dwelling_id if spot else None,
        scope_path=device.scope_path if device else transmitter.scope_path,
        device_id=device.id if device else None,
        transmitter_id=transmitter.id,
        label=device.label if device else transmitter.name,
        is_source_verified=signal.is_verified,
        is_test=signal.is_test,
        label_en=device.label_en if device else transmitter.name_en,
    )
