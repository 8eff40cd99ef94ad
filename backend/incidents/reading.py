"""An incident as one asker reads it: what happened, what speaks for it, who was told, and words for the own floor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast
from uuid import UUID

from sqlalchemy import Select, select

from backend.accounts import service as accounts
from backend.incidents import people, records, roll_call, showing, timeline
from backend.incidents.audience import Home, Telling, household_dwellings
from backend.incidents.limits import limits_at
from backend.incidents.models import (
    Dismissal,
    Incident,
    IncidentEntry,
    IncidentEvidence,
    IncidentTimer,
    Responder,
)
from backend.incidents.service import seen, visible_to
from backend.incidents.states import OPEN, UNVERIFIED, Change, Policy, Said, Snapshot, State, Verb
from backend.incidents.transitions import step
from backend.kernel import clock, db
from backend.kernel.access import Actor
from backend.kernel.text import pair
from backend.places.models import Building, Dwelling, Floor, Residency, ResidencyState
from notifications import service as notices

LINES = 300
SHARED_FOR_S = 2.0  # thousands of residents open the page at once: what is the same for all is made every other second
MOST_SHARED = 200
_shared: dict[tuple[Any, ...], tuple[float, Any]] = {}
T = TypeVar("T")


def listed(actor: Actor, state: str | None = None, building: UUID | None = None) -> Select[Incident]:
    """The actor's incidents; `open` is a filter over four states."""
    query = visible_to(actor)
    if building is not None:
        query = query.where(Incident.building_id == building)
    if state in ("open", "over"):
        return query.where(Incident.state.in_(OPEN) if state == "open" else Incident.state.not_in(OPEN))
    return query.where(Incident.state == state) if state else query


def row(actor: Actor, incident: Incident) -> dict[str, Any]:
    """An item of the list; with the door for who goes there."""
    is_staff = actor.may("incidents.respond", incident.scope_path)
    return {**showing.item(incident), "dwelling": showing.door(incident) if is_staff else None}


def detail(actor: Actor, incident_id: UUID) -> dict[str, Any]:
    """The contract's detail. Names, doors and single dwellings only for who goes there."""
    incident = seen(actor, incident_id)
    is_staff = actor.may("incidents.respond", incident.scope_path)
    telling = _telling(incident, is_staff)
    home = home_of(actor, telling)
    words_key = ("words", incident.id, incident.version, telling.key(home), actor.language)
    return {
        **row(actor, incident),
        "place": showing.place(incident, is_full=is_staff)["en" if actor.language == "en" else "zh"],
        "watching_until": _watching_until(incident),
        **_common(actor, incident, is_staff, telling, home),
        "roll_call_mine": roll_call.mine(actor, incident),
        "words": _sharing(words_key, lambda: telling.words(home, actor.language)),
        "own": _own(actor, incident, home, telling.own),
        "responders": _responders(incident) if is_staff else [],
        "dismissal": _pending(incident) if is_staff else None,
        "may": (_may_as_responder if is_staff else _may_as_resident)(actor, incident, home, telling),
        "cause": incident.cause,
        "grade": incident.grade,
        "loss": incident.loss,
        "note": incident.note,
    }


def _telling(incident: Incident, is_staff: bool) -> Telling:
    """Residents share for two seconds what is known of households and joined buildings."""
    telling = Telling(incident)
    if not is_staff:
        key = (incident.id, incident.version)
        telling.own = _sharing(("own", *key), lambda: household_dwellings(incident))
        telling.joined = _sharing(("joined", *key), lambda: Telling(incident).joined)
    return telling


def _common(actor: Actor, incident: Incident, is_staff: bool, telling: Telling, home: Home | None) -> dict[str, Any]:
    """The parts that every resident reads alike are shared for two seconds; who goes there reads them fresh."""
    is_source = home is not None and home.dwelling_id in telling.own
    makers: dict[str, Callable[[], Any]] = {
        "timeline": lambda: _timeline(actor, incident, is_staff),
        "evidence": lambda: _evidence(actor, incident, is_staff, home),
        "told": lambda: _told_counts(incident.id),
        "roll_call": lambda: roll_call.board(actor, incident),
    }
    if is_staff or is_source or actor.may("rollcall.see", incident.scope_path):
        return {name: make() for name, make in makers.items()}
    key = (incident.id, incident.version, actor.language)
    return {name: _sharing((name, *key), make) for name, make in makers.items()}


def _sharing(key: tuple[Any, ...], make: Callable[[], T]) -> T:
    """A value made once for all readers of this process, for SHARED_FOR_S seconds."""
    made_at, value = _shared.get(key, (-SHARED_FOR_S, None))
    if clock.monotonic() - made_at < SHARED_FOR_S:
        return cast(T, value)
    if len(_shared) > MOST_SHARED:
        _shared.clear()
    made = make()
    _shared[key] = (clock.monotonic(), made)
    return made


def home_of(actor: Actor, telling: Telling) -> Home | None:
    """The asker's home that counts here: in the building itself, then in a joined one, then anywhere near."""
    own = telling.incident.building_id
    joined = {building.id for building in telling.joined}
    query = (
        select(Building, Floor.ordinal, Dwelling.number, Dwelling.id)
        .select_from(Residency)
        .join(Dwelling, Dwelling.id == Residency.dwelling_id)
        .join(Building, Building.id == Dwelling.building_id)
        .join(Floor, Floor.id == Dwelling.floor_id)
        .where(Residency.person_id == actor.person_id, Residency.state == ResidencyState.ADMITTED)
    )
    estate = telling.incident.estate_id
    homes = [Home(*row) for row in db.session().execute(query) if own == row[0].id or row[0].estate_id == estate]
    return min(homes, key=lambda home: (home.building.id != own, home.building.id not in joined), default=None)


