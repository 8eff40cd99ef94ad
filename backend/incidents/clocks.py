"""Limits that pass while nobody acts. Timers are rows; the sweeper takes the due ones, each in its own transaction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy import or_, select
from sqlalchemy.exc import OperationalError

from backend.incidents import records, spreading
from backend.incidents.limits import limits_at
from backend.incidents.models import Incident, IncidentTimer
from backend.incidents.settling import settle
from backend.incidents.states import OPEN, Change, Due, Event, Outage, Timer
from backend.incidents.transitions import step
from backend.kernel import clock, db
from backend.kernel.beat import Heartbeat

log = structlog.get_logger(__name__)
AT_ONCE = 200


def strike() -> int:
    """Everything that is due: first what an absence of ours owes, then the limits. Returns how many moved."""
    moved = _each(_missed(), _after_absence)
    owed = set(_missed())  # where somebody acts right now: also there the fresh minute comes before the limits
    return moved + _each([one for one in _due() if one not in owed], _pass)


def _each(ids: list[UUID], work: Callable[[UUID], int]) -> int:
    """Sum up `work`; what fails at one incident holds up no other's limits."""
    done = 0
    for incident_id in ids:
        try:
            done += work(incident_id)
        except OperationalError:  # the database is away: so it is for all
            raise
        except Exception:
            log.exception("the limits of an incident could not be looked at", incident=str(incident_id))
    return done


def _due() -> list[UUID]:
    with db.transaction(read_only=True) as session:
        query = select(IncidentTimer.incident_id).where(
            IncidentTimer.done_at.is_(None), IncidentTimer.due_at <= clock.now()
        )
        return list(session.scalars(query.group_by(IncidentTimer.incident_id).limit(AT_ONCE)))


def _pass(incident_id: UUID) -> bool:
    """The due limits of one incident, the oldest first. Locked by somebody who acts right now: the next round."""
    with db.transaction() as session:
        incident = _take(incident_id)
        if incident is None:
            return False
        due = select(IncidentTimer).where(
            IncidentTimer.incident_id == incident_id, IncidentTimer.done_at.is_(None),
            IncidentTimer.due_at <= clock.now(),
        )  # fmt: skip
        moved = False
        for timer in session.scalars(due.order_by(IncidentTimer.due_at)).all():
            moved |= _apply(incident, Due(clock.now(), Timer(timer.kind)), timer.kind)
        return moved


def _take(incident_id: UUID) -> Incident | None:
    query = (
        select(Incident)
        .where(Incident.id == incident_id)
        .with_for_update(key_share=True, of=Incident, skip_locked=True)
    )
    return db.session().scalar(query.execution_options(populate_existing=True))


def _apply(incident: Incident, event: Event, verb: str) -> bool:
    policy = limits_at(incident.scope_path)
    now = records.snapshot(incident)
    change = step(now, event, policy)
    if not isinstance(change, Change) or not change.is_new:
        # A limit that was met, or that a city has lengthened meanwhile: the rows follow, none is lost.
        records.follow(incident.id, now, policy)
        return False
    settle(incident, change, policy, event.at, verb)
    return True


# --- after an absence of ours ---------------------------------------------------------------------------------


def _missed() -> list[UUID]:
    """Incidents whose limits ran while the sweeper was away for more than 30 s (its own heartbeat says so)."""
    with db.transaction(read_only=True) as session:
        back_at = _back_at()
        if back_at is None:
            return []
        unheard = or_(Incident.not_before.is_(None), Incident.not_before < back_at)
        query = select(Incident.id).where(Incident.state.in_(OPEN), Incident.opened_at < back_at, unheard)
        running = select(IncidentTimer.incident_id).where(IncidentTimer.done_at.is_(None))
        return list(session.scalars(query.where(Incident.id.in_(running))))


def _back_at() -> datetime | None:
    return db.session().scalar(select(Heartbeat.gap_at).where(Heartbeat.process == "sweeper"))


def _after_absence(incident_id: UUID) -> bool:
    with db.transaction():
        incident = _take(incident_id)
        return incident is not None and _apply(incident, Outage(clock.now()), "outage")


# --- the watchman ---------------------------------------------------------------------------------------------


def reconcile() -> int:
    """For each open incident: who should have been told against who was. Returns how many were forgotten and told."""
    with db.transaction(read_only=True) as session:
        ids = list(session.scalars(select(Incident.id).where(Incident.state.in_(OPEN))))
    return _each(ids, _reconcile)


def _reconcile(incident_id: UUID) -> int:
    with db.transaction():
        incident = _take(incident_id)
        return spreading.reconcile(incident) if incident else 0
