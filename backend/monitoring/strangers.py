"""The quarantine as an administrator sees it: who spoke, how often, with a fire bit or not; and "this is estate X"."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select

from backend.kernel import audit, clock, db
from backend.kernel.access import Actor
from backend.monitoring import announcing, intake, registry, service
from backend.monitoring.arrivals import Arrival
from backend.monitoring.errors import NobodyThere
from backend.monitoring.gateway.frames import Frame
from backend.monitoring.models import QuarantinedFrame, Transmitter

SPLIT = "~"
MOST = 200


def key_of(peer: str, source_address: int) -> str:
    """The name of one stranger in addresses: `192.0.2.7~700001`."""
    return f"{peer}{SPLIT}{source_address}"


def strangers() -> list[dict[str, Any]]:
    """Everybody in quarantine, those with a fire bit first, then the latest."""
    q = QuarantinedFrame
    query = (
        select(
            q.peer, q.source_address, func.count().label("frames"), func.bool_or(q.has_fire).label("has_fire"),
            func.min(q.received_at).label("first_at"), func.max(q.received_at).label("last_at"),
            func.max(q.destination).label("destination"), func.max(q.local_port).label("port"),
        )
        .group_by(q.peer, q.source_address)
        .order_by(func.bool_or(q.has_fire).desc(), func.max(q.received_at).desc())
        .limit(MOST)
    )  # fmt: skip
    return [dict(row._mapping) | {"key": key_of(row.peer, row.source_address)} for row in db.session().execute(query)]


def adopt(actor: Actor, key: str, estate_id: UUID, **given: Any) -> Transmitter:
    """Register the stranger with an estate, known from its address, and take in what it has said until now.

    What it said counts from this moment: a fire that waited here gets its full time to be verified.
    """
    peer, _, source = key.rpartition(SPLIT)
    q = QuarantinedFrame
    kept = []
    if peer and source.isdigit() and int(source) < 2**48:
        query = select(q).where(q.peer == peer, q.source_address == int(source)).order_by(q.received_at, q.id)
        kept = list(db.session().scalars(query.with_for_update(key_share=True)))
    if not kept:
        raise NobodyThere(peer=peer or key)
    made = service.register(
        actor, estate_id, source_address=int(source), network=given.pop("network", None) or peer, **given
    )
    made.quarantined = len(kept)
    db.session().execute(delete(q).where(q.id.in_([k.id for k in kept])))
    db.session().flush()
    now = clock.now()
    arrivals = [Arrival(Frame(k.raw), now, k.peer, k.local_port) for k in kept]
    stored = intake.store(arrivals, registry.load(), intake.Memory())
    for signal_id in stored.dangers:
        announcing.announce(signal_id)
    audit.record("quarantine.adopt", "transmitter", made.id, made.scope_path, peer=peer, frames=len(kept))
    return made
