"""Frames of nobody we know: kept within limits, shown to an administrator, adopted with one tap."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import delete, func, select

from backend.kernel import db
from backend.kernel.ids import new_id
from backend.monitoring import rows
from backend.monitoring.arrivals import Arrival, Outcome, Settled, may_be_danger
from backend.monitoring.models import QuarantinedFrame

PER_PEER, IN_ALL = 50, 2_000
_COLUMNS = ["id", "received_at", "peer", "local_port", "source_address", "destination", "raw", "has_fire"]


def keep(arrivals: list[Arrival]) -> list[Settled]:
    """Keep what the limits allow; only that is confirmed. A fire bit takes the place of an older frame without one."""
    if not arrivals:
        return []
    q = QuarantinedFrame
    total = db.session().scalar(select(func.count()).select_from(q)) or 0
    peers = {a.peer for a in arrivals}
    counted = select(q.peer, func.count()).where(q.peer.in_(peers)).group_by(q.peer)
    by_peer: Counter[str] = Counter(dict(db.session().execute(counted).all()))
    settled: list[Settled] = []
    kept: list[tuple[Any, ...]] = []
    for arrival in arrivals:
        has_fire = may_be_danger(arrival.frame)
        has_room = total < IN_ALL and by_peer[arrival.peer] < PER_PEER
        if not has_room and not (has_fire and _make_room(arrival.peer, by_peer[arrival.peer] >= PER_PEER)):
            settled.append(Settled(arrival, Outcome.REFUSED))
            continue
        if has_room:
            total, by_peer[arrival.peer] = total + 1, by_peer[arrival.peer] + 1
        kept.append(_row(arrival, has_fire))
        settled.append(Settled(arrival, Outcome.QUARANTINED))
    rows.copy("quarantined_frames", _COLUMNS, kept)
    return settled


def _row(arrival: Arrival, has_fire: bool) -> tuple[Any, ...]:
    frame = arrival.frame
    return (
        new_id(), arrival.received_at, arrival.peer, arrival.port, frame.source, frame.destination, frame.raw, has_fire
    )  # fmt: skip


def _make_room(peer: str, is_peer_full: bool) -> bool:
    """Drop the oldest frame without a fire bit, of the same peer when that one is full. False: there is none."""
    q = QuarantinedFrame
    oldest = select(q.id).where(q.has_fire.is_(False)).order_by(q.id).limit(1)
    if is_peer_full:
        oldest = oldest.where(q.peer == peer)
    gone = delete(q).where(q.id.in_(oldest)).returning(q.id)
    return db.session().execute(gone, execution_options={"synchronize_session": False}).first() is not None
