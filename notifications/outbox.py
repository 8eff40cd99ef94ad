"""The queue in the table: who takes which deliveries, and how they are marked. Hot path, so plain SQL in bulk.

A lease has an owner and an end. Taking is FOR UPDATE SKIP LOCKED, so two workers never wait for each other; a mark
names its lease, so a worker that was thought dead cannot undo what its successor did.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from backend.kernel import clock, db
from notifications.rows import NewDelivery, add_deliveries

LEASE = timedelta(seconds=10)
RETRY_S = (1.0, 2.0, 4.0, 8.0)  # then every LATER_S until the notice is too old to be of use
LATER_S = 30.0

# Leases and marks need not wait for the disk: what a crash of the whole machine forgets is at worst told twice.
_LAZY = text("SET LOCAL synchronous_commit = off")

_TAKE = text("""
WITH due AS (
  SELECT id FROM deliveries
  WHERE state = 'queued' AND channel = :channel AND (lease_until IS NULL OR lease_until <= :now)
    AND next_at <= CAST(:now AS timestamptz)
    AND next_at <= CASE WHEN attempts = 0 THEN CAST(:fresh AS timestamptz) ELSE CAST(:now AS timestamptz) END
  ORDER BY priority, next_at, id LIMIT :most FOR UPDATE SKIP LOCKED)
UPDATE deliveries d SET lease_owner = :owner, lease_until = :until, attempts = d.attempts + 1
FROM due, notices n
WHERE d.id = due.id AND n.id = d.notice_id
RETURNING d.id, d.notice_id, d.endpoint_id, d.attempts, d.is_short, d.priority, d.expires_at,
  n.person_id, n.kind, n.subject_kind, n.subject_id, n.step, n.params, n.urgency, n.created_at, n.ended_at
""")

# Rows are locked in the order of their ids, so that two bulk marks never wait for each other in a ring.
_MARK = text("""
WITH held AS MATERIALIZED (
  SELECT id FROM deliveries WHERE id = ANY(CAST(:ids AS uuid[])) ORDER BY id FOR UPDATE)
UPDATE deliveries d SET
  state = CASE WHEN d.state = 'queued' THEN v.state ELSE d.state END,
  accepted_at = COALESCE(d.accepted_at, v.accepted_at), next_at = COALESCE(v.next_at, d.next_at),
  is_short = d.is_short OR v.is_short, error = v.error, lease_owner = NULL, lease_until = NULL
FROM held, unnest(CAST(:ids AS uuid[]), CAST(:owners AS uuid[]), CAST(:states AS text[]),
  CAST(:accepted AS timestamptz[]), CAST(:nexts AS timestamptz[]), CAST(:shorts AS boolean[]), CAST(:errors AS text[]))
  AS v(id, owner, state, accepted_at, next_at, is_short, error)
WHERE d.id = v.id AND d.id = held.id AND d.lease_owner = v.owner
""")

# The next channel comes at once when nothing else of this notice is on its way or has arrived.
_HURRY = text("""
UPDATE notices SET fallback_at = :now WHERE id IN (
  SELECT id FROM notices n WHERE n.id = ANY(CAST(:notices AS uuid[])) AND n.fallback_at > :now
    AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.notice_id = n.id AND (
      d.state IN ('accepted', 'received', 'shown', 'opened', 'answered') OR (d.state = 'queued' AND d.attempts < 2)))
  FOR NO KEY UPDATE SKIP LOCKED)
""")

_RENEW = text("""
UPDATE deliveries SET lease_until = :until WHERE lease_owner = ANY(CAST(:owners AS uuid[])) AND id IN (
  SELECT id FROM deliveries WHERE id = ANY(CAST(:ids AS uuid[])) ORDER BY id FOR UPDATE)
""")

_GONE = text("""
UPDATE push_subscriptions SET gone_at = :now, gone_reason = :reason
WHERE id = ANY(CAST(:ids AS uuid[])) AND gone_at IS NULL
""")

_FALL_BACK = text("""
UPDATE notices SET fallback_at = NULL WHERE id IN (
  SELECT id FROM notices WHERE fallback_at <= :now ORDER BY fallback_at LIMIT 500 FOR NO KEY UPDATE SKIP LOCKED)
RETURNING id, ended_at, kind, urgency, read_at, EXISTS (SELECT 1 FROM deliveries d WHERE
  d.notice_id = notices.id AND d.state IN ('received', 'shown', 'opened', 'answered')) AS is_proved
