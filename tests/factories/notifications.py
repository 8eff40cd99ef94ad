"""Rows of notifications for tests: phones that a sink answers, and contacts without accounts."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from backend.kernel import clock, db
from backend.kernel.egress import EgressRule
from backend.kernel.ids import new_id
from notifications import contacts
from notifications.contacts import Contact
from notifications.models import PushSubscription
from tests.sinks.browser import Browser, to_text


def create_subscription(
    person_id: UUID,
    endpoint: str,
    browser: Browser | None = None,
    session_id: UUID | None = None,
    proved_at: datetime | None = None,
) -> PushSubscription:
    """A live phone; `proved_at` makes it one that is known to ring."""
    browser, now = browser or Browser(), clock.now()
    phone = PushSubscription(
        person_id=person_id, session_id=session_id, endpoint=endpoint, p256dh=to_text(browser.public),
        auth=to_text(browser.auth), created_at=now, seen_at=now, proved_at=proved_at,
    )  # fmt: skip
    with db.transaction() as session:
        session.add(phone)
    return phone


def create_egress_rule(host: str, port: int) -> EgressRule:
    """Let the sink be called although it is private."""
    rule = EgressRule(host=host, port=port, note="the test's push sink")
    with db.transaction() as session:
        session.add(rule)
    return rule


@contextmanager
def contacts_of(people: Mapping[UUID, Contact] | None = None) -> Iterator[None]:
    """Resolve people by this mapping; everybody else has the phone 13800000000 and reads Chinese."""
    before = contacts._resolver
    known = people or {}
    contacts.register(lambda ids: {one: known.get(one, Contact("13800000000")) for one in ids})
    try:
        yield
    finally:
        contacts._resolver = before


def somebody() -> UUID:
    return new_id()
