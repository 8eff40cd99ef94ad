"""Shapes of stations and of who is on watch."""

from __future__ import annotations

import marshmallow as ma

from backend.kernel.api import Schema
from backend.kernel.jsonable import Id
from backend.kernel.text import mask_phone
from backend.places.schemas import GcjSchema, PlaceNameSchema
from backend.places.service import gcj
from backend.stations.models import Station

f = ma.fields


class StationSchema(Schema):
    id = Id()
    name = f.String()
    name_en = f.String()
    kind = f.String()
    lat = f.Float()
    lon = f.Float()
    gcj = f.Method("gcj_of", metadata={"$ref": "#/components/schemas/Gcj"})
    phone_masked = f.Method("phone_of", metadata={"type": "string"})

    def gcj_of(self, station: Station) -> object:
        return GcjSchema().dump(gcj(station.lat, station.lon))

    def phone_of(self, station: Station) -> str | None:
        return mask_phone(station.phone) if station.phone else None


class WatchersSchema(Schema):
    """The people on watch over a building now, by duty."""

    control_room = f.List(f.Nested(PlaceNameSchema))
    station = f.List(f.Nested(PlaceNameSchema))
    property = f.List(f.Nested(PlaceNameSchema))
