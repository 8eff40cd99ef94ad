"""A frame that names a transmitter and comes from elsewhere: its danger is a suspicion marked so, nothing else counts.

It never touches the state of the real device: a spoofed fire must not hide the next true one.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import exists, select

from backend.kernel import db
from backend.monitoring.danger import Danger
from backend.monitoring.models import Signal
from backend.monitoring.points import Point
from backend.monitoring.registry import Site

PER_MINUTE = 60
"""Frames a minute that an address may speak in a foreign name, and as many with danger; beyond it gets silence."""
REPEAT = timedelta(minutes=10)
_MINUTE = timedelta(minutes=1)
_MAX_PEERS = 10_000


@dataclass
class Meter:
    """Times of the last frames of each unverified peer; its readings do not use up what its dangers may say."""

    _times: dict[tuple[str, bool], deque[datetime]] = field(default_factory=dict)

    def admits(self, peer: str, at: datetime, is_danger: bool) -> bool:
        if len(self._times) > _MAX_PEERS:
            self._times.clear()
        times = self._times.setdefault((peer, is_danger), deque())
        while times and at - times[0] > _MINUTE:
            times.popleft()
        if len(times) >= PER_MINUTE:
            return False
        times.append(at)
        return True


Told = set[tuple[UUID, UUID | None]]


def hear(site: Site, point: Point | None, found: Danger | None, at: datetime, told: Told) -> datetime | None:
    """When to announce an unverified danger: at once, but the same point again only after ten minutes.

    `told` is what this batch has announced, which the database does not show yet.
    """
    key = (site.id, point.id if point else None)
    if found is None or key in told:
        return None
    told.add(key)
    same = exists().where(
        Signal.transmitter_id == site.id,
        Signal.device_id.is_not_distinct_from(point.id if point else None),
        Signal.is_danger,
        Signal.is_verified.is_(False),
        Signal.received_at > at - REPEAT,
    )
    return None if db.session().scalar(select(same)) else at
