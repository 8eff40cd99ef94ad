"""What accounts tells the layers below at boot: who acts in a request, and where a person is reached."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select

from backend.accounts import actors, signing_in  # noqa: F401  # signing_in declares the policies of sign-in
from backend.accounts.models import Person
from backend.kernel import access, db
from notifications import contacts


def resolve(ids: Collection[UUID]) -> dict[UUID, contacts.Contact]:
    """Phone, language and name of these people; unknown ids are left out."""
    people = db.session().scalars(select(Person).where(Person.id.in_(list(ids))))
    return {p.id: contacts.Contact(phone=p.phone, language=p.language, name=p.name) for p in people}


access.register_loader(actors.load)
contacts.register(resolve)
