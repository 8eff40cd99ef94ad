"""Shapes of units."""

from __future__ import annotations

import marshmallow as ma

from backend.kernel.api import PageQuery, Schema
from backend.kernel.jsonable import Id
from backend.places.schemas import PlaceNameSchema

f = ma.fields


class UnitQuery(PageQuery):
    building = f.UUID(load_default=None)


class UnitPremisesSchema(Schema):
    building = f.Nested(PlaceNameSchema)
    from_ordinal = f.Integer()
    to_ordinal = f.Integer()


class UnitSchema(Schema):
    id = Id()
    name = f.String()
    name_en = f.String()
    kind = f.String()
    phone = f.String()
    premises = f.List(f.Nested(UnitPremisesSchema))
