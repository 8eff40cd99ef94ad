"""Load the demo estate into an empty database, once; write demo.json, by which tests and tools find their way."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from backend.accounts.models import Grant, Person
from backend.demo import crowd
from backend.demo.land import Land, Values, survey
from backend.demo.roster import BEIJING
from backend.kernel import clock, db, files, jsonable, scope
from backend.kernel.config import settings
from backend.kernel.db import Base
from backend.kernel.ids import new_id
from backend.kernel.policy import Policy
from backend.monitoring.models import Device, Transmitter
from backend.places.models import (
    Area,
    Building,
    BuildingJoin,
    Dwelling,
    Estate,
    Floor,
    Gate,
    Hydrant,
    Need,
    Residency,
)  # fmt: skip
from backend.stations.models import Shift, Station, StationCover
from backend.units.models import Unit, UnitPremises

# In the order that foreign keys allow.
TABLES: tuple[type[Base], ...] = (
    Person, Grant, Area, Estate, Building, BuildingJoin, Gate, Hydrant, Floor, Dwelling, Residency, Need,
    Unit, UnitPremises, Station, StationCover, Shift, Transmitter, Device,
)  # fmt: skip
# Everybody tries the demo from one machine: the limits of sign-in by number and address would stop the tour.
LIMITS = {
    "sign_in.number_10min": 60,
    "sign_in.number_day": 1000,
    "sign_in.address_10min": 2000,
    "sign_in.address_day": 50000,
}


class NotEmpty(Exception):
    """There is something in the database: the demo is never mixed with real places and people."""


def load() -> dict[str, int]:
    """Load all of it in one transaction and write demo.json; rows by table. Raises NotEmpty."""
    now = clock.now()
    with db.transaction() as session:
        if not is_empty(session):
            raise NotEmpty()
        land = survey()
        people = crowd.settle(land, now)
        transmitters = crowd.wire(land, now)
        counts = _insert(session, land)
        _loosen(session, now)
        _announce(session, land.estates["home"]["scope_path"], now)
    _write(people, transmitters)
    return counts


def is_empty(session: Session) -> bool:
    """Nobody and nowhere."""
    return session.scalar(select(Person.id).limit(1)) is None and session.scalar(select(Area.id).limit(1)) is None


def _insert(session: Session, land: Land) -> dict[str, int]:
    for model in TABLES:
        session.execute(insert(model), land.rows[model])
    return {model.__tablename__: len(land.rows[model]) for model in TABLES}


def _loosen(session: Session, now: datetime) -> None:
    for name, value in LIMITS.items():
        session.add(_policy(name, scope.ROOT, value, now))


def _announce(session: Session, path: str, now: datetime) -> None:
    """An exercise on a Saturday at ten, at least three days from now."""
    day = now.astimezone(BEIJING).replace(hour=10, minute=0, second=0, microsecond=0) + timedelta(days=3)
    day += timedelta(days=(5 - day.weekday()) % 7)
    value = {"at": day.isoformat(), "zh": "全楼疏散演练", "en": "Evacuation exercise, whole building"}
    session.add(_policy("home.next_exercise", path, value, now))


def _policy(name: str, path: str, value: object, now: datetime) -> Policy:
    return Policy(id=new_id(), name=name, scope_path=path, value=value, changed_at=now, changed_by=None)


def _write(people: Iterable[Values], transmitters: Iterable[Values]) -> None:
    found = {"people": list(people), "transmitters": list(transmitters)}
    files.replace(settings().data_dir / "demo.json", jsonable.dumps(found))