""")

_EXPIRE = text("""
UPDATE deliveries SET state = 'expired', lease_owner = NULL, lease_until = NULL WHERE id IN (
  SELECT id FROM deliveries WHERE state = 'queued' AND expires_at <= :now
    AND (lease_until IS NULL OR lease_until <= :now) FOR UPDATE SKIP LOCKED)
""")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one try. `state` queued means: again at `next_at`."""

    delivery_id: UUID
    notice_id: UUID
    owner: UUID
    state: str
    next_at: datetime | None = None
    is_short: bool = False
    error: str | None = None
    gone_endpoint: UUID | None = None
    is_second_failure: bool = False


def take(channel: str, owner: UUID, most: int, min_age_s: float = 0.0) -> Sequence[Any]:
    """Lease at most `most` due deliveries, most urgent first. Untried ones must have waited `min_age_s`."""
    now = clock.now()
    with db.transaction() as session:
        session.execute(_LAZY)
        rows = session.execute(
            _TAKE,
            {"channel": channel, "now": now, "fresh": now - timedelta(seconds=min_age_s), "most": most,
             "owner": owner, "until": now + LEASE},
        ).all()  # fmt: skip
    return sorted(rows, key=lambda row: (row.priority, row.id))


def is_due(min_age_s: float) -> bool:
    """Is there anything to take?"""
    now = clock.now()
    query = text("""SELECT EXISTS (SELECT 1 FROM deliveries WHERE state = 'queued'
        AND (lease_until IS NULL OR lease_until <= :now) AND next_at <= CASE WHEN attempts = 0
        THEN CAST(:fresh AS timestamptz) ELSE CAST(:now AS timestamptz) END)""")
    with db.transaction(read_only=True) as session:
        return bool(session.scalar(query, {"now": now, "fresh": now - timedelta(seconds=min_age_s)}))


def renew(leases: Iterable[tuple[UUID, UUID]]) -> None:
    """Still alive: the leases (owner, delivery) of what is on its way end later."""
    owners, ids = zip(*leases, strict=True)
    with db.transaction() as session:
        session.execute(_LAZY)
        session.execute(_RENEW, {"owners": list(set(owners)), "ids": list(ids), "until": clock.now() + LEASE})


def mark(outcomes: Sequence[Outcome]) -> int:
    """Write outcomes; returns how many still held their lease."""
    now = clock.now()
    with db.transaction() as session:
        session.execute(_LAZY)
        done = session.execute(
            _MARK,
            {
                "ids": [o.delivery_id for o in outcomes],
                "owners": [o.owner for o in outcomes],
                "states": [o.state for o in outcomes],
                "nexts": [o.next_at for o in outcomes],
                "accepted": [now if o.state == "accepted" else None for o in outcomes],
                "shorts": [o.is_short for o in outcomes],
                "errors": [o.error for o in outcomes],
            },
        ).rowcount  # type: ignore[attr-defined]  # an UPDATE's CursorResult
        lost = [o.notice_id for o in outcomes if o.state in ("failed", "gone") or o.is_second_failure]
        if lost:
            session.execute(_HURRY, {"now": now, "notices": lost})
        gone = [o.gone_endpoint for o in outcomes if o.gone_endpoint]
        if gone:
            session.execute(_GONE, {"now": now, "ids": gone, "reason": "the push service says it is gone"})
    return int(done)


def fall_back() -> int:
    """SMS for notices without a receipt in time; returns how many joined. Late ones are caught up in order."""
    now = clock.now()
    with db.transaction() as session:
        found = session.execute(_FALL_BACK, {"now": now}).all()
        silent = [row for row in found if not (row.is_proved or row.ended_at or row.read_at)]
        if silent:
            add_deliveries([NewDelivery(row.id, "sms", None, now, row.kind, row.urgency) for row in silent])
    return len(silent)


def expire() -> int:
    """Give up what is too old to be of use."""
    with db.transaction() as session:
        return int(session.execute(_EXPIRE, {"now": clock.now()}).rowcount)  # type: ignore[attr-defined]  # as above


def back_off_s(attempts: int) -> float:
    """Seconds to wait after the n-th failed try: 1, 2, 4, 8, then every half minute."""
    return RETRY_S[attempts - 1] if 0 < attempts <= len(RETRY_S) else LATER_S
