"""The administrator's people: find, add, give and take back roles, look at a number for a reason."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from backend.accounts import people as directory
from backend.accounts.models import Grant
from backend.accounts.roles import ROLES
from backend.accounts.schemas import (
    GrantSchema,
    HeldRoleSchema,
    PeopleQuery,
    PersonAddSchema,
    PersonPage,
    PersonSchema,
    PhoneSchema,
    ReasonSchema,
    RolesSchema,
)
from backend.kernel import access
from backend.kernel.api import SIGNED_IN, Blueprint

people = Blueprint(
    "people", __name__, url_prefix="/api", description="People, and the roles they hold", cli_group="admin"
)


@people.op("GET", "/people", needs="residents.see", query=PeopleQuery, out=PersonPage)
def list_people(query: dict[str, Any]) -> dict[str, Any]:
    """People of my scope; `phone` finds one by the exact number."""
    return directory.listed(access.actor(), **query)


@people.op("GET", "/people/<uuid:person_id>", needs="residents.see", out=PersonSchema)
def show_person(person_id: UUID) -> dict[str, Any]:
    """One person of my scope."""
    return directory.one(access.actor(), person_id)


@people.op("POST", "/people", needs="people.manage", body=PersonAddSchema, out=PersonSchema, status=201, also=200)
def add_person(body: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """Add a person by number; 200 when the number is known already."""
    person, is_new = directory.add(access.actor(), **body)
    return person, 201 if is_new else 200


@people.op(
    "POST", "/people/<uuid:person_id>/grants", needs="grants.manage", body=GrantSchema, out=HeldRoleSchema, status=201
)
def give_role(body: dict[str, Any], person_id: UUID) -> Grant:
    """Give a role on a scope inside my own."""
    scope = body["scope"]
    return directory.give(access.actor(), person_id, body["role"], scope["kind"], scope["id"])


@people.op("DELETE", "/grants/<uuid:grant_id>", needs="grants.manage", status=204)
def take_role_back(grant_id: UUID) -> None:
    """Take a role back; the person's open screens follow at once."""
    directory.take_back(access.actor(), grant_id)


@people.op("POST", "/people/<uuid:person_id>/phone", needs=SIGNED_IN, body=ReasonSchema, out=PhoneSchema)
def look_at_phone(body: dict[str, Any], person_id: UUID) -> dict[str, str]:
    """See a full phone number, for a reason; always recorded."""
    return {"phone": directory.look_at_phone(access.actor(), person_id, body["reason"])}


@people.op("GET", "/roles", needs=SIGNED_IN, out=RolesSchema)
def list_roles() -> dict[str, Any]:
    """All roles: what each may do, on what it can be held, and whether it is offered."""
    names = ("name", "zh", "en", "is_offered")
    lists = ("scope_kinds", "permissions", "building_permissions")
    rows = [{n: getattr(r, n) for n in names} | {n: sorted(getattr(r, n)) for n in lists} for r in ROLES.values()]
    return {"items": rows, "next": None}