def _watching_until(incident: Incident) -> Any:
    if incident.state != State.WATCHING:
        return None
    query = select(IncidentTimer.due_at).filter_by(incident_id=incident.id, kind="watch_over", done_at=None)
    return db.session().scalar(query)


def _timeline(actor: Actor, incident: Incident, is_staff: bool) -> list[dict[str, Any]]:
    """The newest lines, in their order. Safe words are counted by floor, not listed; calls for help are, for staff."""
    query = select(IncidentEntry).where(IncidentEntry.incident_id == incident.id, IncidentEntry.branch != "safe")
    if not is_staff:
        query = query.where(IncidentEntry.branch != "help")
    newest = query.order_by(IncidentEntry.at.desc(), IncidentEntry.id.desc()).limit(LINES)
    rows = reversed(db.session().scalars(newest).all())
    return [timeline.line(row, actor.language, is_staff=is_staff) for row in rows]


def _evidence(actor: Actor, incident: Incident, is_staff: bool, home: Home | None) -> list[dict[str, Any]]:
    query = select(IncidentEvidence).where(IncidentEvidence.incident_id == incident.id)
    rows = db.session().scalars(query.order_by(IncidentEvidence.first_at).limit(LINES))
    language = "en" if actor.language == "en" else "zh"
    return [
        {
            "id": row.id,
            "kind": row.kind,
            "at": row.first_at,
            "last_at": row.at,
            "times": row.times,
            "device_id": row.device_id if is_staff else None,
            "floor_ordinal": row.floor_ordinal,
            "label": label[language] if is_staff or (home and row.dwelling_id == home.dwelling_id) else "",
            "evidence": row.evidence,
            "words": row.words.get(language, ""),
            "is_counted": row.counts,
            "is_source_verified": row.kind != "device" or row.is_source_verified,
        }
        for row in rows
        for label in (pair(row.label, row.label_en),)
    ]


def _told_counts(incident_id: UUID) -> dict[str, int]:
    found = notices.told(incident_id)
    return {"people": found.people, "received": found.received, "answered": found.answered}


def _own(actor: Actor, incident: Incident, home: Home | None, households: set[UUID]) -> dict[str, Any] | None:
    if home is None:
        return None
    is_source = home.dwelling_id in households
    said = select(IncidentEntry.params["answer"].as_string()).where(
        IncidentEntry.incident_id == incident.id,
        IncidentEntry.person_id == actor.person_id,
        IncidentEntry.verb == Verb.ANSWER.value,
    )
    return {
        "building_id": home.building.id,
        "floor_ordinal": home.floor,
        "dwelling_id": home.dwelling_id,
        "number": home.number,
        "is_source": is_source,
        "answered": db.session().scalar(said.order_by(IncidentEntry.at.desc()).limit(1)) if is_source else None,
    }


def _responders(incident: Incident) -> list[dict[str, Any]]:
    query = select(Responder).filter_by(incident_id=incident.id, case_at=incident.case_at)
    rows = db.session().scalars(query.order_by(Responder.acknowledged_at))
    names = ("name", "acknowledged_at", "arrived_at", "attacked_at", "metres")
    return [{"id": row.person_id, **{name: getattr(row, name) for name in names}} for row in rows]


def _pending(incident: Incident) -> dict[str, Any] | None:
    """The dismissal of a confirmed one that waits for a second person."""
    if incident.dismissed_by is None:
        return None
    query = select(Dismissal).filter_by(incident_id=incident.id, person_id=incident.dismissed_by)
    row = db.session().scalars(query.order_by(Dismissal.at.desc()).limit(1)).first()
    name = accounts.names_of([incident.dismissed_by]).get(incident.dismissed_by, "")
    who = {"id": incident.dismissed_by, "name": name}
    reason, at, note = (row.reason, row.at, row.note) if row else ("unknown", None, None)
    return {"person": who, "reason": reason, "at": at, "note": note}


def _may_as_resident(actor: Actor, incident: Incident, home: Home | None, telling: Telling) -> list[str]:
    """A neighbour may confirm what is seen, the household of the detector may answer, until the verdict."""
    names = []
    if incident.state in UNVERIFIED and home and home.dwelling_id in telling.own and actor.can("incidents.answer"):
        names.append(Verb.ANSWER.value)
    is_here = home is not None and home.building.id == incident.building_id
    if is_here and incident.state in (*UNVERIFIED, State.FALSE_ALARM) and actor.can("incidents.witness"):
        names.append(Verb.CONFIRM.value)
    return names


def _may_as_responder(actor: Actor, incident: Incident, home: Home | None, telling: Telling) -> list[str]:
    """What can be done now, in the contract's spelling: the table itself is asked, verb by verb."""
    speaker = people.by_of(actor, incident, telling.own)
    now, at, policy = records.snapshot(incident), clock.now(), limits_at(incident.scope_path)
    tried = {verb: Said(at, verb, speaker, at_scene=True, answer="real") for verb in speaker.may}
    if not actor.may("incidents.dismiss", incident.scope_path):
        tried.pop(Verb.DISMISS, None)
    names = [verb.value.replace("_", "-") for verb, said in tried.items() if _is_open(now, said, policy)]
    if speaker.may_dismiss_afar and _is_open(now, Said(at, Verb.DISMISS, speaker), policy):
        names.append("dismiss_afar")
    if actor.may("devices.silence", incident.scope_path) and now.is_open:
        names.append("silence")
    return sorted(names)


def _is_open(now: Snapshot, said: Said, policy: Policy) -> bool:
    answer = step(now, said, policy)
    return isinstance(answer, Change) and answer.is_new
