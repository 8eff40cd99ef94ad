"""Shapes of incidents as they are answered: list, detail, roll call, report."""

from __future__ import annotations

import marshmallow as ma
from marshmallow.validate import OneOf

from backend.accounts.schemas import NamedSchema
from backend.incidents.models import Category, State
from backend.incidents.states import VerifiedBy
from backend.kernel.api import Answer
from backend.kernel.jsonable import Id, Time
from backend.kernel.shapes import Made

f = ma.fields


class PlaceNamesSchema(NamedSchema):
    name_en = f.String()


class DoorNameSchema(Answer):
    id = Id()
    number = f.String()


class IncidentFloorSchema(Answer):
    id = Id(allow_none=True)
    label = f.String()
    ordinal = f.Integer()


class IncidentSchema(Answer):
    """One incident as lists and the stream give it. `case_at` starts the 1-3-5 clocks."""

    sometimes = ("dwelling",)

    id = Id()
    category = f.String(validate=OneOf(list(Category)))
    state = f.String(validate=OneOf(list(State)))
    verified_by = f.String(allow_none=True, validate=OneOf(list(VerifiedBy)))
    is_exercise = f.Boolean()
    is_test = f.Boolean()
    is_source_verified = f.Boolean()
    estate = f.Nested(PlaceNamesSchema, allow_none=True)
    building = f.Nested(PlaceNamesSchema, allow_none=True)
    dwelling = f.Nested(DoorNameSchema, allow_none=True)
    floors = f.List(f.Nested(IncidentFloorSchema))
    opened_at = Time()
    acknowledged_at = Time(allow_none=True)
    arrived_at = Time(allow_none=True)
    attacked_at = Time(allow_none=True)
    confirmed_at = Time(allow_none=True)
    controlled_at = Time(allow_none=True)
    closed_at = Time(allow_none=True)
    signal_count = f.Integer()
    last_signal_at = Time(allow_none=True)
    version = f.Integer()
    case_at = Time()
    watching_at = Time(allow_none=True)
    ring = f.Integer()
    round = f.Integer()


class WhoSchema(Answer):
    id = Id()
    name = f.String()
    duty = f.String()


class LineSchema(Answer):
    at = Time()
    verb = f.String()
    branch = f.String()
    actor = f.Nested(WhoSchema, allow_none=True)
    text = f.String()


class EvidenceSchema(Answer):
    id = Id()
    kind = f.String()
    at = Time()
    last_at = Time()
    times = f.Integer()
    device_id = Id(allow_none=True)
    floor_ordinal = f.Integer(allow_none=True)
    label = f.String()
    evidence = f.String()
    words = f.String()
    is_counted = f.Boolean()
    is_source_verified = f.Boolean()


class ToldSchema(Answer):
    people = f.Integer()
    received = f.Integer()
    answered = f.Integer()


class TotalsSchema(Answer):
    safe = f.Integer()
    help = f.Integer()
    silent = f.Integer()
    needs = f.Integer()


class HelpNeededSchema(Answer):
    """Somebody who needs help to leave; only for who may see it."""

    kind = f.String()
    label = f.String()
    note = f.String()
    people = f.Integer()


class DoorWordSchema(Answer):
    id = Id()
    number = f.String()
    status = f.String(validate=OneOf(["safe", "help", "silent", "fire"]))
    is_fire = f.Boolean()
    needs = f.Integer()
    who = f.List(f.Nested(HelpNeededSchema))
    people = f.Integer(allow_none=True)
    can_walk = f.Boolean(allow_none=True)
    smoke = f.Boolean(allow_none=True)
    at = Time(allow_none=True)


class FloorRollSchema(TotalsSchema):
    id = Id()
    ordinal = f.Integer()
    label = f.String()
    is_refuge = f.Boolean()
    is_fire = f.Boolean()
    dwellings = f.List(f.Nested(DoorWordSchema))


class JoinedRollSchema(Answer):
    building = f.Nested(PlaceNamesSchema)
    totals = f.Nested(TotalsSchema)
    floors = f.List(f.Nested(FloorRollSchema))


class RollSchema(Answer):
    totals = f.Nested(TotalsSchema)
    floors = f.List(f.Nested(FloorRollSchema))
    joined = f.List(f.Nested(JoinedRollSchema))


