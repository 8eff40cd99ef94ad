"""From frames to signals, states and readings, within one transaction of the writer. Nothing here commits.

`store` takes a batch in its order; afterwards the dangers it found are announced one by one (announcing.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson

from backend.kernel.ids import new_id
from backend.monitoring import danger, measuring, points, quarantine, rows, unverified
from backend.monitoring.arrivals import Arrival, Outcome, Settled, adu_hash, may_be_danger
from backend.monitoring.gateway import bodies, codes, frames
from backend.monitoring.gateway.bodies import Body, Item, Verdict
from backend.monitoring.hearing import Ear
from backend.monitoring.registry import Registry, Site

RESEND_S = timedelta(seconds=60)
ResendKey = tuple[UUID, bool, int, int]


@dataclass
class Seen:
    """What one transmitter did since the counters were last written."""

    good: int = 0
    denied: int = 0
    resent: int = 0
    at: datetime | None = None
    peer: str = ""

    def add(self, more: Seen) -> None:
        self.good, self.denied, self.resent = (
            self.good + more.good,
            self.denied + more.denied,
            self.resent + more.resent,
        )
        if more.at is not None:
            self.at, self.peer = more.at, more.peer


@dataclass
class Memory:
    """What the writer remembers between batches: resends, and the rate of the unverified.

    `pending` are the frames of a commit that is not there yet: their resends are resends, whatever becomes of it.
    """

    resends: dict[ResendKey, datetime] = field(default_factory=dict)
    pending: dict[ResendKey, datetime] = field(default_factory=dict)
    unverified: unverified.Meter = field(default_factory=unverified.Meter)

    def forget(self, before: datetime) -> None:
        self.resends = {key: at for key, at in self.resends.items() if at >= before}


@dataclass
class Stored:
    """The outcome of a batch. `resends` go into the memory only once the batch is committed."""

    settled: list[Settled] = field(default_factory=list)
    dangers: list[UUID] = field(default_factory=list)
    resends: dict[ResendKey, datetime] = field(default_factory=dict)
    seen: dict[UUID, Seen] = field(default_factory=dict)
    unverified: unverified.Told = field(default_factory=set)


@dataclass
class _Told:
    """One arrival whose sender is known and whose body is read."""

    arrival: Arrival
    site: Site
    is_verified: bool
    body: Body


def store(arrivals: Iterable[Arrival], registry: Registry, memory: Memory) -> Stored:
    """Store a batch of frames; raises whatever the database says, then nothing of the batch is stored."""
    done, told, strangers = Stored(), [], []
    raw: list[tuple[Any, ...]] = []
    for arrival in arrivals:
        site, is_verified = registry.find(arrival.frame, arrival.peer, arrival.port, arrival.is_datagram)
        if site is None:
            strangers.append(arrival)
            continue
        if not is_verified and not memory.unverified.admits(
            arrival.peer, arrival.received_at, may_be_danger(arrival.frame)
        ):
            done.settled.append(Settled(arrival, Outcome.REFUSED))
            continue
        if is_verified:
            registry.learn(site, arrival.peer)
        body = bodies.decode(arrival.frame.adu, site.profile)
        outcome = _outcome(arrival, site, is_verified, body, memory, done)
        _count(done, site, is_verified, arrival, outcome)
        raw.append(_raw(arrival, site.id, outcome, body))
        answer = site.profile.heartbeat_answer if body.verdict is Verdict.HEARTBEAT else b""
        done.settled.append(Settled(arrival, outcome, site.profile.name, answer, is_verified))
        if outcome is Outcome.STORED and body.verdict in (Verdict.GOOD, Verdict.OPAQUE):
            told.append(_Told(arrival, site, is_verified, body))
    done.settled += quarantine.keep(strangers)
    rows.copy("frames", RAW_COLUMNS, raw)
    _hear(told, done)
    return done


RAW_COLUMNS = ["received_at", "id", "transmitter_id", "peer", "raw", "outcome", "serial", "adu_hash", "problems"]


def _raw(arrival: Arrival, site_id: UUID | None, outcome: Outcome, body: Body) -> tuple[Any, ...]:
    frame = arrival.frame
    return (
        arrival.received_at, arrival.id, site_id, arrival.peer, frame.raw, outcome.value, frame.serial,
        adu_hash(frame.adu), " ".join(body.problems),
    )  # fmt: skip


def _outcome(arrival: Arrival, site: Site, is_verified: bool, body: Body, memory: Memory, done: Stored) -> Outcome:
    command = arrival.frame.command
    if command in (frames.CONFIRM, frames.DENY):
        return Outcome.ANSWER
    if command in (frames.CONTROL, frames.REQUEST) or body.verdict is Verdict.UNREADABLE:
        return Outcome.DENIED  # a device has no orders for us; what cannot be read is said, not swallowed
    if body.verdict is Verdict.HEARTBEAT:
        return Outcome.STORED
    key = (site.id, is_verified, arrival.frame.serial, adu_hash(arrival.frame.adu))
    first = done.resends.get(key) or memory.pending.get(key) or memory.resends.get(key)
    if first is not None and arrival.received_at - first <= RESEND_S:
        return Outcome.RESENT
    done.resends[key] = arrival.received_at
    return Outcome.STORED


def _count(done: Stored, site: Site, is_verified: bool, arrival: Arrival, outcome: Outcome) -> None:
    """Heartbeats of an unverified source do not count: a thief must not keep a stolen transmitter "online"."""
    seen = done.seen.setdefault(site.id, Seen())
    seen.good += outcome in (Outcome.STORED, Outcome.ANSWER)
    seen.denied += outcome is Outcome.DENIED
    seen.resent += outcome is Outcome.RESENT
    if is_verified:
        seen.at, seen.peer = arrival.received_at, arrival.peer


def _hear(told: list[_Told], done: Stored) -> None:
    """Take in what the bodies say, and write signals, states and readings in bulk."""
    ear = Ear(
        [points_key(t.site, item) for t in told for item in t.body.items if item.component_type is not None],
        [system_key(t.site, item) for t in told for item in t.body.items if item.component_type is None],
    )
    signals: list[tuple[Any, ...]] = []
    measured: list[measuring.Measured] = []
    for each in told:
        if each.body.verdict is Verdict.OPAQUE:
            signals.append(_signal(each, None, None, new_id(), None, {"raw": each.arrival.frame.adu.hex()}))
        for item in each.body.items:
            _take(each, item, ear, signals, measured, done)
    rows.copy("signals", _SIGNAL, signals)
    ear.keep()
    measuring.keep(measured)


def _take(told: _Told, item: Item, ear: Ear, signals: list[tuple[Any, ...]], measured: list[Any], done: Stored) -> None:
    at, site = told.arrival.received_at, told.site
    point = ear.point(site, points_key(site, item), item, at, told.is_verified) if has_point(item) else None
    if item.type == bodies.ANALOG:
        if point is not None and told.is_verified:
            measured.append(measuring.measure(point.id, item, at))
        return
    word = item.status if item.status is not None else item.operation
    found = danger.judge(item.type, word, item.system_type, item.component_type) if word is not None else None
    if told.is_verified:
        announce_at = ear.hear(site, point, item, found, at)
    else:
        announce_at = unverified.hear(site, point, found, at, done.unverified)
    signal_id = new_id()
    signals.append(_signal(told, item, point, signal_id, found if announce_at else None, plain(item), announce_at))
    if announce_at is not None and announce_at <= at:
        done.dangers.append(signal_id)


_SIGNAL = [
    "id",
    "received_at",
    "device_at",
    "transmitter_id",
    "device_id",
    "frame_id",
    "type",
    "bits",
    "category",
    "evidence",
    "decoded",
    "is_danger",
    "is_verified",
    "is_test",
    "announce_at",
]


def _signal(
    told: _Told,
    item: Item | None,
    point: points.Point | None,
    signal_id: UUID,
    found: danger.Danger | None,
    decoded: dict[str, Any],
    announce_at: datetime | None = None,
) -> tuple[Any, ...]:
    bits = None if item is None else item.status if item.status is not None else item.operation
    at = told.arrival.received_at
    return (
        signal_id, at, item.at if item else None, told.site.id, point.id if point else None, told.arrival.id,
        told.body.type, bits, found.category.value if found else None, found.evidence.value if found else None,
        orjson.dumps(decoded).decode(), found is not None, told.is_verified, told.site.is_test(at), announce_at,
    )  # fmt: skip


def plain(item: Item) -> dict[str, Any]:
    """The fields of an item that its type has, for the decoded column and the frames page."""
    names = [n for n in Item.__slots__ if n not in ("type", "at", "has_bad_time", "text")]
    found = {name: getattr(item, name) for name in names if getattr(item, name) is not None}
    if item.text:
        found["text"] = item.text
    if item.has_bad_time:
        found["has_bad_time"] = True
    word = item.status if item.status is not None else item.operation
    if word is not None:
        found["bits"] = codes.bits(item.type, word)
    return found


def has_point(item: Item) -> bool:
    return item.component_type is not None


def points_key(site: Site, item: Item) -> points.Key:
    return (
        site.id, item.system_type or 0, item.system_address or 0, item.component_type or 0, item.component_address or 0
    )  # fmt: skip


def system_key(site: Site, item: Item) -> points.SystemKey:
    if item.system_type is None:
        return (site.id, points.UNIT, 0)
    return (site.id, item.system_type, item.system_address or 0)
