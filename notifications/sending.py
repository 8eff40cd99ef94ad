"""`send`: one verb that writes who is to be told of what. It only writes rows; the bell rings after the commit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from sqlalchemy import select

from backend.kernel import clock, db, jobs, policy, scope, stream
from backend.kernel.ids import new_id
from notifications import contacts, rows, texts
from notifications.kinds import KINDS
from notifications.models import Notice, Preference, PushSubscription
from notifications.payload import url_of
from notifications.rows import NewDelivery, NewNotice

FALLBACK_S = policy.declare("notices.fallback_s", 20, "Seconds without a receipt until SMS joins", most=3600)
PROOF_DAYS = policy.declare(
    "notices.proof_days", 45, "Days a phone's last receipt counts as proof that it rings", most=3650
)
BELL_FOR = 400  # deliveries for which one job is rung
MOST_BELLS = 4
CHINA = timezone(timedelta(hours=8))  # one zone, no summer time


@dataclass(frozen=True)
class Recipient:
    """Somebody to be told. `params` are added to those of all; `sms`: now, fallback (no receipt in time) or never,
    None: as the kind says."""

    person_id: UUID
    params: Mapping[str, Any] = field(default_factory=dict)
    sms: str | None = None


def send(
    kind: str,
    *,
    subject: tuple[str, UUID],
    step: str,
    recipients: Sequence[Recipient],
    urgency: str | None = None,
    params: Mapping[str, Any] | None = None,
    sessions: Sequence[UUID] | None = None,
    scope_path: str = scope.ROOT,
) -> int:
    """Tell `recipients` of one step of one subject, in their order; returns how many were not told of it before.

    Idempotent by (subject id, step, person), also when two processes send at once. Works inside the caller's
    transaction. `sessions` limits pushes to the phones of these sessions (the test of one phone). `scope_path` is the
    place it is about, whose policies say how long a receipt is awaited and how old a proof may be.
    """
    urgency, now = urgency or KINDS[kind].urgency, clock.now()
    wanted = {r.person_id: r for r in reversed(recipients)}
    order = dict.fromkeys(r.person_id for r in recipients)
    notices = [_notice(kind, wanted[person], params or {}) for person in order]
    told = rows.add_notices(kind, subject, step, urgency, now, notices) if notices else set()
    fresh = [one for one in notices if one.id in told]
    if fresh:
        _ring(urgency, _deliver(kind, urgency, fresh, now, sessions, scope_path))
        _show(fresh, kind, subject, urgency, now)
    return len(fresh)


def _notice(kind: str, to: Recipient, shared: Mapping[str, Any]) -> NewNotice:
    return NewNotice(new_id(), to.person_id, {**shared, **to.params}, to.sms or KINDS[kind].sms)


def _deliver(
    kind: str, urgency: str, notices: list[NewNotice], now: datetime, sessions: Sequence[UUID] | None, path: str
) -> int:
    """Write the deliveries: every live phone, and SMS by its rule. Who has no proven push gets both at once."""
    people = [notice.person_id for notice in notices]
    phones = _phones(people, sessions)
    fallback = timedelta(seconds=float(policy.get(FALLBACK_S, path)))
    proof = now - timedelta(days=float(policy.get(PROOF_DAYS, path)))
    held = {} if urgency == "alarm" or KINDS[kind].is_exempt else _quiet(people, now)
    ways: list[NewDelivery] = []
    waiting: dict[UUID, datetime] = {}
    for notice in notices:
        mine, at = phones.get(notice.person_id, []), held.get(notice.person_id, now)
        ways += [NewDelivery(notice.id, "push", phone.id, at, kind, urgency) for phone in mine]
        is_proved = any(phone.proved_at and phone.proved_at > proof for phone in mine)
        if notice.sms == "now" or (notice.sms == "fallback" and not is_proved):
            ways.append(NewDelivery(notice.id, "sms", None, at, kind, urgency))
        elif notice.sms == "fallback":
            waiting[notice.id] = at + fallback
    if ways:
        rows.add_deliveries(ways)
    if waiting:
        rows.await_receipts(waiting)
    return len(ways)


def _phones(people: list[UUID], sessions: Sequence[UUID] | None) -> dict[UUID, list[Any]]:
    table = PushSubscription
    query = select(table.id, table.person_id, table.proved_at).where(
        table.person_id.in_(people), table.gone_at.is_(None)
    )
    if sessions is not None:
        query = query.where(table.session_id.in_(sessions))
    found: dict[UUID, list[Any]] = {}
    for row in db.session().execute(query):
        found.setdefault(row.person_id, []).append(row)
    return found


def _quiet(people: list[UUID], now: datetime) -> dict[UUID, datetime]:
    """When the quiet hours of those end who have them now."""
    query = select(Preference).where(Preference.person_id.in_(people), Preference.quiet_from.is_not(None))
    ends = {p.person_id: quiet_until(p.quiet_from, p.quiet_until, now) for p in db.session().scalars(query)}
    return {person: end for person, end in ends.items() if end}


def quiet_until(quiet_from: int | None, until: int | None, now: datetime) -> datetime | None:
    """The end of the quiet hours that `now` lies in, or None. Minutes after midnight in China; may pass midnight."""
    if quiet_from is None or until is None or quiet_from == until:
        return None
    local = now.astimezone(CHINA)
    minute = local.hour * 60 + local.minute
    if (minute - quiet_from) % 1440 >= (until - quiet_from) % 1440:
        return None
    return now + timedelta(minutes=(until - minute) % 1440)


def _ring(urgency: str, count: int) -> None:
    from notifications.jobs import deliver

    for _ in range(min(MOST_BELLS, -(-count // BELL_FOR))):
        jobs.enqueue(deliver, queue="alarms" if urgency == "alarm" else "bulk")


def _show(notices: list[NewNotice], kind: str, subject: tuple[str, UUID], urgency: str, now: datetime) -> None:
    """The open app shows it at once."""
    known = contacts.resolve(notice.person_id for notice in notices)
    shared = {"kind": kind, "urgency": urgency, "created_at": now, "read_at": None, "ended_at": None}
    for notice in notices:
        named = {"id": notice.id, "subject_kind": subject[0], "subject_id": subject[1], "params": notice.params}
        item = listed(SimpleNamespace(**shared, **named), known[notice.person_id].language)
        stream.emit("notice", item, people=[notice.person_id])


def listed(notice: Notice | SimpleNamespace, language: str) -> dict[str, Any]:
    """A notice as the inbox and the stream give it."""
    text = texts.render(notice.kind, "inbox", language, notice.params)
    columns = ("id", "kind", "urgency", "created_at", "read_at", "ended_at")
    item = {name: getattr(notice, name) for name in columns}
    url = url_of(notice.kind, notice.subject_id, notice.params)
    subject = {"kind": notice.subject_kind, "id": notice.subject_id}
    return item | {"title": text.title, "body": text.body, "url": url, "subject": subject}
