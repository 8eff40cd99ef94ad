"""Test my alarm: a real push to this phone with all its hops, and in plain words why it cannot arrive."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import func, select

from backend.kernel import clock, db
from backend.kernel.access import Actor
from backend.kernel.config import settings
from backend.kernel.errors import TooMany
from backend.kernel.ids import new_id
from notifications import texts
from notifications.errors import NoPhone, NoticeNotFound, PushNeedsHttps
from notifications.models import STATES, Delivery, Notice, PushSubscription
from notifications.sending import Recipient, send

KIND = "test.alarm"
MOST, WITHIN = 6, timedelta(minutes=1)
LATE_S = 20
LOCAL = ("localhost", "127.0.0.1", "::1")
FURTHEST = ("answered", "opened", "shown", "received", "accepted", "queued", "failed", "gone", "expired")


def start(actor: Actor) -> UUID:
    """Send the test to this session's phone, or to all of the person's when this one has none; returns the notice.

    It is urgent and passes quiet hours. NoPhone or PushNeedsHttps say what to do when there is nothing to send to.
    """
    live = PushSubscription.gone_at.is_(None)
    query = select(PushSubscription.session_id).where(PushSubscription.person_id == actor.person_id, live)
    sessions = list(db.session().scalars(query))
    if not sessions:
        raise NoPhone() if _can_push() else PushNeedsHttps()
    _spare(actor.person_id)
    subject = ("test", new_id())
    mine = [actor.session_id] if actor.session_id and actor.session_id in sessions else None
    send(KIND, subject=subject, step="test", recipients=[Recipient(actor.person_id, sms="never")], sessions=mine)
    return db.session().scalars(select(Notice.id).where(Notice.subject_id == subject[1])).one()


def _can_push() -> bool:
    return settings().is_https or urlsplit(settings().public_url).hostname in LOCAL


def _spare(person_id: UUID) -> None:
    since = clock.now() - WITHIN
    mine = (Notice.person_id == person_id) & (Notice.kind == KIND) & (Notice.created_at > since)
    if (db.session().scalar(select(func.count()).where(mine)) or 0) >= MOST:
        raise TooMany(retry_after_s=int(WITHIN.total_seconds()))


def look(actor: Actor, notice_id: UUID) -> dict[str, Any]:
    """The hops of a test of one's own, with the reason when it does not go on."""
    notice = db.session().get(Notice, notice_id)
    if notice is None or notice.person_id != actor.person_id or notice.kind != KIND:
        raise NoticeNotFound()
    found = db.session().scalars(select(Delivery).where(Delivery.notice_id == notice_id))
    best = _best(list(found))
    hops = {f"{hop}_at": getattr(best, f"{hop}_at", None) for hop in STATES[1:6]}
    state = best.state if best else "failed"
    reason = _reason(best, actor.language)
    return {"notice_id": notice.id, "created_at": notice.created_at, "queued_at": notice.created_at, **hops,
            "channel": best.channel if best else None, "state": state, "reason": reason}  # fmt: skip


def _best(deliveries: Sequence[Delivery]) -> Delivery | None:
    return min(deliveries, key=lambda one: FURTHEST.index(one.state), default=None)


def _reason(best: Delivery | None, language: str) -> str | None:
    words = texts.templates(language)["reasons"]
    error = (best.error or "") if best else ""
    if best is None:
        return str(words["none"])
    if best.state in ("gone", "expired"):
        return str(words[best.state])
    if best.state in ("queued", "failed") and error:
        return str(words[_cause(error)]).format(error=error[:120])
    is_late = (clock.now() - (best.accepted_at or best.next_at)).total_seconds() > LATE_S
    if best.state == "accepted" and is_late:
        return str(words["not_received"])
    return str(words["waiting"]) if best.state == "queued" and is_late else None


def _cause(error: str) -> str:
    """Which words explain an error of the sender: no such host, refused by the guard, no connection, or its status."""
    if error.startswith("Unresolvable"):
        return "no_service"
    if error.startswith("EgressRefused"):
        return "refused"
    status = error[:3]
    if status.isdigit() and error[3:4] in ("", " ") and 300 <= int(status) < 600:
        return "busy" if status in ("429", "500", "502", "503") else "answered_no"
    return "no_service"
