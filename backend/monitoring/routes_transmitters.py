"""Transmitters: for the administrator who connects them, and for who looks after them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from backend.kernel.access import actor
from backend.kernel.api import Blueprint, PageQuery, page, page_of
from backend.monitoring import listing, service, strangers
from backend.monitoring import schemas as s
from backend.monitoring.gateway.profiles import PROFILES
from backend.monitoring.models import RawFrame, Transmitter

blueprint = Blueprint("transmitters", __name__, url_prefix="/api")
ONE = "/transmitters/<uuid:transmitter_id>"


@blueprint.op("GET", "/transmitters", needs=service.SEE, query=s.TransmitterQuery, out=page_of(s.TransmitterSchema))
def transmitters(query: dict[str, Any]) -> dict[str, Any]:
    """The transmitters in my scope with last seen and counts."""
    chosen = service.transmitters(actor())
    if query["estate"]:
        chosen = chosen.where(Transmitter.estate_id == query["estate"])
    return page(chosen, Transmitter, **query)


@blueprint.op("GET", "/transmitters/profiles", needs=service.SEE, out=s.ProfilesSchema)
def profiles() -> dict[str, Any]:
    """The models we know how to listen to."""
    return {"items": list(PROFILES.values())}


@blueprint.op(
    "POST", "/transmitters", needs=service.MANAGE, body=s.NewTransmitterSchema, out=s.TransmitterSchema, status=201
)
def register(body: dict[str, Any]) -> Transmitter:
    """Register a transmitter with an estate."""
    return service.register(actor(), **body)


@blueprint.op("GET", ONE, needs=service.SEE, out=s.TransmitterSchema)
def transmitter(transmitter_id: UUID) -> Transmitter:
    """One transmitter."""
    return service.seen_transmitter(actor(), transmitter_id)


@blueprint.op("PATCH", ONE, needs=service.MANAGE, body=s.ChangeTransmitterSchema, out=s.TransmitterSchema)
def change(transmitter_id: UUID, body: dict[str, Any]) -> Transmitter:
    """Change its name, network, model, limit of silence or building."""
    return service.change(actor(), transmitter_id, **body)


@blueprint.op("GET", f"{ONE}/frames", needs="frames.see", query=PageQuery, out=page_of(s.FrameSchema))
def frames(transmitter_id: UUID, query: dict[str, Any]) -> dict[str, Any]:
    """Its raw frames of the last day, decoded, the newest first."""
    found = page(service.frames(actor(), transmitter_id), RawFrame, **query)
    profile = service.seen_transmitter(actor(), transmitter_id).profile
    return found | {"items": [listing.frame_item(frame, profile) for frame in found["items"]]}


@blueprint.op("POST", f"{ONE}/test", needs="tests.run", body=s.TransmitterTestSchema, out=s.TransmitterSchema)
def start_test(transmitter_id: UUID, body: dict[str, Any]) -> Transmitter:
    """Test mode for so many minutes: alarms are marked as a test, and a fire still rings ring 0."""
    return service.start_test(actor(), transmitter_id, **body)


@blueprint.op("DELETE", f"{ONE}/test", needs="tests.run", out=s.TransmitterSchema)
def end_test(transmitter_id: UUID) -> Transmitter:
    """End the test now."""
    return service.end_test(actor(), transmitter_id)


@blueprint.op("GET", "/quarantine", needs="quarantine.manage", out=s.StrangersSchema)
def quarantine() -> dict[str, Any]:
    """Transmitters that nobody has registered, those with a fire bit first."""
    return {"items": strangers.strangers(), "next": None}


@blueprint.op(
    "POST",
    "/quarantine/<key>/adopt",
    needs="quarantine.manage",
    body=s.AdoptSchema,
    out=s.TransmitterSchema,
    status=201,
)
def adopt(key: str, body: dict[str, Any]) -> Transmitter:
    """Say whose it is: register the stranger and take in what it has said."""
    return strangers.adopt(actor(), key, **body)
