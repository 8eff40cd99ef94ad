"""Who acts. Code asks for permissions (strings), never for roles; deny is the default."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from backend.kernel import scope
from backend.kernel.errors import NotAllowed

PUBLIC = "public"
SIGNED_IN = "signed in"


@dataclass(frozen=True)
class Actor:
    """A person who acts, with the paths on which each permission holds.

    `only` narrows an actor made from an action token to one verb on one subject: ("acknowledge", incident id).
    """

    person_id: UUID
    session_id: UUID | None = None
    name: str = ""
    language: str = "zh"
    scopes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    only: tuple[str, str] | None = None

    def paths(self, permission: str) -> tuple[str, ...]:
        return self.scopes.get(permission, ())

    def can(self, permission: str) -> bool:
        return bool(self.paths(permission))

    def may(self, permission: str, path: str) -> bool:
        return scope.covers(self.paths(permission), path)


_current: ContextVar[Actor | None] = ContextVar("actor", default=None)


def current() -> Actor | None:
    return _current.get()


def actor() -> Actor:
    """The actor of this request; raises NotAllowed where nobody acts."""
    found = _current.get()
    if found is None:
        raise NotAllowed()
    return found


@contextmanager
def acting_as(someone: Actor | None) -> Iterator[None]:
    token = _current.set(someone)
    try:
        yield
    finally:
        _current.reset(token)


def need(permission: str, path: str) -> None:
    """Raise NotAllowed unless the actor holds `permission` on `path`."""
    if not actor().may(permission, path):
        raise NotAllowed()


Loader = Callable[[Any], "Actor | None"]
_loader: Loader | None = None


def register_loader(loader: Loader) -> None:
    """Accounts says how a request (its cookie or its action token) becomes an Actor."""
    global _loader
    _loader = loader


def load(request: Any) -> Actor | None:
    return _loader(request) if _loader else None
