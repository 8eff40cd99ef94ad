"""From a danger to an incident: under a lock on the place it joins the one it belongs to, or opens one of its own."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import exists, select, text

from backend.incidents import records, rings
from backend.incidents.joining import Place, choose, is_graver
from backend.incidents.limits import limits_at
from backend.incidents.models import Incident, IncidentEntry, IncidentEvidence
from backend.incidents.nearby import candidates
from backend.incidents.settling import open_scopes, settle
from backend.incidents.states import (
    DETECTED,
    OPEN,
    Change,
    Danger,
    EvidenceNoted,
    Policy,
    SecondSuspected,
    State,
)
from backend.incidents.transitions import opened, step
from backend.kernel import db
from backend.kernel.scope import within
from backend.monitoring.events import DangerSensed, EvidenceSeen
from backend.places.models import Building, Estate

FOLDED = timedelta(minutes=1)


def take_in(danger: DangerSensed) -> Incident:
    """Join or open; its notices of ring 0 are written in this same transaction. 64 at once give exactly one."""
    estate, building = _place(danger.estate_id, danger.building_id)
    path = building.scope_path if building else (estate.scope_path if estate else danger.scope_path)
    lock(estate.scope_path if estate else path)
    policy, at = limits_at(path), danger.received_at
    place = Place(
        category=danger.category,
        estate=str(danger.estate_id) if danger.estate_id else None,
        building=str(danger.building_id) if danger.building_id else None,
        floor=danger.floor_ordinal,
        source=str(danger.transmitter_id),
        is_sure=danger.is_source_verified and not danger.is_test,
    )
    found = choose(place, candidates(place, at, policy), at, policy)
    incident = locked(UUID(found.id)) if found else None
    if incident is not None:
        at = records.moment(incident, at)
    event = _event(danger, at, incident)
    change = step(records.snapshot(incident), event, policy) if incident else None
    if incident is None or not isinstance(change, Change):
        incident, change = draft(danger.category, estate, building, path, at), opened(event, policy)
    is_new_floor = danger.floor_ordinal not in {floor.ordinal for floor in incident.floors}
    is_placed = _learn_place(incident, danger, building)
    raise_category(incident, danger.category, at)
    if _write(incident, change, danger, event, policy):
        _tell_nearer(incident, change, danger, is_new_floor)
    if is_placed and incident.state == State.CONFIRMED:
        rings.tell(incident, (2,))
    if place.is_sure:
        call_off_exercises(incident, at)
    ring_beside(incident, at)
    return incident


def _event(danger: DangerSensed, at: datetime, incident: Incident | None) -> Danger:
    return Danger(
        at=at,
        point=_point(danger),
        floor=danger.floor_ordinal,
        confirms=danger.evidence == "confirm",
        is_registered=danger.device_id is not None and danger.category in DETECTED,
        is_source_verified=danger.is_source_verified,
        is_test=danger.is_test,
        is_graver=incident is not None and is_graver(danger.category, incident.category),
    )


def raise_category(incident: Incident, category: str, at: datetime) -> None:
    """The graver category takes over, with its words; a line of the timeline says so."""
    if is_graver(category, incident.category):
        records.add_entry(incident, at, "category", f"now_{category}", before=incident.category)
        incident.category = category


def _point(danger: DangerSensed) -> str:
    return str(danger.device_id) if danger.device_id else f"{danger.transmitter_id}:{danger.label}"


def _write(incident: Incident, change: Change, danger: DangerSensed, event: Danger, policy: Policy) -> bool:
    """Keep the evidence and settle; whether this point had not spoken before."""
    incident.signal_count += 1
    incident.last_signal_at = max(danger.received_at, incident.last_signal_at or danger.received_at)
    incident.is_source_verified = incident.is_source_verified or danger.is_source_verified
    # The row's round decides under which round the point is kept, so it is set before.
    incident.round = change.after.round
    is_new = records.add_evidence(
        incident,
        event.point,
        event.at,
        kind="device",
        signal_id=danger.signal_id,
        transmitter_id=danger.transmitter_id,
        device_id=danger.device_id,
        dwelling_id=danger.dwelling_id,
        floor_ordinal=danger.floor_ordinal,
        label=danger.label,
        label_en=danger.label_en,
        evidence=danger.evidence,
        words={"zh": danger.words_zh, "en": danger.words_en},
        is_source_verified=danger.is_source_verified,
        counts=event.is_registered and event.is_source_verified and not event.is_test,
    )
    settle(
        incident, change, policy, event.at, "danger",
        is_line=is_new or bool(change.path),
        label=danger.label, label_en=danger.label_en, words={"zh": danger.words_zh, "en": danger.words_en},
        floor=danger.floor_ordinal,
        is_source_verified=danger.is_source_verified, is_test=danger.is_test,
    )  # fmt: skip
    return is_new


def _tell_nearer(incident: Incident, change: Change, danger: DangerSensed, is_new_floor: bool) -> None:
    """A point speaks for the first time: its household hears, and after a confirmation those whose words it changes."""
    if danger.dwelling_id and incident.state in (State.SUSPECTED, State.WATCHING):
        rings.tell_households(incident)
    is_here = incident.building_id is not None and incident.building_id == danger.building_id
    is_sure = danger.is_source_verified and not danger.is_test
    if incident.state == State.CONFIRMED and not change.rings and is_here and is_sure:
        rings.tell_spread(incident, danger.floor_ordinal if is_new_floor else None, danger.dwelling_id)


def note_evidence(seen: EvidenceSeen) -> None:
    """A reset or a recovery: written into what is open there, and closing nothing.

    One point's recovery belongs to the incident that this point spoke for; a panel's reset to all of its place.
    """
    estate, building = _place(None, seen.building_id)
    lock(estate.scope_path if estate else (building.scope_path if building else seen.scope_path))
    query = select(Incident.id).where(Incident.state.in_(OPEN), Incident.is_exercise.is_(False))
    if seen.device_id:
        table = IncidentEvidence
        query = query.where(exists().where(table.incident_id == Incident.id, table.device_id == seen.device_id))
    elif seen.building_id:
        query = query.where(Incident.building_id == seen.building_id)
    else:
        query = query.where(within(Incident.scope_path, [seen.scope_path]))
    for incident_id in db.session().scalars(query.order_by(Incident.id)):
        incident = locked(incident_id)
        policy = limits_at(incident.scope_path)
        at = records.moment(incident, seen.received_at)
        change = step(records.snapshot(incident), EvidenceNoted(at), policy)
        if isinstance(change, Change) and not _is_said(incident, seen, at):
            settle(incident, change, policy, at, seen.what, label=seen.label, label_en=seen.label_en)


def _is_said(incident: Incident, seen: EvidenceSeen, at: datetime) -> bool:
    """Whether the last minute of the timeline says it already: a detector that flickers would fill it."""
    entry = IncidentEntry
    return bool(
        db.session().scalar(
            select(
                exists().where(
                    entry.incident_id == incident.id,
                    entry.at > at - FOLDED,
                    entry.verb == seen.what,
                    entry.params["label"].as_string() == seen.label,
                )
            )
        )
    )


# --- shared with calls and exercises --------------------------------------------------------------------------


def lock(path: str) -> None:
    """One at a time decides about a place; held until the transaction ends."""
    db.session().execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": f"incidents {path}"})


def locked(incident_id: UUID) -> Incident:
    """The incident as it is now, its row locked."""
    query = select(Incident).where(Incident.id == incident_id).with_for_update(key_share=True, of=Incident)
    return db.session().scalars(query.execution_options(populate_existing=True)).one()


def draft(
    category: str, estate: Estate | None, building: Building | None, path: str, at: datetime, is_exercise: bool = False
) -> Incident:
    """A new row, at its place; its state is written when its first change is settled."""
    incident = Incident(category=category, state=State.SUSPECTED, scope_path=path, is_exercise=is_exercise)
    incident.estate, incident.building = estate, building
    incident.opened_at = incident.case_at = incident.clock_at = incident.evidence_at = at
    incident.round, incident.ring, incident.version, incident.signal_count = 0, -1, 0, 0
    incident.is_source_verified = False
    incident.floors = []
    db.session().add(incident)
    db.session().flush()
    open_scopes(incident)
    return incident


def _place(estate_id: UUID | None, building_id: UUID | None) -> tuple[Estate | None, Building | None]:
    building = db.session().get(Building, building_id) if building_id else None
    estate = db.session().get(Estate, estate_id) if estate_id else None
    return estate or (estate_of(building) if building else None), building


def estate_of(building: Building) -> Estate | None:
    return db.session().get(Estate, building.estate_id) if building.estate_id else None


def _learn_place(incident: Incident, danger: DangerSensed, building: Building | None) -> bool:
    """A later signal may know more: the door, the floors, the building (True: residents can be told from now on)."""
    is_placed = incident.building_id is None and building is not None
    if is_placed and building is not None:
        incident.building, incident.building_id, incident.scope_path = building, building.id, building.scope_path
        db.session().flush()
        open_scopes(incident)
    if incident.dwelling_id is None and danger.dwelling_id and incident.building_id == danger.building_id:
        incident.dwelling_id = danger.dwelling_id
    if incident.building_id == danger.building_id:
        records.add_floor(incident, danger.floor_id, danger.floor_ordinal)
    return is_placed


def ring_beside(incident: Incident, at: datetime) -> None:
    """Two suspected ones in one building: ring 1 hears of both. What was muted (ring -1) is none of the two."""
    if incident.building_id is None or incident.is_exercise or incident.state != State.SUSPECTED:
        return
    query = select(Incident.id).where(
        Incident.building_id == incident.building_id,
        Incident.state == State.SUSPECTED,
        Incident.ring >= 0,
        Incident.is_exercise.is_(False),
        Incident.is_test.is_(False),
    )
    ids = sorted(db.session().scalars(query))
    if len(ids) < 2:
        return
    for one in map(locked, ids):
        policy = limits_at(one.scope_path)
        change = step(records.snapshot(one), SecondSuspected(at), policy)
        if isinstance(change, Change) and change.is_new:
            settle(one, change, policy, at, "second_suspected")


def call_off_exercises(incident: Incident, at: datetime) -> None:
    """A real danger ends the exercise of its building: 演练中止, 真警.

    Real is what somebody answers for: a verified source that is not in test, a known caller, or a confirmation. What
    anybody can send (a forged frame, an unknown voice) stands beside the exercise until then.
    """
    if incident.is_exercise or incident.state not in OPEN:
        return
    from backend.incidents.exercises import call_off

    query = select(Incident.id).where(Incident.is_exercise, Incident.state != State.CLOSED)
    if incident.building_id:
        query = query.where(Incident.building_id == incident.building_id)
    else:
        query = query.where(Incident.estate_id == incident.estate_id)
    for exercise_id in db.session().scalars(query.order_by(Incident.id)):
        call_off(locked(exercise_id), incident, at)
