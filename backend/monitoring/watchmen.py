"""Who watches the watch: sweeper and gateway look at each other's heartbeat, and tell administrators of a silence."""

from __future__ import annotations

from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import select

from backend.accounts import service as accounts
from backend.kernel import beat, clock, db, scope
from backend.monitoring.gateway.profiles import BEIJING
from notifications import Recipient, send
from notifications import service as notices
from notifications.models import Notice

LOST_S = 15.0  # the app shows it from 10 s on; a restart takes a few seconds and is nobody's business
GRACE_S = 30.0  # after our own start the other one may still be starting
NAMES = {
    "gateway": {"zh": "设备接收服务", "en": "device receiver"},
    "sweeper": {"zh": "定时与升级服务", "en": "timers and escalation"},
}
_started = clock.monotonic()


def subject_of(process: str) -> UUID:
    """The id under which notices of a process are kept."""
    return uuid5(NAMESPACE_URL, f"shouwang:{process}")


def look_at(process: str, is_new: bool | None = None) -> None:
    """Tell of the process's silence once, and of its return the same people. `is_new`: we have only just started."""
    if clock.monotonic() - _started < GRACE_S if is_new is None else is_new:
        return
    with db.transaction() as session:
        last = session.get(beat.Heartbeat, process, populate_existing=True)
        if last is None:
            return
        subject = subject_of(process)
        told = select(Notice.person_id).where(
            Notice.subject_id == subject, Notice.kind == "watch.lost", Notice.ended_at.is_(None)
        )
        people = list(session.scalars(told.distinct()))
        silence = (clock.now() - last.at).total_seconds()
        if silence <= LOST_S and people:
            notices.end(subject)
            _send("watch.back", process, f"back.{last.at.timestamp():.0f}", people, "")
        elif silence > LOST_S and not people:
            since = f"{last.at.astimezone(BEIJING):%H:%M}"
            everybody = accounts.people_with("transmitters.manage", scope.ROOT)
            _send("watch.lost", process, f"lost.{last.at.timestamp():.0f}", everybody, since)


def _send(kind: str, process: str, step: str, people: list[UUID], since: str) -> None:
    params = {"component": NAMES[process]} | ({"since": since} if since else {})
    recipients = [Recipient(person) for person in people]
    send(kind, subject=("process", subject_of(process)), step=step, recipients=recipients, params=params)


def look_at_gateway() -> None:
    look_at("gateway")


def look_at_sweeper() -> None:
    look_at("sweeper")
