"""What the sweeper does for monitoring: silent transmitters, notices of faults and strangers, days, missed dangers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update

from backend.accounts import service as accounts
from backend.kernel import beat, clock, db, events, retention, scope
from backend.kernel.jobs import Periodic
from backend.kernel.text import pair
from backend.monitoring import announcing, days, faults, flapping
from backend.monitoring.events import FaultOpened, FaultRecovered, TransmitterSilent
from backend.monitoring.gateway.profiles import BEIJING
from backend.monitoring.measuring import SIGNALS_DAYS
from backend.monitoring.models import Device, Fault, QuarantinedFrame, Signal, Transmitter, TransmitterState
from backend.monitoring.watchmen import look_at_gateway
from backend.places.models import Building, Floor
from notifications import Recipient, send
from notifications import service as notices

LATE = timedelta(seconds=3)  # the writer announces by itself; what is later has been missed
FLUSH_GRACE = timedelta(seconds=2)  # last_seen_at is written once a second
TOLD_ROLES = ("property", "control_room")
STORM, STORM_WINDOW = 10, timedelta(minutes=10)
TOGETHER = 3  # more faults of one estate at once are one notice
QUARANTINE_EVERY = timedelta(minutes=10)
QUARANTINE_KEPT = timedelta(days=7)


def announce_missed() -> None:
    """Dangers that are stored and that the gateway could not announce."""
    announcing.announce_due(clock.now() - LATE)


def find_silent() -> list[UUID]:
    """Transmitters silent for longer than their limit, by the database: never earlier, at most one round later.

    While our own gateway is deaf nobody is called silent; after its return every limit is longer by its gap.
    """
    now = clock.now()
    with db.transaction() as session:
        own = session.get(beat.Heartbeat, "gateway")
        if own is None or (now - own.at).total_seconds() > beat.STALE_S:
            return []
        t = Transmitter
        limit = func.make_interval(0, 0, 0, 0, 0, 0, t.silent_after_s)
        query = select(t).where(t.state == TransmitterState.OK, t.last_seen_at + limit < now - FLUSH_GRACE)
        found = list(session.scalars(query.order_by(t.id).with_for_update(key_share=True, skip_locked=True)))
        silent = [each for each in found if _is_silent(each, own, now)]
        for each in silent:
            each.state, each.silent_since = TransmitterState.SILENT, each.last_seen_at
            subject = faults.Subject(each.id, None, each.building_id, each.scope_path)
            faults.open_(subject, faults.SILENT, now)
            events.publish(TransmitterSilent(each.id, each.last_seen_at or now, each.scope_path))
        return [each.id for each in silent]


def _is_silent(each: Transmitter, own: beat.Heartbeat, now: datetime) -> bool:
    assert each.last_seen_at is not None
    limit = timedelta(seconds=each.silent_after_s) + FLUSH_GRACE
    if own.gap_at is not None:
        began = own.gap_at - timedelta(seconds=own.gap_s)
        limit += max(own.gap_at - max(began, each.last_seen_at), timedelta())
    return now - each.last_seen_at > limit


def tell_faults() -> int:
    """Tell property and control room of faults that opened or recovered; many at once of an estate in one notice."""
    with db.transaction() as session:
        query = (
            select(Fault, Transmitter, Device, Building, Floor.label.label("floor"))
            .join(Transmitter, Transmitter.id == Fault.transmitter_id)
            .outerjoin(Device, Device.id == Fault.device_id)
            .outerjoin(Building, Building.id == Fault.building_id)
            .outerjoin(Floor, Floor.id == Device.floor_id)
            .where(Fault.is_untold)
            .order_by(Transmitter.estate_id, Fault.id)
            .limit(500)
            .with_for_update(key_share=True, of=Fault, skip_locked=True)
        )
        rows = session.execute(query).all()
        folded = flapping.open_at([(row.Fault.transmitter_id, row.Fault.device_id) for row in rows])
        for estate_id, group in groupby(rows, key=lambda row: row.Transmitter.estate_id):
            _tell_estate(estate_id, list(group), folded)
        return len(rows)


def _tell_estate(estate_id: UUID, rows: Sequence[Any], folded: set[flapping.Place]) -> None:
    now = clock.now()
    opened = [row for row in rows if row.Fault.recovered_at is None and not _is_folded(row.Fault, folded)]
    since = now - STORM_WINDOW
    told = select(func.count()).select_from(Fault).join(Transmitter).where(
        Transmitter.estate_id == estate_id, Fault.told_at > since
    )  # fmt: skip
    room = STORM - (db.session().scalar(told) or 0)
    if len(opened) > TOGETHER and room > 0:
        _tell_opened(opened[0], len(opened))
    else:
        for row in opened[: max(room, 0)]:
            _tell_opened(row, 1)
    for row in rows:
        fault = row.Fault
        fault.is_untold = False
        if fault.recovered_at is None:
            fault.told_at = None if _is_folded(fault, folded) else now
            events.publish(FaultOpened(fault.id, fault.kind, fault.scope_path, fault.device_id, fault.transmitter_id))
        else:
            _tell_recovered(row)
            events.publish(
                FaultRecovered(fault.id, fault.kind, fault.scope_path, fault.device_id, fault.transmitter_id)
            )


def _is_folded(fault: Fault, folded: set[flapping.Place]) -> bool:
    """Whether the flapping of its device speaks for it; a silence and the flapping itself speak for themselves."""
    return fault.kind not in (faults.FLAPPING, faults.SILENT) and (fault.transmitter_id, fault.device_id) in folded


def _tell_opened(row: Any, number: int) -> None:
    fault = row.Fault
    people = accounts.people_with("devices.see", fault.scope_path, TOLD_ROLES)
    kind = "transmitter.silent" if fault.kind == faults.SILENT else "fault.opened"
    send(
        kind,
        subject=("fault", fault.id),
        step="opened",
        recipients=[Recipient(p) for p in people],
        params=_params(row, number),
        scope_path=fault.scope_path,
    )


def _tell_recovered(row: Any) -> None:
    """To the same people; who was told of nothing hears of no end."""
    fault = row.Fault
    people = notices.told_people(fault.id)
    kind = "transmitter.back" if fault.kind == faults.SILENT else "fault.recovered"
    if people:
        send(
            kind,
            subject=("fault", fault.id),
            step="recovered",
            recipients=[Recipient(p) for p in people],
            params=_params(row, 1),
            scope_path=fault.scope_path,
        )


def _params(row: Any, number: int) -> dict[str, Any]:
    fault, transmitter, device = row.Fault, row.Transmitter, row.Device
    if fault.kind == faults.SILENT:
        name = pair(transmitter.name, transmitter.name_en)
        if number > 1:
            name = {"zh": f"{name['zh']}等 {number} 台传输装置", "en": f"{name['en']} and {number - 1} more"}
        return {"name": name, "since": f"{(transmitter.silent_since or fault.opened_at).astimezone(BEIJING):%H:%M}"}
    what = pair(device.label, device.label_en) if device else pair(transmitter.name, transmitter.name_en)
    if number > 1:
        what = {"zh": f"{what['zh']}等 {number} 处设备", "en": f"{what['en']} and {number - 1} more"}
    house = pair(row.Building.name, row.Building.name_en) if row.Building else {"zh": "", "en": ""}
    floor = {"zh": f" {row.floor} 层", "en": f" floor {row.floor}"} if row.floor else {"zh": "", "en": ""}
    place = {lang: f"{house[lang]}{floor[lang]}" for lang in ("zh", "en")}
    return {"place": place, "device": what, "fault": {"zh": fault.words_zh, "en": f": {fault.words_en}"}}


def tell_quarantine() -> int:
    """One notice in ten minutes to the administrators of all; one more if only now a fire bit is among the frames."""
    now = clock.now()
    q = QuarantinedFrame
    with db.transaction() as session:
        untold = select(func.count(), func.bool_or(q.has_fire)).where(q.told_at.is_(None))
        number, has_fire = session.execute(untold).one()
        recent = select(func.count(), func.bool_or(q.has_fire)).where(q.told_at > now - QUARANTINE_EVERY)
        told, told_fire = session.execute(recent).one()
        if not number or (told and (told_fire or not has_fire)):
            return 0
        newest = select(q).where(q.told_at.is_(None)).order_by(q.has_fire.desc(), q.id.desc()).limit(1)
        example = session.scalars(newest).one()
        people = accounts.people_with("quarantine.manage", scope.ROOT)
        params = {"peer": example.peer, "is_fire": "true" if has_fire else "false", "url": "/admin/transmitters"}
        send(
            "quarantine.found",
            subject=("quarantine", example.id),
            step="found",
            recipients=[Recipient(p) for p in people],
            params=params,
        )
        session.execute(update(q).where(q.told_at.is_(None)).values(told_at=now))
        return len(people)


def keep_days() -> None:
    """Partitions of today and the two days to come; days that are over and old strangers go."""
    today = clock.now().date()
    days.ensure(*(today + timedelta(days=n) for n in range(3)))
    days.forget()
    with db.transaction() as session:
        session.execute(delete(QuarantinedFrame).where(QuarantinedFrame.received_at < clock.now() - QUARANTINE_KEPT))


def forget_signals() -> None:
    """Old words of devices go; what was a danger stays, as the incidents that it made do."""
    old = retention.limit(SIGNALS_DAYS)
    retention.forget(Signal, Signal.received_at < old, Signal.is_danger.is_(False))


PERIODIC = [
    Periodic(announce_missed, every_s=1),
    Periodic(find_silent, every_s=2),
    Periodic(flapping.look, every_s=2),
    Periodic(tell_faults, every_s=2),
    Periodic(tell_quarantine, every_s=2),
    Periodic(look_at_gateway, every_s=5),
    Periodic(keep_days, every_s=3600),
    Periodic(forget_signals, every_s=600),
]
