"""Push subscriptions: which browsers may be rung for whom, and when that ends."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import ColumnElement, select, update

from backend.kernel import clock, db
from notifications.channels.keys import BadSubscription, check_keys
from notifications.errors import BadBrowserKeys, NoticeNotFound, OtherPersonsPhone
from notifications.models import PushSubscription

MOST = 10  # phones of one person; the one unseen for longest makes room


def save(
    person_id: UUID, session_id: UUID | None, endpoint: str, p256dh: str, auth: str, user_agent: str
) -> PushSubscription:
    """Add a browser, or note that it was seen again. An endpoint moves to another person only with the same keys,
    which is one shared browser and not somebody who has learned its address. The endpoint was checked by egress."""
    try:
        check_keys(p256dh, auth)
    except BadSubscription as error:
        raise BadBrowserKeys(reason=str(error)) from error
    now = clock.now()
    found = db.session().scalar(
        select(PushSubscription).where(PushSubscription.endpoint == endpoint).with_for_update(key_share=True)
    )
    if found is None:
        found = PushSubscription(endpoint=endpoint, created_at=now, failures=0)
        db.session().add(found)
    elif found.person_id != person_id:
        if (found.p256dh, found.auth) != (p256dh, auth):
            raise OtherPersonsPhone()
        found.proved_at = None
    found.person_id, found.session_id, found.seen_at = person_id, session_id, now
    found.p256dh, found.auth, found.user_agent = p256dh, auth, user_agent[:300]
    found.gone_at, found.gone_reason, found.failures = None, None, 0
    db.session().flush()
    _make_room(person_id)
    return found


def _make_room(person_id: UUID) -> None:
    live = PushSubscription.gone_at.is_(None)
    query = select(PushSubscription.id).where(PushSubscription.person_id == person_id, live)
    spare = list(db.session().scalars(query.order_by(PushSubscription.seen_at.desc()).offset(MOST)))
    if spare:
        _end(PushSubscription.id.in_(spare), "more than ten phones")


def remove(person_id: UUID, subscription_id: UUID) -> None:
    """The person turns notifications off on one of their phones."""
    mine = (PushSubscription.id == subscription_id) & (PushSubscription.person_id == person_id)
    if db.session().scalar(select(PushSubscription.id).where(mine)) is None:
        raise NoticeNotFound()
    _end(mine, "turned off")


def replace(person_id: UUID, endpoint: str) -> None:
    """The browser has a new address; the old one of the same person is not used any more."""
    _end((PushSubscription.endpoint == endpoint) & (PushSubscription.person_id == person_id), "replaced")


def end_of_sessions(session_ids: Iterable[UUID]) -> None:
    """Signed out or revoked sessions are not rung any more."""
    _end(PushSubscription.session_id.in_(list(session_ids)), "signed out")


def end_of_person(person_id: UUID) -> None:
    """The person's last role ended."""
    _end(PushSubscription.person_id == person_id, "no role any more")


def _end(which: ColumnElement[bool], reason: str) -> None:
    db.session().execute(
        update(PushSubscription)
        .where(which, PushSubscription.gone_at.is_(None))
        .values(gone_at=clock.now(), gone_reason=reason)
    )
