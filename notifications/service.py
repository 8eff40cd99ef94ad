"""What other features ask and say about notices: who was told, who knows, what is over; and the inbox."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, distinct, exists, func, or_, select, update

from backend.kernel import clock, db, retention
from notifications import subscriptions
from notifications.models import PROOFS, Delivery, Notice, PushSubscription

NOTICES_DAYS = retention.declare(
    "notices",
    400,
    "Days for which notices and their receipts are kept; no later report says who was told.",
    30,
)
PHONES_DAYS = retention.declare("phones", 90, "Days for which a phone's push address is kept after it was given up.")


@dataclass(frozen=True)
class Told:
    """How many people were told of a subject, how many are proved to have got it, how many answered."""

    people: int
    received: int
    answered: int


def _has(states: Sequence[str]) -> ColumnElement[bool]:
    return exists().where(Delivery.notice_id == Notice.id, Delivery.state.in_(states))


def _is_received() -> ColumnElement[bool]:
    return or_(Notice.read_at.is_not(None), _has(PROOFS))


def told(subject_id: UUID, steps: Iterable[str] | None = None) -> Told:
    """Counts of people, not of notices."""

    def people_who(condition: ColumnElement[bool]) -> Any:
        return func.count(distinct(case((condition, Notice.person_id))))

    query = select(
        func.count(distinct(Notice.person_id)), people_who(_is_received()), people_who(_has(("answered",)))
    ).where(Notice.subject_id == subject_id)
    if steps is not None:
        query = query.where(Notice.step.in_(list(steps)))
    return Told(*db.session().execute(query).one())


def told_people(subject_id: UUID, kinds: Iterable[str] | None = None) -> list[UUID]:
    """Everybody who was told of a subject (by notices of `kinds`): they are told of its end too."""
    query = select(Notice.person_id).where(Notice.subject_id == subject_id).distinct()
    return list(db.session().scalars(query if kinds is None else query.where(Notice.kind.in_(list(kinds)))))


def told_by_step(subject_id: UUID) -> dict[str, set[UUID]]:
    """Who has a notice of which step, for the watchman who compares it with who should have."""
    found: dict[str, set[UUID]] = {}
    query = select(Notice.step, Notice.person_id).where(Notice.subject_id == subject_id)
    for step, person in db.session().execute(query):
        found.setdefault(step, set()).add(person)
    return found


def cut_off(subject_id: UUID, steps: Iterable[str]) -> dict[str, set[UUID]]:
    """Of these steps, whose notice was overtaken (`end`) while all its ways were still queued: they never heard it."""
    unsent = _has(("queued", "expired")) & ~_has(("accepted", *PROOFS))
    query = select(Notice.step, Notice.person_id).where(
        Notice.subject_id == subject_id, Notice.step.in_(list(steps)),
        Notice.ended_at.is_not(None), Notice.read_at.is_(None), unsent,
    )  # fmt: skip
    found: dict[str, set[UUID]] = {}
    for step, person in db.session().execute(query):
        found.setdefault(step, set()).add(person)
    return found


def unreceived(subject_id: UUID, step: str) -> list[UUID]:
    """Who was told in a step and has not shown any sign of having got it."""
    query = select(Notice.person_id).where(Notice.subject_id == subject_id, Notice.step == step, ~_is_received())
    return list(db.session().scalars(query))


def end(subject_id: UUID, steps: Iterable[str] | None = None) -> None:
    """These notices are overtaken: what is still queued is not sent any more. Call it before the all-clear is sent."""
    statement = update(Notice).where(Notice.subject_id == subject_id, Notice.ended_at.is_(None))
    if steps is not None:
        statement = statement.where(Notice.step.in_(list(steps)))
    db.session().execute(statement.values(ended_at=clock.now(), fallback_at=None))


def mark_answered(subject_id: UUID, person_id: UUID) -> None:
    """The person acted on the subject inside the app: as good as an answer on the notice itself."""
    now = clock.now()
    mine = select(Notice.id).where(Notice.subject_id == subject_id, Notice.person_id == person_id)
    query = select(Delivery.id).where(Delivery.notice_id.in_(mine), Delivery.state != "answered")
    ids = list(db.session().scalars(query.order_by(Delivery.id).with_for_update(key_share=True)))
    db.session().execute(update(Delivery).where(Delivery.id.in_(ids)).values(state="answered", answered_at=now))
    db.session().execute(
        update(Notice)
        .where(Notice.subject_id == subject_id, Notice.person_id == person_id)
        .values(fallback_at=None, read_at=func.coalesce(Notice.read_at, now))
    )


def inbox(person_id: UUID) -> Select[Any]:
    """The person's own notices."""
    return select(Notice).where(Notice.person_id == person_id)


def read(person_id: UUID, ids: Sequence[UUID] | None) -> None:
    """Mark the person's notices (None: all) as read; what was read needs no SMS any more."""
    statement = update(Notice).where(Notice.person_id == person_id, Notice.read_at.is_(None))
    if ids is not None:
        statement = statement.where(Notice.id.in_(ids))
    db.session().execute(statement.values(read_at=clock.now(), fallback_at=None))


def forget() -> None:
    """Old notices go, with their deliveries; and phones that have long been gone."""
    old = retention.limit(NOTICES_DAYS)
    retention.forget(Notice, Notice.id < retention.first_id(old), Notice.created_at < old)
    retention.forget(PushSubscription, PushSubscription.gone_at < retention.limit(PHONES_DAYS))


def end_session_subscriptions(session_ids: UUID | Iterable[UUID]) -> None:
    """Revoked or signed-out sessions' phones are not rung any more."""
    subscriptions.end_of_sessions([session_ids] if isinstance(session_ids, UUID) else session_ids)


def end_person_subscriptions(person_id: UUID) -> None:
    """A person without any role is not rung any more."""
    subscriptions.end_of_person(person_id)
