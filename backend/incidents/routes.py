"""Incidents over HTTP: reading, fire here, the verbs, roll call, exercises, and the live stream."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from flask import Response, request

from backend.incidents import asking as a
from backend.incidents import calls, exercises, live, reading, report, roll_call, service, showing, verbs
from backend.incidents import schemas as s
from backend.incidents.models import Incident
from backend.incidents.states import Verb
from backend.kernel.access import actor, current
from backend.kernel.api import PUBLIC, SIGNED_IN, Blueprint, page, page_of

blueprint = Blueprint("incidents", __name__, url_prefix="/api")
ONE = "/incidents/<uuid:incident_id>"
Detail = dict[str, Any]


@blueprint.op("GET", "/incidents", needs="incidents.see", query=a.IncidentQuery, out=page_of(s.IncidentSchema))
def incidents(query: dict[str, Any]) -> dict[str, Any]:
    """The incidents in my scope; state=open is all that is not over."""
    found = page(reading.listed(actor(), query["state"], query["building"]), Incident, query["limit"], query["after"])
    return {"items": [reading.row(actor(), one) for one in found["items"]], "next": found["next"]}


@blueprint.op("GET", ONE, needs="incidents.see", out=s.IncidentDetailSchema)
def incident(incident_id: UUID) -> Detail:
    """One incident: timeline, evidence, who was told, roll call, and the words for my own floor."""
    return reading.detail(actor(), incident_id)


@blueprint.op("GET", f"{ONE}/report", needs="incidents.respond", out=s.ReportSchema)
def incident_report(incident_id: UUID) -> dict[str, Any]:
    """The closing report with the 1-3-5 clocks."""
    return report.report(actor(), incident_id)


@blueprint.op("POST", "/incidents", needs=PUBLIC, body=a.FireHereSchema, out=s.IncidentSchema, status=201, also=200)
def fire_here(body: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """Fire here: opens an incident (201) or joins one (200). Signed out it needs the QR code or a position."""
    where = calls.Where(**body["place"])
    address = request.remote_addr or ""
    found, is_new = calls.call(current(), body["category"], where, body["note"], address)
    return showing.item(found), 201 if is_new else 200


def _detail(incident_id: UUID) -> Detail:
    return reading.detail(actor(), incident_id)


def _say(incident_id: UUID, verb: Verb, **body: Any) -> None:
    verbs.say(actor(), incident_id, verb, **body)


# A word on an incident is heard by all before its speaker reads the long answer: a ring must not wait for it.
_word = partial(blueprint.op, "POST", out=s.IncidentDetailSchema, show=_detail)


@_word(f"{ONE}/acknowledge", needs="incidents.respond")
def acknowledge(incident_id: UUID) -> None:
    """I have it: stops the first clock."""
    _say(incident_id, Verb.ACKNOWLEDGE)


@_word(f"{ONE}/arrive", needs="incidents.respond", body=a.ArriveSchema)
def arrive(incident_id: UUID, body: dict[str, Any]) -> None:
    """I am at the scene: stops the second clock."""
    _say(incident_id, Verb.ARRIVE, **body)


@_word(f"{ONE}/attack", needs="incidents.respond")
def attack(incident_id: UUID) -> None:
    """We attack the fire: stops the third clock."""
    _say(incident_id, Verb.ATTACK)


@_word(f"{ONE}/ask-for-help", needs="incidents.respond")
def ask_for_help(incident_id: UUID) -> None:
    """We need more people: ring 1 hears of it."""
    _say(incident_id, Verb.ASK_FOR_HELP)


@_word(f"{ONE}/confirm", needs="incidents.see", body=a.ConfirmSchema)
def confirm(incident_id: UUID, body: dict[str, Any]) -> None:
    """It burns: a responder at the scene decides, a resident's word is one of two."""
    photo = body["photo_id"]
    _say(incident_id, Verb.CONFIRM, note=body["note"], photo_id=str(photo) if photo else None)


