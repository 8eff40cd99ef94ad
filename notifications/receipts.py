"""Receipts: our own service worker says that a notice came, was shown, opened, answered. The only proof there is.

They come in a stampede, so they are gathered and marked in bulk each 100 ms. The first request of a batch writes it
and all of them wait for that: an answered receipt is a stored one.
"""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy import text

from backend.kernel import clock, crypt, db
from backend.kernel.errors import NotAllowed
from notifications.models import PROOFS

log = structlog.get_logger(__name__)
GATHER_S = 0.1
PATIENCE_S = 15.0
Receipt = tuple[UUID, str, datetime]

# States only go forward; failed, gone and expired count as nothing, because a receipt proves them wrong.
_MARK = text("""
WITH told AS (
  SELECT * FROM unnest(CAST(:ids AS uuid[]), CAST(:states AS text[]), CAST(:received AS timestamptz[]),
    CAST(:shown AS timestamptz[]), CAST(:opened AS timestamptz[]), CAST(:answered AS timestamptz[]))
    AS v(id, state, received_at, shown_at, opened_at, answered_at)),
held AS MATERIALIZED (
  SELECT id FROM deliveries WHERE id = ANY(CAST(:ids AS uuid[])) ORDER BY id FOR UPDATE),
marked AS (
  UPDATE deliveries d SET
    state = CASE WHEN array_position(CAST(:order AS text[]), v.state)
      > COALESCE(array_position(CAST(:order AS text[]), d.state), 0) THEN v.state ELSE d.state END,
    received_at = COALESCE(d.received_at, v.received_at), shown_at = COALESCE(d.shown_at, v.shown_at),
    opened_at = COALESCE(d.opened_at, v.opened_at), answered_at = COALESCE(d.answered_at, v.answered_at)
  FROM told v, held WHERE d.id = v.id AND d.id = held.id RETURNING d.endpoint_id)
UPDATE push_subscriptions SET proved_at = :now, failures = 0
WHERE id IN (SELECT endpoint_id FROM marked) AND (proved_at IS NULL OR proved_at < :now)
""")


class BadReceipt(NotAllowed):
    zh = "回执已过期或不完整。"
    en = "The receipt is too old or not whole."


class _Batch:
    def __init__(self) -> None:
        self.receipts: list[Receipt] = []
        self.done = threading.Event()
        self.error: Exception | None = None


class _Gathering:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.open: _Batch | None = None


_gathering = _Gathering()


def take_in(token: str, event: str) -> None:
    """Move the token's delivery forward to `event`. BadReceipt for a forged or old token. Returns when stored."""
    claims = crypt.verify("receipt", token)
    if claims is None or event not in PROOFS:
        raise BadReceipt()
    receipt = (UUID(claims["d"]), event, clock.now())
    if db.session().in_transaction():  # this request already holds a connection, so it must not wait for another
        mark([receipt])
        return
    with _gathering.lock:
        is_first = _gathering.open is None
        batch = _gathering.open = _gathering.open or _Batch()
        batch.receipts.append(receipt)
    if is_first:
        batch.done.wait(GATHER_S)
        _close(batch)
    elif not batch.done.wait(PATIENCE_S):
        raise TimeoutError("receipts were not written in time")
    if batch.error:
        raise batch.error


def _close(batch: _Batch) -> None:
    with _gathering.lock:
        _gathering.open = None
    try:
        contextvars.Context().run(mark, batch.receipts)  # its own transaction, committed before anybody is answered
    except Exception as error:  # all who wait get it
        batch.error = error
    finally:
        batch.done.set()


def mark(receipts: Sequence[Receipt]) -> None:
    """Write receipts in bulk; several of one delivery count as the furthest, each with its own time."""
    rows: dict[UUID, dict[str, datetime]] = {}
    for delivery_id, event, at in receipts:
        rows.setdefault(delivery_id, {}).setdefault(event, at)
    ids = list(rows)
    times = {event: [rows[i].get(event) for i in ids] for event in PROOFS}
    times["received"] = [min(rows[i].values()) for i in ids]  # whatever was shown had been received
    with db.transaction() as session:
        session.execute(
            _MARK,
            {"ids": ids, "states": [max(rows[i], key=PROOFS.index) for i in ids], "now": clock.now(),
             "order": ["queued", "accepted", *PROOFS], **times},
        )  # fmt: skip
