"""Devices that flap: what rises and clears again and again is one fault with a count, until it has been calm.

Only notices of faults are folded. A danger rings each time: the tenth may be the fire.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, select, union_all, update
from sqlalchemy.orm import aliased

from backend.kernel import clock, db, policy
from backend.monitoring import faults
from backend.monitoring.models import Device, Fault, Signal, Transmitter

WITHIN = timedelta(hours=1)
Place = tuple[UUID, UUID | None]
"""A transmitter and one of its devices, or None for itself."""

# A transmitter that falls silent is always told, however often.
_OWN = (faults.FLAPPING, faults.SILENT)


def look() -> None:
    """Find what flaps now, and end what has been calm for an hour."""
    now = clock.now()
    with db.transaction():
        for place, times in _risen(now - WITHIN):
            _open(place, times, now)
    with db.transaction():
        for fault in _calm(now - WITHIN):
            _end(fault, now)


def open_at(places: Iterable[Place]) -> set[Place]:
    """Those of these places that flap now: their other faults are folded into that one."""
    boxes = {transmitter for transmitter, _ in places}
    query = select(Fault.transmitter_id, Fault.device_id).where(
        Fault.transmitter_id.in_(boxes), Fault.kind == faults.FLAPPING, Fault.recovered_at.is_(None)
    )
    return {(transmitter, device) for transmitter, device in db.session().execute(query)}


def _risen(since: datetime) -> list[tuple[Place, int]]:
    """How often each place rose since then, of those that may be too many and are no flapping fault yet."""
    rises = union_all(
        select(Fault.transmitter_id, Fault.device_id).where(Fault.opened_at > since, Fault.kind.not_in(_OWN)),
        select(Signal.transmitter_id, Signal.device_id).where(*_rang(since), Signal.device_id.is_not(None)),
    ).subquery()
    known = exists().where(
        Fault.transmitter_id == rises.c.transmitter_id,
        Fault.device_id.is_not_distinct_from(rises.c.device_id),
        Fault.kind == faults.FLAPPING,
        Fault.recovered_at.is_(None),
    )
    query = select(rises.c.transmitter_id, rises.c.device_id, func.count()).where(~known)
    grouped = query.group_by(rises.c.transmitter_id, rises.c.device_id).having(func.count() >= faults.FEWEST_FLAPS)
    return [((row[0], row[1]), row[2]) for row in db.session().execute(grouped)]


def _open(place: Place, times: int, now: datetime) -> None:
    transmitter, device = place
    where: Any = db.session().get_one(Device, device) if device else db.session().get_one(Transmitter, transmitter)
    if times < int(policy.get(faults.FLAPS, where.scope_path)):
        return
    words = (f"1 小时内反复 {times} 次", f"on and off {times} times within an hour")
    faults.open_(faults.Subject(transmitter, device, where.building_id, where.scope_path), faults.FLAPPING, now, words)


def _calm(since: datetime) -> list[Fault]:
    """Flapping faults of places that nothing has risen at since then."""
    other = aliased(Fault)
    rose = exists().where(*_of(other, Fault), other.kind.not_in(_OWN), other.opened_at > since)
    rang = exists().where(*_rang(since), Signal.device_id == Fault.device_id)
    query = select(Fault).where(Fault.kind == faults.FLAPPING, Fault.recovered_at.is_(None), ~rose, ~rang)
    return list(db.session().scalars(query.with_for_update(key_share=True, skip_locked=True)))


def _rang(since: datetime) -> tuple[Any, ...]:
    """Dangers since then that count: a foreign address and a test make nothing flap, and keep nothing flapping."""
    return Signal.is_danger, Signal.received_at > since, Signal.is_verified, Signal.is_test.is_(False)


def _end(fault: Fault, now: datetime) -> None:
    """It is calm. What is still broken then is told now, and nobody is told that all is well."""
    broken = and_(*_of(Fault, fault), Fault.kind.not_in(_OWN), Fault.recovered_at.is_(None))
    is_broken = bool(db.session().scalar(select(exists().where(broken))))
    untold = update(Fault).where(broken, Fault.told_at.is_(None)).values(is_untold=True)
    db.session().execute(untold, execution_options={"synchronize_session": False})
    fault.recovered_at, fault.is_untold = now, not is_broken


def _of(one: Any, other: Any) -> tuple[ColumnElement[bool], ...]:
    """Of the same place."""
    return one.transmitter_id == other.transmitter_id, one.device_id.is_not_distinct_from(other.device_id)
