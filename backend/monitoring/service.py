"""Transmitters and devices as others ask for them, and the verbs of an administrator and of a control room."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select, update
from sqlalchemy.orm import joinedload

from backend.kernel import audit, clock, db
from backend.kernel.access import Actor
from backend.kernel.errors import NotAllowed, NotFound
from backend.kernel.ids import new_id
from backend.kernel.scope import within
from backend.monitoring import flapping, showing
from backend.monitoring.errors import NetworkNeeded, TransmitterTaken, WrongNetwork, WrongProfile
from backend.monitoring.gateway import codes, profiles
from backend.monitoring.gateway.profiles import Identity
from backend.monitoring.models import Device, LatestReading, PointState, RawFrame, Signal, Transmitter
from backend.monitoring.registry import clean_network
from backend.monitoring.status import building_status, fault_item, fault_query, open_faults
from backend.places.models import Building, Estate

__all__ = ["building_status", "fault_item", "fault_query", "open_faults"]
SEE, MANAGE = "transmitters.see", "transmitters.manage"
SAID = 20


def transmitters(actor: Actor, permission: str = SEE) -> Select[Transmitter]:
    """Transmitters within the actor's scope."""
    return select(Transmitter).where(within(Transmitter.scope_path, actor.paths(permission)))


def seen_transmitter(actor: Actor, transmitter_id: UUID, permission: str = SEE) -> Transmitter:
    """The transmitter; the same NotFound for none and for one that is not the actor's to see."""
    found = db.session().scalar(transmitters(actor).where(Transmitter.id == transmitter_id))
    if found is None:
        raise NotFound(transmitter_id=str(transmitter_id))
    if not actor.may(permission, found.scope_path):
        raise NotAllowed()
    return found


def register(
    actor: Actor,
    estate_id: UUID,
    name: str,
    source_address: int,
    name_en: str = "",
    profile: str = "standard",
    network: str | None = None,
    building_id: UUID | None = None,
    identity: str | None = None,
    silent_after_s: int | None = None,
) -> Transmitter:
    """Register a transmitter with an estate (or one of its buildings). Audited.

    Raises NotFound for a place out of scope, WrongProfile, WrongNetwork, NetworkNeeded, TransmitterTaken.
    """
    path = _place(actor, estate_id, building_id)
    if profile not in profiles.PROFILES:
        raise WrongProfile(profile=profile)
    model = profiles.get(profile)
    made = Transmitter(
        id=new_id(),
        estate_id=estate_id,
        building_id=building_id,
        name=name,
        name_en=name_en,
        source_address=source_address,
        profile=profile,
        network=_network(network),
        identity=identity or model.identity,
        silent_after_s=silent_after_s or model.silent_after_s,
        registered_at=clock.now(),
        scope_path=path,
    )
    _check(made)
    db.session().add(made)
    db.session().flush()
    audit.record("transmitters.register", "transmitter", made.id, path, name=name, source=source_address)
    return made


def change(actor: Actor, transmitter_id: UUID, **changes: Any) -> Transmitter:
    """Change name, network, profile, identity, limit of silence or building. Audited."""
    found = seen_transmitter(actor, transmitter_id, MANAGE)
    if "profile" in changes and changes["profile"] not in profiles.PROFILES:
        raise WrongProfile(profile=changes["profile"])
    if "network" in changes:
        changes["network"] = _network(changes["network"])
    if "building_id" in changes:
        found.scope_path = _place(actor, found.estate_id, changes["building_id"])
    before = {name: getattr(found, name) for name in changes}
    for name, value in changes.items():
        setattr(found, name, value)
    _check(found)
    audit.record(
        "transmitters.change", "transmitter", found.id, found.scope_path, before=_plain(before), after=_plain(changes)
    )
    return found


def start_test(actor: Actor, transmitter_id: UUID, minutes: int) -> Transmitter:
    """Test mode with an end: what it says is marked as a test, and a fire still rings ring 0. Audited."""
    found = seen_transmitter(actor, transmitter_id, "tests.run")
    found.test_until, found.test_by = clock.now() + timedelta(minutes=minutes), actor.person_id
    audit.record("transmitters.test", "transmitter", found.id, found.scope_path, minutes=minutes)
    return found


def end_test(actor: Actor, transmitter_id: UUID) -> Transmitter:
    """The test is over now: what a point said before is no longer a test when it says it again."""
    found = seen_transmitter(actor, transmitter_id, "tests.run")
    found.test_until = min(found.test_until or clock.now(), clock.now())
    audit.record("transmitters.test_end", "transmitter", found.id, found.scope_path)
    return found


