"""People, sessions and grants for tests."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from uuid import UUID

from backend.accounts import actors, service, signing_in
from backend.accounts.models import Grant, Person
from backend.accounts.roles import ROLES
from backend.accounts.scopes import Scope
from backend.kernel import db
from backend.kernel.access import Actor
from backend.kernel.ids import new_id

_numbers = itertools.count(1)

CITY = "/44/4403/"
STREET = CITY + "440305/440305004/"
ESTATE = STREET + "440305004011/e1/"
BUILDING = ESTATE + "b1/"
DWELLING = BUILDING + "d1/"


def create_phone() -> str:
    """A number nobody has: 100 is no prefix of mobile phones."""
    return f"100{next(_numbers):08d}"


def create_person(name: str = "王小明", phone: str | None = None, language: str = "zh") -> Person:
    with db.transaction():
        return service.find_or_create(phone or create_phone(), name, language)


def create_grant(
    person: Person,
    role: str,
    paths: Sequence[str] = (ESTATE,),
    *,
    kind: str | None = None,
    scope_id: UUID | None = None,
) -> Grant:
    """A role on `paths`; kind is the role's first unless given."""
    kind = kind or sorted(ROLES[role].scope_kinds - {"all"})[0]
    with db.transaction():
        return service.grant(person.id, role, kind, scope_id or new_id(), create_scope("某处", *paths))


def create_member(role: str, path: str = ESTATE, **person: str) -> Person:
    """A person who holds one role on one path."""
    made = create_person(**person)
    create_grant(made, role, [path])
    return made


def create_actor(role: str | None = None, path: str = ESTATE) -> Actor:
    """The actor of a fresh person with one role on one path, or with none."""
    made = create_member(role, path) if role else create_person()
    with db.transaction():
        actor = actors.actor_for(made.id)
    assert actor is not None
    return actor


def create_session(person: Person) -> str:
    """A signed-in session; returns the cookie's token."""
    with db.transaction():
        return signing_in.open_session(person).token


def create_scope(name: str = "某处", *paths: str) -> Scope:
    return Scope(name, "", tuple(paths or (ESTATE,)))