class StepSchema(Answer):
    n = f.Integer()
    title = f.String()
    detail = f.String()


class FallbackSchema(Answer):
    title = f.String()
    lines = f.List(f.String())


class FloorWordsSchema(Answer):
    """Words for the asker's own floor. `line` is the first line, at most 40 characters."""

    situation = f.String()
    line = f.String()
    what = f.String()
    where = f.String()
    steps = f.List(f.Nested(StepSchema))
    never = f.String(allow_none=True)
    fallback = f.Nested(FallbackSchema, allow_none=True)
    stair = f.String(allow_none=True)
    source = f.String()
    approval = f.String()
    is_approved = f.Boolean()


class OwnSchema(Answer):
    building_id = Id()
    floor_ordinal = f.Integer()
    dwelling_id = Id()
    number = f.String()
    is_source = f.Boolean()
    answered = f.String(allow_none=True, validate=OneOf(["mine", "real"]))


class MineSchema(Answer):
    status = f.String(validate=OneOf(["safe", "help"]))
    at = Time()


class ResponderSchema(Answer):
    id = Id()
    name = f.String()
    acknowledged_at = Time(allow_none=True)
    arrived_at = Time(allow_none=True)
    attacked_at = Time(allow_none=True)
    metres = f.Integer(allow_none=True)


class PendingSchema(Answer):
    person = f.Nested(NamedSchema)
    reason = f.String()
    note = f.String(allow_none=True)
    at = Time(allow_none=True)


class IncidentDetailSchema(IncidentSchema):
    place = f.String()
    watching_until = Time(allow_none=True)
    timeline = f.List(f.Nested(LineSchema))
    evidence = f.List(f.Nested(EvidenceSchema))
    told = f.Nested(ToldSchema)
    roll_call = Made(RollSchema)
    roll_call_mine = f.Nested(MineSchema, allow_none=True)
    words = f.Nested(FloorWordsSchema)
    own = f.Nested(OwnSchema, allow_none=True)
    responders = f.List(f.Nested(ResponderSchema))
    dismissal = f.Nested(PendingSchema, allow_none=True)
    may = f.List(f.String())
    cause = f.String(allow_none=True)
    grade = f.String(allow_none=True)
    loss = f.String(allow_none=True)
    note = f.String(allow_none=True)


class ClockSchema(Answer):
    key = f.String(validate=OneOf(["answer", "arrive", "attack"]))
    limit_s = f.Integer()
    at = Time(allow_none=True)
    seconds = f.Integer(allow_none=True)
    is_met = f.Boolean(allow_none=True)


class ResponderClocksSchema(Answer):
    id = Id()
    name = f.String()
    metres = f.Integer(allow_none=True)
    clocks = f.List(f.Nested(ClockSchema))


class StepToldSchema(ToldSchema):
    step = f.String()
    done_at = Time(allow_none=True)


class DismissalSchema(Answer):
    person = f.Nested(NamedSchema)
    at = Time()
    reason = f.String()
    at_scene = f.Boolean()
    note = f.String(allow_none=True)
    was_confirmed = f.Boolean()
    approved_by = f.Nested(NamedSchema, allow_none=True)


class ReportSchema(Answer):
    incident = f.Nested(IncidentSchema)
    place = f.String()
    made_at = Time()
    is_final = f.Boolean()
    seconds = f.Integer()
    clocks = f.List(f.Nested(ClockSchema))
    responders = f.List(f.Nested(ResponderClocksSchema))
    timeline = f.List(f.Nested(LineSchema))
    evidence = f.List(f.Nested(EvidenceSchema))
    told = f.List(f.Nested(StepToldSchema))
    dismissals = f.List(f.Nested(DismissalSchema))
    roll_call = f.Nested(TotalsSchema)
    cause = f.String(allow_none=True)
    grade = f.String(allow_none=True)
    loss = f.String(allow_none=True)
    note = f.String(allow_none=True)


class RateSchema(Answer):
    """One person's dismissals: `rate` is their share of the incidents that the person answered."""

    person = f.Nested(NamedSchema)
    dismissed = f.Integer()
    total = f.Integer()
    rate = f.Float()
    last_at = Time()
    reasons = f.Dict(keys=f.String(), values=f.Integer())
