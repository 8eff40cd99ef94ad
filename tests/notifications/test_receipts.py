"""Receipts move one delivery forward, prove a phone, survive a stampede and trust nobody."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from backend.kernel import clock, crypt, db
from backend.kernel.ids import new_id
from notifications import outbox, payload, receipts
from notifications.models import PROOFS, STATES, TRANSITIONS, Delivery, PushSubscription
from tests.factories.notifications import create_subscription

pytestmark = pytest.mark.committed
Tell = Callable[..., int]
Load = Callable[[], list[Delivery]]


def told_phones(tell: Tell, deliveries: Load, count: int = 1) -> list[Delivery]:
    people = [new_id() for _ in range(count)]
    for person in people:
        create_subscription(person, f"https://push.example/{person}")
    tell(people, new_id())
    return deliveries()


def report(client: FlaskClient, delivery_id: UUID, event: str, **more: Any) -> int:
    body = {"token": payload.receipt_token(delivery_id), "event": event, **more}
    return client.post("/api/receipts", json=body).status_code


def test_each_hop_has_its_time_and_proves_the_phone(client: FlaskClient, tell: Tell, deliveries: Load) -> None:
    (one,) = told_phones(tell, deliveries)
    for event in PROOFS:
        assert report(client, one.id, event, **({"action": "safe"} if event == "answered" else {})) == 204
        assert deliveries()[0].state == event
    (done,) = deliveries()
    assert done.received_at and done.shown_at and done.opened_at and done.answered_at
    with db.transaction() as session:
        assert session.get_one(PushSubscription, done.endpoint_id).proved_at


def test_never_backward_and_the_first_time_counts(client: FlaskClient, tell: Tell, deliveries: Load) -> None:
    (one,) = told_phones(tell, deliveries)
    assert report(client, one.id, "opened") == 204
    first = deliveries()[0]
    assert report(client, one.id, "received") == 204 and report(client, one.id, "opened") == 204
    (now,) = deliveries()
    assert now.state == "opened" and now.opened_at == first.opened_at and now.received_at == first.received_at


def test_a_receipt_disproves_a_failure_and_stops_further_tries(
    client: FlaskClient, tell: Tell, deliveries: Load
) -> None:
    (one,) = told_phones(tell, deliveries)
    with db.transaction() as session:
        session.get_one(Delivery, one.id).state = "failed"
    report(client, one.id, "received")
    assert deliveries()[0].state == "received"


@pytest.mark.parametrize("token", ["", "x", "AAAA", "é", "x" * 500])
def test_forged_tokens_are_refused(client: FlaskClient, token: str) -> None:
    assert client.post("/api/receipts", json={"token": token, "event": "shown"}).status_code in (403, 422)


def test_a_token_of_another_purpose_or_time_is_refused(client: FlaskClient, tell: Tell, deliveries: Load) -> None:
    (one,) = told_phones(tell, deliveries)
    for token in (
        crypt.sign("action", {"d": str(one.id)}, 600),
        crypt.sign("receipt", {"d": str(one.id)}, -1),
        payload.receipt_token(one.id)[:-2] + "AA",
    ):
        assert client.post("/api/receipts", json={"token": token, "event": "shown"}).status_code == 403
    assert deliveries()[0].state == "queued"


def test_somebody_elses_token_moves_only_their_own_delivery(client: FlaskClient, tell: Tell, deliveries: Load) -> None:
    one, other = told_phones(tell, deliveries, 2)
    assert report(client, one.id, "answered") == 204
    states = {delivery.id: delivery.state for delivery in deliveries()}
    assert states == {one.id: "answered", other.id: "queued"}


@pytest.mark.parametrize("event", ["accepted", "queued", "gone", ""])
def test_only_proofs_can_be_reported(client: FlaskClient, tell: Tell, deliveries: Load, event: str) -> None:
    (one,) = told_phones(tell, deliveries)
    assert report(client, one.id, event) == 422


def test_a_receipt_of_a_delivery_that_is_no_more_is_no_error(client: FlaskClient) -> None:
    assert report(client, new_id(), "shown") == 204


def test_with_an_idempotency_key_it_does_not_wait(client: FlaskClient, tell: Tell, deliveries: Load) -> None:
    (one,) = told_phones(tell, deliveries)
    body = {"token": payload.receipt_token(one.id), "event": "shown"}
    for _ in range(2):
        answer = client.post("/api/receipts", json=body, headers={"Idempotency-Key": "k1"})
        assert answer.status_code == 204
    assert deliveries()[0].state == "shown"


def test_a_stampede_is_written_in_few_batches(
    tell: Tell, deliveries: Load, db_session: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches: list[int] = []
    mark = receipts.mark
    monkeypatch.setattr(receipts, "mark", lambda found: (batches.append(len(found)), mark(found)))
    tokens = [payload.receipt_token(one.id) for one in told_phones(tell, deliveries, 120)]

    def come(token: str) -> None:
        with db.transaction():
            receipts.take_in(token, "received")

    with ThreadPoolExecutor(60) as threads:
        list(threads.map(come, tokens * 2))
    assert {one.state for one in deliveries()} == {"received"}
    assert sum(batches) == 240 and len(batches) < 60


def test_when_it_cannot_be_written_nobody_is_told_it_was(
    tell: Tell, deliveries: Load, db_session: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(found: object) -> None:
        raise OSError("no database")

    tokens = [payload.receipt_token(one.id) for one in told_phones(tell, deliveries, 5)]
    monkeypatch.setattr(receipts, "mark", fail)
    errors: list[BaseException] = []

    def come(token: str) -> None:
        try:
            with db.transaction():
                receipts.take_in(token, "received")
        except OSError as error:
            errors.append(error)

    threads = [threading.Thread(target=come, args=(token,)) for token in tokens]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(errors) == 5
    monkeypatch.undo()
    with db.transaction():
        receipts.take_in(tokens[0], "shown")
    assert deliveries()[0].state == "shown"


def test_a_late_accepted_does_not_undo_a_receipt(tell: Tell, deliveries: Load, db_session: object) -> None:
    told_phones(tell, deliveries)
    (row,) = outbox.take("push", owner := new_id(), 10)
    receipts.mark([(row.id, "shown", clock.now())])
    assert outbox.mark([outbox.Outcome(row.id, row.notice_id, owner, "accepted")]) == 1
    (done,) = deliveries()
    assert done.state == "shown" and done.accepted_at and done.lease_owner is None


def test_marks_and_receipts_at_once_lose_nothing_and_never_lock_each_other_out(
    tell: Tell, deliveries: Load, db_session: object
) -> None:
    ids = {one.id: one.notice_id for one in told_phones(tell, deliveries, 60)}
    owner = new_id()
    assert len(outbox.take("push", owner, 100)) == 60

    def mark(seed: int) -> None:
        order = sorted(ids, key=lambda one: hash((seed, one)))
        if seed % 2:
            receipts.mark([(one, PROOFS[seed % 4], clock.now()) for one in order])
        else:
            outbox.mark([outbox.Outcome(one, ids[one], owner, "accepted") for one in order])

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(mark, range(40)))
    found = deliveries()
    assert {one.state for one in found} == {"answered"}
    assert all(one.accepted_at and one.received_at and one.lease_owner is None for one in found)


def test_transitions_cover_all_states_and_every_end_is_reachable() -> None:
    assert set(TRANSITIONS) == set(STATES)
    seen, edge = {"queued"}, {"queued"}
    while edge:
        edge = set().union(*(TRANSITIONS[state] for state in edge)) - seen
        seen |= edge
    assert seen == set(STATES)


def test_old_tokens_end(client: FlaskClient, tell: Tell, deliveries: Load) -> None:
    (one,) = told_phones(tell, deliveries)
    token = payload.receipt_token(one.id)
    with clock.freeze(clock.now() + timedelta(days=2)):
        assert client.post("/api/receipts", json={"token": token, "event": "shown"}).status_code == 403