def frames(actor: Actor, transmitter_id: UUID) -> Select[RawFrame]:
    """The raw frames of the last day."""
    found = seen_transmitter(actor, transmitter_id, "frames.see")
    since = clock.now() - timedelta(days=1)
    return select(RawFrame).where(RawFrame.transmitter_id == found.id, RawFrame.received_at >= since)


def devices(actor: Actor) -> Select[*tuple[Any, ...]]:
    """Devices within the actor's scope, as rows of showing.query."""
    return showing.query().where(within(Device.scope_path, actor.paths(showing.PERMISSION)))


def device(actor: Actor, device_id: UUID) -> dict[str, Any]:
    """One device with its transmitter, its latest readings and what it said last."""
    row = db.session().execute(devices(actor).where(Device.id == device_id)).first()
    if row is None:
        raise NotFound(device_id=str(device_id))
    latest = select(LatestReading).where(LatestReading.device_id == device_id).order_by(LatestReading.metric)
    said = select(Signal).where(Signal.device_id == device_id).order_by(Signal.received_at.desc()).limit(SAID)
    box = db.session().get_one(Transmitter, row.Device.transmitter_id)
    return showing.item(row) | {
        "transmitter": {"id": box.id, "name": box.name, "name_en": box.name_en},
        "is_flapping": bool(flapping.open_at([(box.id, device_id)]) & {(box.id, device_id)}),
        "readings": list(db.session().scalars(latest)),
        "signals": [_said(signal, actor.language == "en") for signal in db.session().scalars(said)],
    }


def _said(signal: Signal, is_english: bool) -> dict[str, Any]:
    names = ("received_at", "device_at", "is_danger", "is_verified")
    words = codes.words(signal.type, signal.bits, is_english)
    return {name: getattr(signal, name) for name in names} | {"words": words}


def silence(actor: Actor, device_id: UUID, minutes: int) -> None:
    """A device's dangers wait until the end of its silence; what is then still there is told. Audited."""
    found = db.session().get(Device, device_id)
    if found is None or not actor.may(showing.PERMISSION, found.scope_path):
        raise NotFound(device_id=str(device_id))
    if not actor.may("devices.silence", found.scope_path):
        raise NotAllowed()
    until = clock.now() + timedelta(minutes=minutes)
    now = clock.now()
    state = db.session().get(PointState, device_id)
    if state is None:
        db.session().add(
            PointState(device_id=device_id, since=now, seen_at=now, silenced_until=until, silenced_by=actor.person_id)
        )
    else:
        statement = update(PointState).where(PointState.device_id == device_id)
        db.session().execute(statement.values(silenced_until=until, silenced_by=actor.person_id))
    audit.record("devices.silence", "device", device_id, found.scope_path, minutes=minutes, until=until.isoformat())


def readings(actor: Actor) -> Select[*tuple[Any, ...]]:
    """Latest readings of devices within the actor's scope, with the device."""
    seen = within(Device.scope_path, actor.paths(showing.PERMISSION))
    return select(LatestReading, Device).join(Device, Device.id == LatestReading.device_id).where(seen)


def _place(actor: Actor, estate_id: UUID, building_id: UUID | None) -> str:
    """The scope path of a transmitter's place; NotFound when it is not the actor's to manage."""
    estate = db.session().get(Estate, estate_id)
    if estate is None or not actor.may(MANAGE, estate.scope_path):
        raise NotFound(estate_id=str(estate_id))
    if building_id is None:
        return estate.scope_path
    building = db.session().get(Building, building_id, options=[joinedload(Building.estate)])
    if building is None or building.estate_id != estate_id:
        raise NotFound(building_id=str(building_id))
    return building.scope_path


def _network(text: str | None) -> str | None:
    if not text:
        return None
    try:
        return clean_network(text)
    except ValueError:
        raise WrongNetwork(network=text) from None


def _check(made: Transmitter) -> None:
    if made.identity == Identity.CONNECTION and made.network is None:
        raise NetworkNeeded()
    same = select(Transmitter).where(
        Transmitter.source_address == made.source_address,
        Transmitter.network.is_not_distinct_from(made.network),
        Transmitter.identity == made.identity,
        Transmitter.id != made.id,
    )
    with db.session().no_autoflush:
        other = db.session().scalar(same)
    if other is not None:
        raise TransmitterTaken(name=other.name)


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, UUID) else value for name, value in values.items()}
