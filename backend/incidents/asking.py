"""Shapes of what people send: queries, fire here, the verbs, roll call, exercises."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow.validate import Length, OneOf, Range

from backend.incidents.models import Category, State
from backend.kernel.api import PageQuery, Schema

f = ma.fields
NOTE = Length(0, 1000)
LAT, LON = Range(-90, 90), Range(-180, 180)
STATES = ["open", "over", *sorted(State)]
REASONS = ["cooking", "steam", "dust", "test", "fault", "unknown"]


class IncidentQuery(PageQuery):
    state = f.String(load_default=None, validate=OneOf(STATES))
    building = f.UUID(load_default=None)


class RateQuery(Schema):
    days = f.Integer(load_default=90, validate=Range(1, 3660))


class StreamQuery(Schema):
    after = f.Integer(load_default=None, validate=Range(min=0, max=2**63 - 1))


class WhereSchema(Schema):
    """One proof of the place: a building of mine, the building's QR code, or a position (WGS 84)."""

    building_id = f.UUID(load_default=None)
    floor_id = f.UUID(load_default=None, allow_none=True)
    qr = f.String(load_default=None, validate=Length(1, 300))
    lat = f.Float(load_default=None, validate=LAT)
    lon = f.Float(load_default=None, validate=LON)

    @ma.validates_schema
    def _is_one(self, data: dict[str, Any], **_: Any) -> None:
        given = [data.get("building_id"), data.get("qr"), data.get("lat")]
        if sum(one is not None for one in given) != 1 or (data.get("lat") is None) != (data.get("lon") is None):
            raise ma.ValidationError("Give one of building_id, qr, or lat with lon.")


class FireHereSchema(Schema):
    category = f.String(required=True, validate=OneOf(list(Category)))
    place = f.Nested(WhereSchema, required=True)
    note = f.String(load_default=None, allow_none=True, validate=NOTE)


class ArriveSchema(Schema):
    lat = f.Float(load_default=None, allow_none=True, validate=LAT)
    lon = f.Float(load_default=None, allow_none=True, validate=LON)


class ConfirmSchema(Schema):
    note = f.String(load_default=None, allow_none=True, validate=NOTE)
    photo_id = f.UUID(load_default=None, allow_none=True)


class DismissSchema(Schema):
    reason = f.String(required=True, validate=OneOf(REASONS))
    at_scene = f.Boolean(required=True)
    note = f.String(load_default=None, allow_none=True, validate=NOTE)


class AnswerSchema(Schema):
    answer = f.String(required=True, validate=OneOf(["mine", "real"]))


class CloseSchema(Schema):
    cause = f.String(load_default=None, allow_none=True, validate=Length(0, 200))
    grade = f.String(load_default=None, allow_none=True, validate=Length(0, 80))
    loss = f.String(load_default=None, allow_none=True, validate=Length(0, 200))
    note = f.String(load_default=None, allow_none=True, validate=NOTE)


class SilenceSchema(Schema):
    device_id = f.UUID(required=True)
    minutes = f.Integer(required=True, validate=Range(1, 1440))


class RollCallSchema(Schema):
    status = f.String(required=True, validate=OneOf(["safe", "help"]))
    people = f.Integer(load_default=None, allow_none=True, validate=Range(1, 50))
    can_walk = f.Boolean(load_default=None, allow_none=True)
    smoke = f.Boolean(load_default=None, allow_none=True)
    dwelling_id = f.UUID(load_default=None, allow_none=True)


class ExerciseSchema(Schema):
    building_id = f.UUID(required=True)
    floor_id = f.UUID(load_default=None, allow_none=True)
