"""Who lives where: ask by the QR code, admit or refuse, the household and who needs help to leave."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from backend.kernel.access import actor
from backend.kernel.api import SIGNED_IN, Blueprint, page, page_of
from backend.places import admission, household
from backend.places import schemas as s
from backend.places.models import Residency

blueprint = Blueprint("residencies", __name__, url_prefix="/api")


@blueprint.op("POST", "/residencies", needs=SIGNED_IN, body=s.AskSchema, out=s.ResidencySchema, status=201, also=200)
def ask(body: dict[str, Any]) -> tuple[Residency, int]:
    """Ask to be admitted to a dwelling of the building whose code I scanned; asking again changes nothing."""
    residency, is_new = admission.ask(actor(), **body)
    return residency, 201 if is_new else 200


@blueprint.op("GET", "/residencies", needs=SIGNED_IN, query=s.ResidencyQuery, out=page_of(s.ResidencySchema))
def residencies(query: dict[str, Any]) -> dict[str, Any]:
    """My own, and those in my scope; `state=asked` is the list of who waits to be admitted."""
    chosen = admission.visible_to(actor())
    if query["state"]:
        chosen = chosen.where(Residency.state == query["state"])
    return page(chosen, Residency, **query)


@blueprint.op("POST", "/residencies/<uuid:residency_id>/admit", needs="residents.admit", out=s.ResidencySchema)
def admit(residency_id: UUID) -> Residency:
    """This person lives there."""
    return admission.admit(actor(), residency_id)


@blueprint.op("POST", "/residencies/<uuid:residency_id>/refuse", needs="residents.admit", out=s.ResidencySchema)
def refuse(residency_id: UUID) -> Residency:
    """This person does not live there."""
    return admission.refuse(actor(), residency_id)


@blueprint.op("POST", "/residencies/<uuid:residency_id>/end", needs=SIGNED_IN, out=s.ResidencySchema)
def end(residency_id: UUID) -> Residency:
    """I moved out, or somebody I admitted did."""
    return admission.end(actor(), residency_id)


@blueprint.op("GET", "/dwellings/<uuid:dwelling_id>", needs="residents.see", out=s.DwellingSchema)
def dwelling(dwelling_id: UUID) -> dict[str, Any]:
    """One dwelling: who lives there, and who needs help to leave."""
    return household.dwelling_card(actor(), dwelling_id)


@blueprint.op(
    "PUT", "/dwellings/<uuid:dwelling_id>", needs="residents.see", body=s.HouseholdSchema, out=s.DwellingSchema
)
def change_household(dwelling_id: UUID, body: dict[str, Any]) -> dict[str, Any]:
    """Write how many live in my dwelling and who needs help to leave; the list given replaces the one before."""
    return household.change_household(actor(), dwelling_id, **body)
