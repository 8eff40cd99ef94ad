"""How each transmitter stands: last seen, counters, back from silence; and what was stored just before a restart."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text

from backend.kernel import db, events
from backend.monitoring import faults
from backend.monitoring.events import TransmitterBack
from backend.monitoring.intake import ResendKey, Seen
from backend.monitoring.models import RawFrame, Transmitter, TransmitterState

_NOTE = text(
    "UPDATE transmitters t SET good = t.good + v.good, denied = t.denied + v.denied, resent = t.resent + v.resent, "
    "last_seen_at = GREATEST(t.last_seen_at, v.at), "
    "last_peer = CASE WHEN v.at IS NULL THEN t.last_peer ELSE v.peer END "
    "FROM unnest(CAST(:ids AS uuid[]), CAST(:good AS int[]), CAST(:denied AS int[]), CAST(:resent AS int[]), "
    "CAST(:at AS timestamptz[]), CAST(:peer AS text[])) AS v(id, good, denied, resent, at, peer) WHERE t.id = v.id"
)


def note(seen: dict[UUID, Seen]) -> None:
    """Add what was counted; who was silent or new and spoke from its own network is back."""
    if not seen:
        return
    ids = sorted(seen)
    heard = {site_id: seen[site_id].at for site_id in ids}
    query = select(Transmitter).where(Transmitter.id.in_(ids), Transmitter.state != TransmitterState.OK)
    for each in db.session().scalars(query.order_by(Transmitter.id).with_for_update(key_share=True)):
        at = heard[each.id]
        if at is not None:
            _back(each, at)
    db.session().flush()
    values = [seen[site_id] for site_id in ids]
    columns = {name: [getattr(v, name) for v in values] for name in ("good", "denied", "resent", "at", "peer")}
    db.session().execute(_NOTE, {"ids": ids} | columns)


def _back(transmitter: Transmitter, at: datetime) -> None:
    since = transmitter.silent_since
    transmitter.state, transmitter.silent_since = TransmitterState.OK, None
    if since is not None:
        faults.recover(transmitter.id, None, faults.SILENT, at)
        events.publish(TransmitterBack(transmitter.id, since, transmitter.scope_path))


def recent_resends(since: datetime) -> dict[ResendKey, datetime]:
    """What was confirmed just before a restart, so that its resends stay resends. Sources are taken for verified."""
    f = RawFrame
    query = select(f.transmitter_id, f.serial, f.adu_hash, f.received_at).where(
        f.received_at >= since, f.outcome == "stored", f.transmitter_id.is_not(None)
    )
    return {
        (row.transmitter_id, True, row.serial, row.adu_hash): row.received_at for row in db.session().execute(query)
    }
