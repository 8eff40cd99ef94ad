"""Who speaks: what a person may do at a place, and behind which door of the building they live."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from backend.incidents.models import Incident
from backend.incidents.states import By, Verb
from backend.kernel import db
from backend.kernel.access import Actor
from backend.places.models import Dwelling, Residency, ResidencyState

# Any one of these permissions opens the verb.
NEEDS: dict[Verb, tuple[str, ...]] = {
    Verb.ACKNOWLEDGE: ("incidents.respond",),
    Verb.ARRIVE: ("incidents.respond",),
    Verb.ATTACK: ("incidents.respond",),
    Verb.ASK_FOR_HELP: ("incidents.respond",),
    Verb.CONFIRM: ("incidents.confirm", "incidents.witness"),
    Verb.DISMISS: ("incidents.dismiss", "incidents.dismiss_afar"),
    Verb.APPROVE: ("incidents.dismiss", "incidents.dismiss_afar"),
    Verb.CONTROL: ("incidents.control",),
    Verb.CLOSE: ("incidents.close",),
    Verb.REOPEN: ("incidents.reopen",),
}


def by(actor: Actor, path: str, building_id: UUID | None, households: frozenset[UUID] = frozenset()) -> By:
    """The actor at a place. `households` are the dwellings whose own detector reported."""
    home = home_in(actor.person_id, building_id)
    may = {verb for verb, needs in NEEDS.items() if any(actor.may(need, path) for need in needs)}
    is_household = _is_of(actor, households)
    if is_household:
        may.add(Verb.ANSWER)
    return By(
        person_id=str(actor.person_id),
        may=frozenset(may),
        is_responder=actor.may("incidents.respond", path),
        may_dismiss_afar=actor.may("incidents.dismiss_afar", path),
        dwelling=str(home) if home else None,
        is_household=is_household,
    )


def by_of(actor: Actor, incident: Incident, households: set[UUID]) -> By:
    return by(actor, incident.scope_path, incident.building_id, frozenset(households))


def home_in(person_id: UUID, building_id: UUID | None) -> UUID | None:
    """The dwelling of this building that the person is admitted to."""
    if building_id is None:
        return None
    query = (
        select(Dwelling.id)
        .join(Residency, Residency.dwelling_id == Dwelling.id)
        .where(
            Dwelling.building_id == building_id,
            Residency.person_id == person_id,
            Residency.state == ResidencyState.ADMITTED,
        )
    )
    return db.session().scalar(query.order_by(Residency.id).limit(1))


def _is_of(actor: Actor, households: frozenset[UUID]) -> bool:
    """Of the household: the permission to answer is held on the dwelling's own path, not on the building's."""
    if not households or not actor.can("incidents.answer"):
        return False
    query = select(Dwelling.scope_path).where(Dwelling.id.in_(households))
    return any(actor.may("incidents.answer", path) for path in db.session().scalars(query))