@_word(f"{ONE}/dismiss", needs="incidents.respond", body=a.DismissSchema)
def dismiss(incident_id: UUID, body: dict[str, Any]) -> None:
    """It is false, with the reason: at the scene it ends, from afar it is watched, a confirmed one needs two."""
    _say(incident_id, Verb.DISMISS, **body)


@_word(f"{ONE}/approve", needs="incidents.respond")
def approve(incident_id: UUID) -> None:
    """The second person's consent to the dismissal of a confirmed one."""
    _say(incident_id, Verb.APPROVE)


@_word(f"{ONE}/answer", needs="incidents.answer", body=a.AnswerSchema)
def answer(incident_id: UUID, body: dict[str, Any]) -> None:
    """The household of the tripped detector: it was mine, or it is real."""
    _say(incident_id, Verb.ANSWER, **body)


@_word(f"{ONE}/control", needs="incidents.control")
def control(incident_id: UUID) -> None:
    """It is under control."""
    _say(incident_id, Verb.CONTROL)


@_word(f"{ONE}/close", needs="incidents.close", body=a.CloseSchema)
def close(incident_id: UUID, body: dict[str, Any]) -> None:
    """It is over, with cause, grade and loss."""
    _say(incident_id, Verb.CLOSE, **body)


@_word(f"{ONE}/reopen", needs="incidents.reopen")
def reopen(incident_id: UUID) -> None:
    """It is not over: suspected again, ring 0 hears again."""
    _say(incident_id, Verb.REOPEN)


@_word(f"{ONE}/silence", needs="devices.silence", body=a.SilenceSchema)
def silence(incident_id: UUID, body: dict[str, Any]) -> None:
    """Keep one device quiet for a while; audited."""
    verbs.silence(actor(), incident_id, body["device_id"], body["minutes"])


@_word(f"{ONE}/roll-call", needs="rollcall.answer", body=a.RollCallSchema)
def answer_roll_call(incident_id: UUID, body: dict[str, Any]) -> None:
    """I am safe, or I need help."""
    roll_call.answer(actor(), incident_id, **body)


@blueprint.op("GET", f"{ONE}/roll-call", needs="incidents.see", out=s.RollSchema)
def board(incident_id: UUID) -> dict[str, Any]:
    """Safe, asking for help, silent, known to need help: floor by floor."""
    return roll_call.board(actor(), service.seen(actor(), incident_id))


@blueprint.op("GET", "/dismissals", needs="dismissals.see", query=a.RateQuery, out=page_of(s.RateSchema))
def dismissals(query: dict[str, Any]) -> dict[str, Any]:
    """Who holds alarms for false how often, the highest rate first."""
    return {"items": report.rates(actor(), query["days"]), "next": None}


@blueprint.op(
    "POST", "/exercises", needs="exercises.run", body=a.ExerciseSchema, out=s.IncidentDetailSchema, status=201
)
def start_exercise(body: dict[str, Any]) -> Detail:
    """Start an exercise in a building: the same path, marked everywhere."""
    started = exercises.start(actor(), body["building_id"], body["floor_id"])
    return reading.detail(actor(), started.id)


@_word("/exercises/<uuid:incident_id>/end", needs="exercises.run")
def end_exercise(incident_id: UUID) -> None:
    """The exercise is over; everybody who was told is told."""
    exercises.end(actor(), incident_id)


@blueprint.op("GET", "/stream", needs=SIGNED_IN, query=a.StreamQuery)
def stream(query: dict[str, Any]) -> Response:
    """The live stream (SSE): incident, device, notice, a beat each 5 s, and reset when `after` is too old.

    Each GET of the API says in its header Last-Event-ID up to which event it knows: begin the stream there.
    """
    given = request.headers.get("Last-Event-ID", "")
    after = query["after"] if query["after"] is not None else (int(given) if given.isdecimal() else None)
    headers = {"Cache-Control": "no-cache, no-transform", "X-Accel-Buffering": "no"}
    return Response(live.events(actor(), after), mimetype="text/event-stream", headers=headers)


BLUEPRINTS = (blueprint,)
