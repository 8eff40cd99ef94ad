"""Incidents over HTTP: reading, fire here, the verbs, roll call, exercises, and the live stream."""

from __future__ import annotations

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


def _say(incident_id: UUID, verb: Verb, **body: Any) -> Detail:
    verbs.say(actor(), incident_id, verb, **body)
    return reading.detail(actor(), incident_id)


@blueprint.op("POST", f"{ONE}/acknowledge", needs="incidents.respond", out=s.IncidentDetailSchema)
def acknowledge(incident_id: UUID) -> Detail:
    """I have it: stops the first clock."""
    return _say(incident_id, Verb.ACKNOWLEDGE)


@blueprint.op("POST", f"{ONE}/arrive", needs="incidents.respond", body=a.ArriveSchema, out=s.IncidentDetailSchema)
def arrive(incident_id: UUID, body: dict[str, Any]) -> Detail:
    """I am at the scene: stops the second clock."""
    return _say(incident_id, Verb.ARRIVE, **body)


@blueprint.op("POST", f"{ONE}/attack", needs="incidents.respond", out=s.IncidentDetailSchema)
def attack(incident_id: UUID) -> Detail:
    """We attack the fire: stops the third clock."""
    return _say(incident_id, Verb.ATTACK)


@blueprint.op("POST", f"{ONE}/ask-for-help", needs="incidents.respond", out=s.IncidentDetailSchema)
def ask_for_help(incident_id: UUID) -> Detail:
    """We need more people: ring 1 hears of it."""
    return _say(incident_id, Verb.ASK_FOR_HELP)


@blueprint.op("POST", f"{ONE}/confirm", needs="incidents.see", body=a.ConfirmSchema, out=s.IncidentDetailSchema)
def confirm(incident_id: UUID, body: dict[str, Any]) -> Detail:
    """It burns: a responder at the scene decides, a resident's word is one of two."""
    photo = body["photo_id"]
    return _say(incident_id, Verb.CONFIRM, note=body["note"], photo_id=str(photo) if photo else None)


@blueprint.op("POST", f"{ONE}/dismiss", needs="incidents.respond", body=a.DismissSchema, out=s.IncidentDetailSchema)
def dismiss(incident_id: UUID, body: dict[str, Any]) -> Detail:
    """It is false, with the reason: at the scene it ends, from afar it is watched, a confirmed one needs two."""
    return _say(incident_id, Verb.DISMISS, **body)


@blueprint.op("POST", f"{ONE}/approve", needs="incidents.respond", out=s.IncidentDetailSchema)
def approve(incident_id: UUID) -> Detail:
    """The second person's consent to the dismissal of a confirmed one."""
    return _say(incident_id, Verb.APPROVE)


@blueprint.op("POST", f"{ONE}/answer", needs="incidents.answer", body=a.AnswerSchema, out=s.IncidentDetailSchema)
def answer(incident_id: UUID, body: dict[str, Any]) -> Detail:
    """The household of the tripped detector: it was mine, or it is real."""
    return _say(incident_id, Verb.ANSWER, **body)


@blueprint.op("POST", f"{ONE}/control", needs="incidents.control", out=s.IncidentDetailSchema)
def control(incident_id: UUID) -> Detail:
    """It is under control."""
    return _say(incident_id, Verb.CONTROL)


@blueprint.op("POST", f"{ONE}/close", needs="incidents.close", body=a.CloseSchema, out=s.IncidentDetailSchema)
def close(incident_id: UUID, body: dict[str, Any]) -> Detail:
    """It is over, with cause, grade and loss."""
    return _say(incident_id, Verb.CLOSE, **body)


@blueprint.op("POST", f"{ONE}/reopen", needs="incidents.reopen", out=s.IncidentDetailSchema)
def reopen(incident_id: UUID) -> Detail:
    """It is not over: suspected again, ring 0 hears again."""
    return _say(incident_id, Verb.REOPEN)


@blueprint.op("POST", f"{ONE}/silence", needs="devices.silence", body=a.SilenceSchema, out=s.IncidentDetailSchema)
def silence(incident_id: UUID, body: dict[str, Any]) -> Detail:
    """Keep one device quiet for a while; audited."""
    verbs.silence(actor(), incident_id, body["device_id"], body["minutes"])
    return reading.detail(actor(), incident_id)


@blueprint.op("POST", f"{ONE}/roll-call", needs="rollcall.answer", body=a.RollCallSchema, out=s.IncidentDetailSchema)
def answer_roll_call(incident_id: UUID, body: dict[str, Any]) -> Detail:
    """I am safe, or I need help."""
    roll_call.answer(actor(), incident_id, **body)
    return reading.detail(actor(), incident_id)


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


@blueprint.op("POST", "/exercises/<uuid:incident_id>/end", needs="exercises.run", out=s.IncidentDetailSchema)
def end_exercise(incident_id: UUID) -> Detail:
    """The exercise is over; everybody who was told is told."""
    exercises.end(actor(), incident_id)
    return reading.detail(actor(), incident_id)


@blueprint.op("GET", "/stream", needs=SIGNED_IN, query=a.StreamQuery)
def stream(query: dict[str, Any]) -> Response:
    """The live stream (SSE): incident, device, notice, a beat each 5 s, and reset when `after` is too old."""
    given = request.headers.get("Last-Event-ID", "")
    after = query["after"] if query["after"] is not None else (int(given) if given.isdecimal() else None)
    headers = {"Cache-Control": "no-cache, no-transform", "X-Accel-Buffering": "no"}
    return Response(live.events(actor(), after), mimetype="text/event-stream", headers=headers)


BLUEPRINTS = (blueprint,)
