"""The hot path: lease, encrypt, send, mark. One loop per process, which never waits for one slow phone."""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import select

from backend.kernel import clock, db
from backend.kernel.config import settings
from backend.kernel.ids import new_id
from notifications import contacts, outbox, payload, sms, texts
from notifications.channels.keys import BadSubscription, topic
from notifications.channels.sender import BURST, Answer, Post, Sender
from notifications.channels.webpush import Sealer
from notifications.lanes import Lane, Lanes, Way
from notifications.models import PushSubscription
from notifications.outbox import Outcome

log = structlog.get_logger(__name__)
_random = random.SystemRandom()
CHUNK = 200
MESSAGES = 50  # an SMS costs money: a kill may repeat at most so many
IN_FLIGHT, AT_FIRST = 800, 32  # more only while the network keeps us waiting: a kill repeats what is on its way
MARK_EVERY, MARK_S = 32, 0.05  # what a kill can repeat is at most this and what is on its way
RENEW_S = 3.0
ASK_S = 0.25
LONGEST_WAIT_S = 3_600.0


@dataclass(slots=True)
class Item:
    """One leased push: its row, its subscription, its reader's language."""

    row: Any
    owner: UUID
    phone: Any
    language: str
    lane: Lane | None = None


class Fanout:
    """Delivers what is due until nothing is. Belongs to one thread."""

    def __init__(self, sender: Sender, sealer: Sealer, lanes: Lanes) -> None:
        self.sender, self.sealer, self.lanes = sender, sealer, lanes
        self._waiting: deque[Item] = deque()
        self._items: dict[UUID, Item] = {}
        self._outcomes: list[Outcome] = []
        self._marked_at = self._renewed_at = 0.0
        self._asked_at = -ASK_S
        self._owner = new_id()
        self._window = AT_FIRST

    def run(self, min_age_s: float = 0.0, most_s: float = 60.0) -> int:
        """Deliver for at most `most_s` seconds (and finish what is on its way). Returns how many were tried."""
        try:
            return self._run(min_age_s, most_s)
        except BaseException:  # the database went, or the job's time was over
            self._give_up()
            raise

    def _run(self, min_age_s: float, most_s: float) -> int:
        self._owner, ends, tried = new_id(), clock.monotonic() + most_s, 0
        self._window = AT_FIRST
        self._asked_at = -ASK_S
        while True:
            is_open = clock.monotonic() < ends
            if is_open:
                tried += self._refill(min_age_s)
            self._start()
            has_room = bool(self._waiting) and self.sender.in_flight < self._window
            answers = self.sender.poll(0.0 if has_room else 0.02)
            for answer in answers:
                self._note(self._judge(answer))
            if not answers and self._waiting and not has_room:
                self._window = min(IN_FLIGHT, self._window * 2)
            self._write()
            if not self._items:
                self._write(is_last=True)
                self._asked_at = -ASK_S
                if not is_open or not (found := self._refill(min_age_s)):
                    return tried
                tried += found

    def _give_up(self) -> None:
        """Let go of what was not sent: its lease ends and another takes it, and this process, which may run again only
        at the next alarm, must not come back to it hours later. Answers of what is on its way are still taken in."""
        for item in [*self._waiting, *self.lanes.drop()]:
            self._items.pop(item.row.id, None)
        self._waiting.clear()

    def _refill(self, min_age_s: float) -> int:
        """Lease more pushes while there is room, and messages when no push is due."""
        room = len(self._waiting) + self.lanes.held() < CHUNK and len(self._items) < IN_FLIGHT
        if not room or clock.monotonic() - self._asked_at < ASK_S:
            return 0
        rows = outbox.take("push", self._owner, CHUNK, min_age_s)
        if rows:
            self._prepare(rows)
            return len(rows)
        found = self._send_messages(min_age_s)
        if not found:
            self._asked_at = clock.monotonic()
        return found

    def _prepare(self, rows: Any) -> None:
        with db.transaction(read_only=True) as session:
            known = contacts.resolve(row.person_id for row in rows)
            query = select(PushSubscription).where(PushSubscription.id.in_({row.endpoint_id for row in rows}))
            phones = {phone.id: phone for phone in session.scalars(query)}
        now = clock.now()
        for row in rows:
            phone = phones.get(row.endpoint_id)
            if row.ended_at or row.expires_at <= now:
                self._note(Outcome(row.id, row.notice_id, self._owner, "expired", error="over before it was sent"))
            elif phone is None or phone.gone_at:
                self._note(
                    Outcome(
                        row.id,
                        row.notice_id,
                        self._owner,
                        "gone",
                        error=phone.gone_reason if phone else "no such phone",
                    )
                )
            else:
                self._items[row.id] = item = Item(row, self._owner, phone, known[row.person_id].language)
                self._waiting.append(item)

    def _start(self) -> None:
        self._waiting.extendleft(reversed(self.lanes.release()))
        for _ in range(BURST):
            if not self._waiting or self.sender.in_flight >= self._window:
                return
            item = self._waiting.popleft()
            item.lane = lane = self.lanes.of(item.phone.endpoint)
            way = lane.way()
            if way is Way.GO:
                self._post(item, lane)
            elif way is Way.HOLD:
                lane.held.append(item)
            else:
                self._drop(item, way, lane.refusal or "the push service does not answer")

    def _post(self, item: Item, lane: Lane) -> None:
        row, phone = item.row, item.phone
        try:
            told = payload.Told(
                row.id, row.notice_id, row.person_id, row.kind, row.subject_kind, row.subject_id, row.step,
                row.params, row.urgency, row.created_at, item.language, row.is_short,
            )  # fmt: skip
            body = payload.build(told, settings().public_url)
            sealed = self.sealer.seal(body, phone.endpoint, phone.p256dh, phone.auth)
        except BadSubscription as error:
            return self._finish(item, "gone", str(error), gone=phone.id)
        except Exception as error:  # one notice that cannot be written must not stop the others
            log.error("push not made", delivery=str(row.id), kind=row.kind, exc_info=error)
            return self._finish(item, "failed", f"{type(error).__name__}: {error}")
        urgency = "high" if row.urgency == "alarm" else "normal"
        ttl = int((row.expires_at - clock.now()).total_seconds())
        headers = self.sealer.headers(phone.endpoint, ttl, urgency, topic(str(row.subject_id), row.step))
        try:
            self.sender.add(Post(item, phone.endpoint, sealed, headers, lane.address))
        except ValueError as error:  # an address that libcurl cannot even read, as one that is no ASCII
            return self._finish(item, "gone", f"{type(error).__name__}: {error}"[:300], gone=phone.id)
        lane.started()

    def _judge(self, answer: Answer) -> Outcome:
        """RFC 8030 8.4 and what push services do: 404 and 410 gone, 413 too long, 429 and 5xx later."""
        item: Item = answer.key
        assert item.lane is not None
        item.lane.answered(has_answer=answer.status > 0)
        error = (answer.error or "")[:300] or None
        if 200 <= answer.status < 300:
            return self._outcome(item, "accepted")
        if answer.status in (404, 410):
            return self._outcome(item, "gone", error, gone=item.phone.id)
        if answer.status == 413 and not item.row.is_short:
            return self._outcome(item, "queued", error, wait_s=0.0, is_short=True)
        if answer.status in (0, 408, 429) or answer.status >= 500:
            return self._outcome(item, "queued", error, wait_s=wait_s(item.row.attempts, answer.retry_after_s))
        return self._outcome(item, "failed", error)

    def _drop(self, item: Item, way: Way, why: str) -> None:
        if way is Way.NEVER:
            return self._finish(item, "failed", why)
        self._note(self._outcome(item, "queued", why, wait_s=wait_s(item.row.attempts)))

    def _finish(self, item: Item, state: str, error: str, gone: UUID | None = None) -> None:
        self._note(self._outcome(item, state, error, gone=gone))

    def _outcome(
        self, item: Item, state: str, error: str | None = None, *, wait_s: float | None = None,
        is_short: bool = False, gone: UUID | None = None,
    ) -> Outcome:  # fmt: skip
        row = item.row
        next_at = None if wait_s is None else clock.now() + timedelta(seconds=wait_s)
        if next_at and next_at >= row.expires_at:
            state, next_at = "failed", None
        is_second = state == "queued" and not is_short and row.attempts >= 2
        return Outcome(row.id, row.notice_id, item.owner, state, next_at, is_short, error, gone, is_second)

    def _note(self, outcome: Outcome) -> None:
        known = self._items.get(outcome.delivery_id)
        if known and known.owner == outcome.owner:  # else it was leased anew while an older try was on its way
            del self._items[outcome.delivery_id]
        self._outcomes.append(outcome)

    def _write(self, is_last: bool = False) -> None:
        """Mark in bulk, and renew the leases of what still travels."""
        now = clock.monotonic()
        is_time = is_last or len(self._outcomes) >= MARK_EVERY or now - self._marked_at >= MARK_S
        if self._outcomes and is_time:
            outbox.mark(self._outcomes)
            self._outcomes.clear()
            self._marked_at = now
        if self._items and now - self._renewed_at >= RENEW_S:
            outbox.renew({(item.owner, key) for key, item in self._items.items()})
            self._renewed_at = now

    def _send_messages(self, min_age_s: float) -> int:
        rows = outbox.take("sms", self._owner, MESSAGES, min_age_s)
        if not rows:
            return 0
        with db.transaction(read_only=True):
            known = contacts.resolve(row.person_id for row in rows)
        now = clock.now()
        live = [row for row in rows if not row.ended_at and row.expires_at > now and known[row.person_id].phone]
        errors = sms.send([(str(known[row.person_id].phone), message(row, known[row.person_id])) for row in live])
        by_id = dict(zip((row.id for row in live), errors, strict=True))
        for row in rows:
            item = Item(row, self._owner, None, "")
            if row.id not in by_id:
                is_over = bool(row.ended_at) or row.expires_at <= now
                self._finish(item, "expired" if is_over else "failed", "over" if is_over else "no phone number")
            elif by_id[row.id] is None:
                self._note(self._outcome(item, "accepted"))
            else:
                self._note(self._outcome(item, "queued", by_id[row.id], wait_s=wait_s(row.attempts)))
        self._write(is_last=True)
        return len(rows)


def message(row: Any, contact: contacts.Contact) -> str:
    """The SMS of one notice."""
    return texts.render(row.kind, "sms", contact.language, row.params).body


def wait_s(attempts: int, asked_s: float | None = None) -> float:
    """How long until the next try: never earlier than asked, and spread so that thousands do not come back at once."""
    if asked_s:
        asked_s = min(asked_s, LONGEST_WAIT_S)
        return asked_s + _random.uniform(0, max(1.0, asked_s / 5))
    return outbox.back_off_s(attempts) * _random.uniform(0.75, 1.5)
