"""What a verified word changes: the state of a point or system, its faults, its latch, and who must know at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import or_, select

from backend.kernel import db, events
from backend.monitoring import danger, faults, points, showing
from backend.monitoring.danger import Danger
from backend.monitoring.edges import Last
from backend.monitoring.events import EvidenceSeen
from backend.monitoring.gateway import bodies
from backend.monitoring.gateway.bodies import Item
from backend.monitoring.models import Device, PointState, SystemState
from backend.monitoring.points import Key, Point, SystemKey

if TYPE_CHECKING:
    from backend.monitoring.registry import Site

HOLD = timedelta(seconds=1)
"""A panel tells one event as types 1, 2 and 21: the two without a place wait so long for the one that has it."""
SAME_EVENT = timedelta(minutes=10)
SEEN_STEP = timedelta(seconds=10)
"""`seen_at` of an unchanged point is written only so often; a poll each second would write every row each second."""


class Ear:
    """The points and systems that one batch speaks of."""

    def __init__(self, keys: Iterable[Key], systems: Iterable[SystemKey]) -> None:
        self._points = points.load(keys)
        self._systems = points.load_systems(systems)
        self._heard: dict[UUID, Point] = {}
        self._heard_systems: dict[SystemKey, Last] = {}
        self._shown: set[UUID] = set()

    def point(self, site: Site, key: Key, item: Item, at: datetime, is_verified: bool) -> Point | None:
        """The device of an item. Only a verified source makes new ones."""
        found = self._points.get(key)
        if found is None and is_verified:
            found = points.create(site, key, item.text, at)
            if found is not None:
                self._points[key] = found
        return found

    def hear(self, site: Site, point: Point | None, item: Item, found: Danger | None, at: datetime) -> datetime | None:
        """Take in one item; when it is news of a danger, the time at which to announce it."""
        if item.status is not None and item.type == bodies.COMPONENT_STATE:
            return self._component(site, point, item, found, at)
        if item.status is not None:
            return self._system(site, item, found, at)
        if item.operation is not None:
            return self._operation(site, item, found, at)
        return None

    def _component(
        self, site: Site, point: Point | None, item: Item, found: Danger | None, at: datetime
    ) -> datetime | None:
        if point is None:
            return at if found else None
        word, last = item.status or 0, point.last
        before, state, was_clear = last.flags, last.state, last.cleared_at is not None
        rises = last.hear(word, found, at, site.tested_until(at))
        if (before ^ word) & faults.MASKS[2]:
            faults.change(faults.Subject(site.id, point.id, point.building_id, point.scope_path), 2, before, word, at)
        if last.cleared_at is not None and not was_clear:
            self._evidence("restored", site, point, at)
        if state != last.state:
            self._shown.add(point.id)
        self._heard[point.id] = point
        if not rises:
            return None
        is_silenced = last.silenced_until is not None and last.silenced_until > at
        return last.silenced_until if is_silenced else at

    def _system(self, site: Site, item: Item, found: Danger | None, at: datetime) -> datetime | None:
        key: SystemKey = (site.id, points.UNIT, 0)
        if item.system_type is not None:
            key = (site.id, item.system_type, item.system_address or 0)
        last = self._systems.setdefault(key, Last(at, at))
        word, before = item.status or 0, last.flags
        rises = last.hear(word, found, at, site.tested_until(at))
        if (before ^ word) & faults.MASKS[item.type]:
            faults.change(faults.Subject(site.id, None, site.building_id, site.scope_path), item.type, before, word, at)
        self._heard_systems[key] = last
        if item.type == bodies.SYSTEM_STATE and word & danger.RESET_BIT and not before & danger.RESET_BIT:
            self._reset(site, at, "reset")
        if not rises or found is None:
            return None
        if found.evidence == danger.Evidence.SUSPECT and _is_told_already(site.id, key, at):
            return None
        return at + HOLD

    def _operation(self, site: Site, item: Item, found: Danger | None, at: datetime) -> datetime | None:
        word = item.operation or 0
        if word & danger.RESET:
            self._reset(site, at, "reset")
        elif word & danger.CLEARED:
            self._evidence("cleared", site, None, at)
        return at if found else None

    def _reset(self, site: Site, at: datetime, what: str) -> None:
        self._shown.update(points.release(site.id, at))
        for key, point in self._points.items():
            if key[0] == site.id:
                point.last.release(at)
        for system, last in self._systems.items():
            if system[0] == site.id:
                last.release(at)
        self._evidence(what, site, None, at)

    def _evidence(self, what: str, site: Site, point: Point | None, at: datetime) -> None:
        building = point.building_id if point else site.building_id
        path = point.scope_path if point else site.scope_path
        names = (point.label, point.label_en) if point else (site.name, site.name_en)
        events.publish(EvidenceSeen(at, what, path, building, point.id if point else None, *names))

    def keep(self) -> None:
        """Write what changed, and show it to who watches."""
        points.keep(p for p in self._heard.values() if _is_due(p.last) or p.is_new)
        points.keep_systems({key: last for key, last in self._heard_systems.items() if _is_due(last)})
        showing.emit(self._shown)


def _is_due(last: Last) -> bool:
    return last.is_changed or last.seen_at - last.written_at >= SEEN_STEP


def _is_told_already(transmitter_id: UUID, own: SystemKey, at: datetime) -> bool:
    """Whether a point or another system of this transmitter has said the same event."""
    since = at - SAME_EVENT
    s, y = PointState, SystemState
    point = (
        select(s.device_id)
        .join(Device, Device.id == s.device_id)
        .where(Device.transmitter_id == transmitter_id, s.danger.is_not(None), s.danger_at >= since)
    )
    other = select(y.transmitter_id).where(
        y.transmitter_id == transmitter_id,
        or_(y.system_type != own[1], y.system_address != own[2]),
        y.danger.is_not(None),
        y.danger_at >= since,
    )
    return bool(db.session().scalar(select(or_(point.exists(), other.exists()))))
