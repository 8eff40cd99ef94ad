"""Shapes of the first screen."""

from __future__ import annotations

import marshmallow as ma
from marshmallow.validate import OneOf

from backend.incidents.schemas import IncidentSchema
from backend.kernel.api import Answer, Schema
from backend.kernel.jsonable import Id, Time
from backend.kernel.shapes import Made
from backend.monitoring.schemas import FaultFloorSchema
from backend.places.models import ResidencyState
from backend.places.schemas import BuildingCardSchema, JoinedSchema

f = ma.fields


class HomeQuery(Schema):
    building = f.UUID(load_default=None)


class GaugeSchema(Answer):
    """One scale: `low` to `high` is where the value belongs, `min` to `max` what is drawn; doors: `count`, `total`."""

    sometimes = ("low", "high", "min", "max", "count", "total")

    key = f.String()
    word = f.String()
    value = f.Float(allow_none=True)
    unit = f.String()
    low = f.Float(allow_none=True)
    high = f.Float(allow_none=True)
    min = f.Float(allow_none=True)
    max = f.Float(allow_none=True)
    at = Time(allow_none=True)
    state = f.String(validate=OneOf(["ok", "off", "unknown"]))
    count = f.Integer(allow_none=True)
    total = f.Integer(allow_none=True)


class UnwatchedSchema(Answer):
    """`floor_ordinals`: the floors that nobody watches because of it; empty when it is no floor in particular."""

    label = f.String()
    since = Time(allow_none=True)
    floor_ordinals = f.List(f.Integer())


class StatusSchema(Answer):
    state = f.String(validate=OneOf(["well", "repair", "unwatched", "alarm"]))
    online = f.Integer()
    total = f.Integer()
    seen_at = Time(allow_none=True)
    gauges = f.List(f.Nested(GaugeSchema))
    unwatched = f.List(f.Nested(UnwatchedSchema))


class OwnDwellingSchema(Answer):
    dwelling_id = Id()
    number = f.String()
    floor_ordinal = f.Integer()
    floor_label = f.String()
    state = f.String(validate=OneOf(list(ResidencyState)))


class WatchCountSchema(Answer):
    people = f.Integer()
    control_room = f.Integer()
    station = f.Integer()
    property = f.Integer()


class FaultStepSchema(Answer):
    label = f.String()
    at = Time(allow_none=True)


class HomeFaultSchema(Answer):
    id = Id()
    title = f.String()
    meaning = f.String()
    since = Time()
    steps = f.List(f.Nested(FaultStepSchema))
    state = f.String()
    kind = f.String()
    place = f.String()
    floor = f.Nested(FaultFloorSchema, allow_none=True)


class NextExerciseSchema(Answer):
    at = Time()
    name = f.String()


class FirstScreenSchema(Answer):
    kind = f.String(validate=OneOf(["resident", "staff"]))
    buildings = f.List(f.Nested(JoinedSchema))
    building = Made(BuildingCardSchema, allow_none=True)
    own = f.Nested(OwnDwellingSchema, allow_none=True)
    status = Made(StatusSchema, allow_none=True)
    incidents = Made(IncidentSchema, many=True)
    watch = f.Nested(WatchCountSchema, allow_none=True)
    faults = Made(HomeFaultSchema, many=True)
    next_exercise = f.Nested(NextExerciseSchema, allow_none=True)


class PublicPageSchema(Answer):
    name = f.String()
    name_en = f.String()
    estate = f.String()
    estate_en = f.String()
    state = f.String()
    token_valid_until = Time()
