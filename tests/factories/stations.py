"""Stations, what they cover, and shifts for tests."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from backend.kernel import clock, db, scope
from backend.kernel.ids import new_id
from backend.places.models import Estate
from backend.stations.models import Shift, Station, StationCover


def create_station(name: str = "海珠微型消防站", kind: str = "micro", covers: Iterable[Estate] = ()) -> Station:
    """A station in the area of the first estate that it covers."""
    estates = list(covers)
    with db.transaction() as session:
        above = scope.parent(estates[0].scope_path) if estates else "/44/4403/"
        station = Station(id=new_id(), name=name, kind=kind, lat=22.53, lon=113.93)
        station.scope_path = scope.child(above, station.id)
        session.add(station)
        session.flush()
        session.add_all(StationCover(station_id=station.id, estate_id=e.id) for e in estates)
        session.flush()
        return station


def create_shift(duty: str, scope_kind: str, scope_id: UUID, person_id: UUID, hours: float = 8) -> Shift:
    """A shift that began an hour ago and lasts `hours` more."""
    with db.transaction() as session:
        now = clock.now()
        shift = Shift(duty=duty, scope_kind=scope_kind, scope_id=scope_id, person_id=person_id)
        shift.starts_at, shift.ends_at = now - timedelta(hours=1), now + timedelta(hours=hours)
        session.add(shift)
        session.flush()
        return shift
