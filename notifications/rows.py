"""Writing many notices and deliveries at once: one statement of arrays each, because a ring tells thousands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from backend.kernel import db
from backend.kernel.ids import new_id
from backend.kernel.jsonable import dumps
from notifications.kinds import KINDS
from notifications.models import CHANNELS

_NOTICES = text("""
INSERT INTO notices (id, subject_kind, subject_id, step, person_id, kind, params, urgency, sms, created_at)
SELECT v.id, :subject_kind, :subject_id, :step, v.person_id, :kind, v.params, :urgency, v.sms, :now
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS v(id uuid, person_id uuid, params jsonb, sms text)
ON CONFLICT (subject_id, step, person_id) DO NOTHING RETURNING id
""")

_DELIVERIES = text("""
INSERT INTO deliveries
  (id, notice_id, channel, endpoint_id, state, attempts, priority, is_short, next_at, expires_at)
SELECT v.id, v.notice_id, v.channel, v.endpoint_id, 'queued', 0, v.priority, false, v.next_at, v.expires_at
FROM unnest(CAST(:ids AS uuid[]), CAST(:notices AS uuid[]), CAST(:channels AS text[]), CAST(:endpoints AS uuid[]),
  CAST(:priorities AS integer[]), CAST(:nexts AS timestamptz[]), CAST(:ends AS timestamptz[]))
  AS v(id, notice_id, channel, endpoint_id, priority, next_at, expires_at)
ON CONFLICT DO NOTHING
""")

_FALL_BACKS = text("""
UPDATE notices SET fallback_at = v.at
FROM unnest(CAST(:ids AS uuid[]), CAST(:ats AS timestamptz[])) AS v(id, at) WHERE notices.id = v.id
""")


@dataclass(slots=True)
class NewNotice:
    """What differs from person to person within one step."""

    id: UUID
    person_id: UUID
    params: Mapping[str, Any]
    sms: str


@dataclass(slots=True)
class NewDelivery:
    """One way of a notice. The kind says how long it is worth trying."""

    notice_id: UUID
    channel: str
    endpoint_id: UUID | None
    next_at: datetime
    kind: str
    urgency: str

    @property
    def priority(self) -> int:
        """Alarms before news, pushes before messages."""
        return (0 if self.urgency == "alarm" else 100) + CHANNELS.index(self.channel)

    @property
    def expires_at(self) -> datetime:
        return self.next_at + timedelta(seconds=KINDS[self.kind].ttl_s)


def add_notices(
    kind: str, subject: tuple[str, UUID], step: str, urgency: str, now: datetime, wanted: Sequence[NewNotice]
) -> set[UUID]:
    """Insert those that are new for (subject, step, person); returns their ids. In the order of persons, so that two
    who tell the same people at once never wait for each other in a ring."""
    rows = sorted(wanted, key=lambda one: one.person_id)
    # One document, no array of texts: psycopg escapes each quote of an array's elements, a second for 500 notices.
    document = dumps([{"id": o.id, "person_id": o.person_id, "params": o.params, "sms": o.sms} for o in rows])
    values = {
        "subject_kind": subject[0], "subject_id": subject[1], "step": step, "kind": kind, "urgency": urgency,
        "now": now, "rows": document.decode(),
    }  # fmt: skip
    return set(db.session().scalars(_NOTICES, values))


def add_deliveries(rows: Sequence[NewDelivery]) -> None:
    """Insert queued deliveries; their ids keep the given order, in which they are taken."""
    values = {
        "ids": [new_id() for _ in rows], "notices": [one.notice_id for one in rows],
        "channels": [one.channel for one in rows], "endpoints": [one.endpoint_id for one in rows],
        "priorities": [one.priority for one in rows], "nexts": [one.next_at for one in rows],
        "ends": [one.expires_at for one in rows],
    }  # fmt: skip
    db.session().execute(_DELIVERIES, values)


def await_receipts(until: Mapping[UUID, datetime]) -> None:
    """When SMS joins each of these notices unless a receipt comes."""
    db.session().execute(_FALL_BACKS, {"ids": list(until), "ats": list(until.values())})
