"""Who a person is to us: a phone number, a language, a name. Accounts says so at boot; we lie below it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class Contact:
    """`phone` in E.164 or 11 digits, None when unknown; `language` zh or en."""

    phone: str | None
    language: str = "zh"
    name: str = ""


NOBODY = Contact(None)
Resolver = Callable[[list[UUID]], Mapping[UUID, Contact]]
_resolver: Resolver | None = None


def register(resolver: Resolver) -> None:
    """Take the function that turns person ids into contacts; the last one holds."""
    global _resolver
    _resolver = resolver


def resolve(ids: Iterable[UUID]) -> dict[UUID, Contact]:
    """A contact for every id; unknown persons get NOBODY, so that one deleted person never stops an alarm."""
    wanted = list(dict.fromkeys(ids))
    found = _resolver(wanted) if _resolver and wanted else {}
    return {person: found.get(person, NOBODY) for person in wanted}
