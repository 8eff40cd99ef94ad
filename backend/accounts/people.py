"""The administrator's view of people: found by exact number or by scope, masked, every unmasked look audited."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Text, column, exists, func, or_, select, true

from backend.accounts import scopes, service
from backend.accounts.errors import PhoneLookRefused, RoleNotOffered, WrongPhone, WrongScopeForRole
from backend.accounts.models import Grant, Person
from backend.accounts.phones import normalise
from backend.accounts.roles import ROLES
from backend.kernel import audit, crypt, db, scope
from backend.kernel.access import Actor
from backend.kernel.errors import Invalid, NotFound
from backend.kernel.shapes import page
from backend.kernel.text import mask_name

SEES = ("residents.see", "people.manage")


def visible_to(actor: Actor) -> Select[Person]:
    """People who hold a role somewhere in the actor's scope, and the actor. Over the whole installation: everybody."""
    return select(Person).where(or_(Person.id == actor.person_id, _held_within(_paths(actor))))


def listed(actor: Actor, *, phone: str | None, role: str | None, limit: int, after: UUID | None) -> dict[str, Any]:
    """A page of people with the grants the actor may know of. `phone` is the exact number, through the blind index.

    Who manages people finds everybody by the exact number, also somebody without a role yet: to give one.
    """
    query = visible_to(actor)
    if phone is not None:
        number = normalise(phone)
        if number is None:
            raise WrongPhone()
        query = select(Person) if actor.can("people.manage") else query
        query = query.where(Person.phone_index == crypt.blind_index(number))
    if role is not None:
        query = query.where(_held_within(_paths(actor), role))
    found = page(query, Person, limit, after)
    return {"items": shown(actor, found["items"]), "next": found["next"]}


def one(actor: Actor, person_id: UUID) -> dict[str, Any]:
    """One person as lists give them; NotFound for somebody outside the scope."""
    found = db.session().scalar(visible_to(actor).where(Person.id == person_id))
    if found is None and actor.can("people.manage"):  # somebody who was just added, and holds nothing anywhere yet
        held = exists(select(Grant.id).where(Grant.person_id == Person.id, Grant.ended_at.is_(None)))
        found = db.session().scalar(select(Person).where(Person.id == person_id, ~held))
    if found is None:
        raise NotFound()
    return shown(actor, [found])[0]


def shown(actor: Actor, people: Iterable[Person]) -> list[dict[str, Any]]:
    """The people as lists give them: masked number, and only those of their roles that lie in the actor's scope.

    The name of somebody whose roles all lie elsewhere is masked too.
    """
    people, paths = list(people), _paths(actor)
    grants: dict[UUID, list[Grant]] = {p.id: [] for p in people}
    query = select(Grant).where(Grant.person_id.in_(grants), Grant.ended_at.is_(None)).order_by(Grant.id)
    for each in db.session().scalars(query):
        grants[each.person_id].append(each)
    rows = []
    for person in people:
        held = grants[person.id]
        mine = held if person.id == actor.person_id else [g for g in held if _touches(g, paths)]
        name = mask_name(person.name) if held and not mine else person.name
        rows.append({"person": person, "name": name, "grants": mine})
    return rows


def add(actor: Actor, phone: str, name: str, language: str) -> tuple[dict[str, Any], bool]:
    """The person with this number and whether it is new. An existing person's name stays."""
    before = db.session().scalar(select(func.count()).select_from(Person).where(Person.phone_index == _index(phone)))
    person = service.find_or_create(phone, name, language)
    if not before:
        audit.record("people.add", "person", person.id)
    return shown(actor, [person])[0], not before


def look_at_phone(actor: Actor, person_id: UUID, reason: str) -> str:
    """The full number, for a reason. The look is audited, also the one that is refused."""
    person = db.session().get(Person, person_id)
    if person is None:
        raise NotFound()
    allowed = actor.paths("phones.see")
    query = select(Person.id).where(Person.id == person_id, _held_within(allowed))
    if person_id != actor.person_id and db.session().scalar(query) is None:
        db.after_rollback(lambda: audit.record("phones.look_refused", "person", person_id, reason=reason))
        raise PhoneLookRefused() if _is_visible(actor, person_id) else NotFound()
    audit.record("phones.look", "person", person_id, reason=reason)
    return person.phone


def give(actor: Actor, person_id: UUID, role: str, kind: str, scope_id: UUID | None) -> Grant:
    """Give an offered role on a scope that lies wholly inside the actor's own."""
    wanted = ROLES.get(role)
    if wanted is None:
        raise Invalid(role=role)
    if kind not in wanted.scope_kinds:
        raise WrongScopeForRole(role=role, offered=sorted(wanted.scope_kinds))
    if not wanted.is_offered:
        raise RoleNotOffered(role=role)
    found = scopes.find(kind, scope_id)
    own = actor.paths("grants.manage")
    if not found.paths or not all(scope.covers(own, path) for path in found.paths):
        raise NotFound(scope_kind=kind, scope_id=str(scope_id))
    return service.grant(person_id, role, kind, scope_id, found, by=actor.person_id)


def take_back(actor: Actor, grant_id: UUID) -> None:
    """End a grant inside the actor's scope; others' are not found."""
    found = db.session().get(Grant, grant_id, with_for_update={"key_share": True})
    if found is None or not _lies_within(found, actor.paths("grants.manage")):
        raise NotFound()
    service.end_grant(found)


def _paths(actor: Actor) -> tuple[str, ...]:
    return tuple(path for permission in SEES for path in actor.paths(permission))


def _held_within(paths: Iterable[str], role: str | None = None) -> Any:
    """SQL: the person of the outer query holds a live grant on a path at or under one of `paths`."""
    paths = tuple(paths)
    if role is None and scope.ROOT in paths:
        return true()
    held = func.unnest(Grant.paths).table_valued(column("path", Text), joins_implicitly=True).render_derived("held")
    mine = [Grant.person_id == Person.id, Grant.ended_at.is_(None), scope.within(held.c.path, paths)]
    if role is not None:
        mine.append(Grant.role == role)
    return exists(select(Grant.id).select_from(Grant, held).where(*mine))


def _touches(found: Grant, paths: Iterable[str]) -> bool:
    return any(scope.covers(paths, path) for path in found.paths)


def _lies_within(found: Grant, paths: Iterable[str]) -> bool:
    paths = tuple(paths)
    return bool(found.paths) and all(scope.covers(paths, path) for path in found.paths)


def _is_visible(actor: Actor, person_id: UUID) -> bool:
    return db.session().scalar(visible_to(actor).where(Person.id == person_id)) is not None


def _index(phone: str) -> bytes:
    return crypt.blind_index(normalise(phone) or "")
