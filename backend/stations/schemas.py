"""Shapes of stations and of who is on watch."""

from __future__ import annotations

import marshmallow as ma

from backend.kernel.api import Schema
from backend.kernel.jsonable import Id
from backend.places.schemas import GcjSchema, PlaceNameSchema

f = ma.fields


class StationSchema(Schema):
    id = Id()
    name = f.String()
    name_en = f.String()
    kind = f.String()
    lat = f.Float()
    lon = f.Float()
    gcj = f.Nested(GcjSchema)
    phone_masked = f.String(allow_none=True)


class WatchersSchema(Schema):
    """The people on watch over a building now, by duty."""

    control_room = f.List(f.Nested(PlaceNameSchema))
    station = f.List(f.Nested(PlaceNameSchema))
    property = f.List(f.Nested(PlaceNameSchema))
