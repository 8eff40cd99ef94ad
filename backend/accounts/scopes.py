"""What roles are held on. Accounts knows no places: the features above tell it their names and paths at boot."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from backend.kernel import scope
from backend.kernel.errors import NotFound

ALL = "all"


@dataclass(frozen=True)
class Scope:
    """One thing a role can be held on; a station that covers three estates has three paths."""

    name: str
    name_en: str
    paths: tuple[str, ...]


Resolve = Callable[[Iterable[UUID]], Mapping[UUID, Scope]]
Homes = Callable[[UUID], list[dict[str, Any]]]
_resolvers: dict[str, Resolve] = {}
_homes: list[Homes] = []


def register(kind: str, resolve: Resolve) -> None:
    """`resolve(ids)` gives the scopes of this kind that exist; called in a transaction."""
    _resolvers[kind] = resolve


def register_homes(homes: Homes) -> None:
    """`homes(person_id)` gives the dwellings a person lives in, as GET /me shows them."""
    _homes[:] = [homes]


def homes_of(person_id: UUID) -> list[dict[str, Any]]:
    return [home for homes in _homes for home in homes(person_id)]


def find(kind: str, id: UUID | None) -> Scope:
    """The scope, or NotFound. Kind "all" has no id: it is the whole installation."""
    if kind == ALL and id is None:
        return Scope("全部", "Everything", (scope.ROOT,))
    resolve = _resolvers.get(kind)
    found = resolve([id]).get(id) if resolve and id else None
    if found is None:
        raise NotFound(scope_kind=kind, scope_id=str(id))
    return found
