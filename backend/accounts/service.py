"""People, what they hold, and who they are when they act: what other features call."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.dialects.postgresql import insert

from backend.accounts.errors import LastAdministrator, RolesExclude, WrongPhone
from backend.accounts.models import Grant, Person
from backend.accounts.phones import normalise
from backend.accounts.roles import ROLES, conflict, roles_with
from backend.accounts.scopes import Scope
from backend.kernel import audit, clock, crypt, db, scope, stream
from backend.kernel.errors import NotFound
from backend.kernel.ids import new_id
from notifications import subscriptions


def find_or_create(phone: str, name: str = "", language: str = "zh") -> Person:
    """The person with this number, made without roles when unknown; raises WrongPhone.

    An existing person keeps the own name. Two requests at once make one person.
    """
    number = normalise(phone)
    if number is None:
        raise WrongPhone()
    index = crypt.blind_index(number)
    found = db.session().scalar(select(Person).where(Person.phone_index == index))
    if found is None:
        db.session().execute(insert(Person).values(_new(number, index, name, language)).on_conflict_do_nothing())
        found = db.session().scalars(select(Person).where(Person.phone_index == index)).one()
    found.name = found.name or name
    return found


def _new(number: str, index: bytes, name: str, language: str) -> dict[str, Any]:
    return {
        "id": new_id(),
        "name": name,
        "phone_encrypted": crypt.encrypt(number),
        "phone_index": index,
        "language": language,
        "is_large": False,
        "created_at": clock.now(),
    }


def grant(
    person_id: UUID,
    role: str,
    scope_kind: str,
    scope_id: UUID | None,
    on: Scope,
    by: UUID | None = None,
    *,
    is_bulk: bool = False,
) -> Grant:
    """Give a role on a scope (`on` is its names and paths); the same grant twice is one.

    Raises RolesExclude for administrator and auditor in one.
    Ends the person's open streams, which come back with the new scope; `is_bulk` leaves that to the caller.
    """
    person = db.session().get(Person, person_id, with_for_update={"key_share": True})
    if person is None:
        raise NotFound(person_id=str(person_id))
    live = db.session().scalars(select(Grant).where(Grant.person_id == person_id, Grant.ended_at.is_(None))).all()
    other = conflict({g.role for g in live}, role)
    if other:
        raise RolesExclude(held=other, wanted=role)
    same = (role, scope_kind, scope_id)
    found = next((g for g in live if (g.role, g.scope_kind, g.scope_id) == same), None)
    if found is None:
        found = Grant(person_id=person_id, role=role, scope_kind=scope_kind, scope_id=scope_id)
        found.created_at, found.created_by = clock.now(), by
        db.session().add(found)
        audit.record("grants.give", "person", person_id, _first(on.paths), role=role, scope=on.name)
    found.scope_name, found.scope_name_en = on.name, on.name_en
    _set_paths(found, on.paths)
    db.session().flush()
    if not is_bulk:
        stream.end_streams(people=[person_id])
    return found


def end_grant(found: Grant) -> None:
    """Take a role back: its streams end now; with the last role the person's push subscriptions end too."""
    if found.ended_at:
        return
    of_all = found.role == "administrator" and scope.ROOT in found.paths
    if of_all and len(people_with_role("administrator", scope.ROOT)) <= 1:
        raise LastAdministrator()
    found.ended_at = clock.now()
    audit.record("grants.end", "person", found.person_id, _first(found.paths), role=found.role, scope=found.scope_name)
    stream.end_streams(people=[found.person_id])
    db.session().flush()
    left = select(Grant.id).where(Grant.person_id == found.person_id, Grant.ended_at.is_(None)).limit(1)
    if db.session().scalar(left) is None:
        subscriptions.end_of_person(found.person_id)


def end_grants(person_id: UUID, role: str, scope_kind: str, scope_id: UUID) -> None:
    """End one role of a person on one scope, if it is held: a resident who moved out."""
    query = select(Grant).where(Grant.person_id == person_id, Grant.role == role, Grant.ended_at.is_(None))
    for found in db.session().scalars(query.where(Grant.scope_kind == scope_kind, Grant.scope_id == scope_id)):
        end_grant(found)


def rescope(scope_kind: str, scope_id: UUID, paths: Sequence[str]) -> None:
    """The scope's paths changed (a station covers one more estate): all grants on it follow."""
    query = select(Grant).where(Grant.scope_kind == scope_kind, Grant.scope_id == scope_id, Grant.ended_at.is_(None))
    found = db.session().scalars(query.with_for_update(key_share=True)).all()
    for each in found:
        _set_paths(each, paths)
    if found:
        stream.end_streams(people={each.person_id for each in found})


def people_with(permission: str, path: str, roles: Collection[str] | None = None) -> list[UUID]:
    """Everybody who holds `permission` on `path` (a place's scope path), by one of `roles` if given; each once."""
    above = scope.ancestors(path)
    query = select(Grant.person_id).where(Grant.ended_at.is_(None), _holds(permission, above, roles))
    return list(db.session().scalars(query.distinct().order_by(Grant.person_id)))


def _holds(permission: str, above: list[str], roles: Collection[str] | None) -> ColumnElement[bool]:
    direct, from_home = roles_with(permission), roles_with(permission, on_building=True)
    if roles is not None:
        direct, from_home = [r for r in direct if r in roles], [r for r in from_home if r in roles]
    return or_(
        and_(Grant.role.in_(direct), Grant.paths.overlap(above)),
        and_(Grant.role.in_(from_home), Grant.building_paths.overlap(above)),
    )


def people_with_role(role: str, path: str) -> list[UUID]:
    """Everybody who holds exactly this role on a scope that covers `path`. For set-up and rosters, never for access."""
    query = select(Grant.person_id).where(
        Grant.ended_at.is_(None), Grant.role == role, Grant.paths.overlap(scope.ancestors(path))
    )
    return list(db.session().scalars(query.distinct().order_by(Grant.person_id)))


def names_of(ids: Iterable[UUID]) -> dict[UUID, str]:
    """Names for timelines and lists."""
    query = select(Person.id, Person.name).where(Person.id.in_(list(ids)))
    return {row.id: row.name for row in db.session().execute(query)}


def _set_paths(found: Grant, paths: Sequence[str]) -> None:
    found.paths = list(paths)
    reaches = bool(ROLES[found.role].building_permissions)
    found.building_paths = [scope.parent(p) for p in paths] if reaches else []


def _first(paths: Sequence[str]) -> str:
    return paths[0] if paths else ""
