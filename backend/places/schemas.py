"""Shapes of places in and out."""

from __future__ import annotations

import marshmallow as ma
from marshmallow.validate import Length, OneOf, Range

from backend.kernel.api import Answer, PageQuery, Schema
from backend.kernel.jsonable import Id, Time
from backend.places.models import Kind, Level, NeedKind, ResidencyState

f = ma.fields
NAME = Length(1, 80)


class PlaceNameSchema(Answer):
    id = Id()
    name = f.String()


class EstateNameSchema(PlaceNameSchema):
    name_en = f.String()


class GcjSchema(Answer):
    """A position in GCJ-02, for the map apps of China."""

    lat = f.Float()
    lon = f.Float()


class AreaSchema(Answer):
    id = Id()
    code = f.String()
    level = f.String()
    name = f.String()
    name_en = f.String()
    parent_id = Id(allow_none=True)


class EstateSchema(Answer):
    id = Id()
    area_id = Id()
    name = f.String()
    name_en = f.String()
    address = f.String()
    lat = f.Float()
    lon = f.Float()
    has_property = f.Boolean()


class BuildingSchema(Answer):
    id = Id()
    name = f.String()
    name_en = f.String()
    kind = f.String(validate=OneOf(list(Kind)))
    estate = f.Nested(EstateNameSchema, allow_none=True)
    lat = f.Float()
    lon = f.Float()


class FloorSchema(Answer):
    id = Id()
    ordinal = f.Integer()
    label = f.String()
    is_refuge = f.Boolean()


class JoinedSchema(PlaceNameSchema):
    name_en = f.String()
    kind = f.String(validate=OneOf(list(Kind)))


class GateSchema(PlaceNameSchema):
    name_en = f.String()
    lat = f.Float()
    lon = f.Float()
    gcj = f.Nested(GcjSchema)
    is_fire_lane = f.Boolean()


class HydrantSchema(Answer):
    id = Id()
    label = f.String()
    kind = f.String()
    lat = f.Float()
    lon = f.Float()
    gcj = f.Nested(GcjSchema)


class DoorSchema(Answer):
    id = Id()
    number = f.String()
    floor_id = Id()


class SideSchema(Schema):
    """One stair of the plan: its letter, the side it lies on, and how the numbers of the doors beside it end."""

    id = f.String(required=True, validate=Length(1, 8))
    side = f.String(validate=OneOf(["north", "east", "south", "west", "middle"]))
    zh = f.String(validate=Length(0, 40))
    en = f.String(validate=Length(0, 80))
    doors = f.List(f.String(validate=Length(1, 8)), validate=Length(0, 60))


class WordsSchema(Schema):
    zh = f.String(required=True, validate=Length(0, 80))
    en = f.String(validate=Length(0, 160))


class PlanSchema(Schema):
    """What fills the words for a floor: stairs, meeting point, exit."""

    stairs = f.List(f.Nested(SideSchema), validate=Length(0, 12))
    meeting_point = f.Nested(WordsSchema)
    exit = f.Nested(WordsSchema)


class BuildingCardSchema(BuildingSchema):
    """`dwellings` only for who may see who lives there."""

    sometimes = ("dwellings",)

    gcj = f.Nested(GcjSchema)
    floors = f.List(f.Nested(FloorSchema))
    plan = f.Nested(PlanSchema)
    joined = f.List(f.Nested(JoinedSchema))
    gates = f.List(f.Nested(GateSchema))
    hydrants = f.List(f.Nested(HydrantSchema))
    dwellings = f.List(f.Nested(DoorSchema))


class QrSchema(Answer):
    url = f.String()
    token = f.String()
    valid_until = Time()


class BuildingQuery(PageQuery):
    estate = f.UUID(load_default=None)


class ResidencyQuery(PageQuery):
    state = f.String(load_default=None, validate=OneOf(list(ResidencyState)))


class AskSchema(Schema):
    """`qr` is the scanned address or its token; the door by its number, or by its id."""

    qr = f.String(required=True, validate=Length(1, 300))
    number = f.String(load_default=None, allow_none=True, validate=Length(1, 20))
    dwelling_id = f.UUID(load_default=None, allow_none=True)


class AskerSchema(PlaceNameSchema):
    phone_masked = f.String()


class FloorNameSchema(Answer):
    id = Id()
    label = f.String()
    ordinal = f.Integer()


class AskedDwellingSchema(Answer):
    id = Id()
    number = f.String()
    floor = f.Nested(FloorNameSchema)
    building = f.Nested(EstateNameSchema)


class ResidencySchema(Answer):
    id = Id()
    state = f.String()
    asked_at = Time()
    decided_at = Time(allow_none=True)
    person = f.Nested(AskerSchema)
    dwelling = f.Nested(AskedDwellingSchema)


class ResidentSchema(Answer):
    residency_id = Id()
    person_id = Id()
    name = f.String()
    phone_masked = f.String()
    state = f.String()


class NeedSchema(Schema):
    label = f.String(required=True, validate=Length(1, 40))
    kind = f.String(required=True, validate=OneOf(list(NeedKind)))
    note = f.String(load_default="", validate=Length(0, 200))
    people = f.Integer(load_default=1, validate=Range(1, 20))


class DwellingSchema(Answer):
    id = Id()
    number = f.String()
    household = f.Integer(allow_none=True)
    floor = f.Nested(FloorSchema)
    building = f.Nested(EstateNameSchema)
    residents = f.List(f.Nested(ResidentSchema))
    needs = f.List(f.Nested(NeedSchema))


class HouseholdSchema(Schema):
    household = f.Integer(load_default=None, allow_none=True, validate=Range(0, 30))
    needs = f.List(f.Nested(NeedSchema), required=True, validate=Length(0, 20))


class NewAreaSchema(Schema):
    code = f.String(required=True, validate=Length(2, 15))
    level = f.String(required=True, validate=OneOf(list(Level)))
    name = f.String(required=True, validate=NAME)
    name_en = f.String(load_default="", validate=Length(0, 120))


class ChangeEstateSchema(Schema):
    name = f.String(validate=NAME)
    name_en = f.String(validate=Length(0, 120))
    address = f.String(validate=Length(0, 200))
    lat = f.Float(validate=Range(-90, 90))
    lon = f.Float(validate=Range(-180, 180))
    has_property = f.Boolean()


class NewEstateSchema(ChangeEstateSchema):
    area_id = f.UUID(required=True)
    name = f.String(required=True, validate=NAME)
    lat = f.Float(required=True, validate=Range(-90, 90))
    lon = f.Float(required=True, validate=Range(-180, 180))


class NewFloorSchema(Schema):
    ordinal = f.Integer(required=True, validate=[Range(-20, 200), ma.validate.NoneOf([0])])
    label = f.String(validate=Length(1, 12))
    is_refuge = f.Boolean(load_default=False)
    dwellings = f.List(f.String(validate=Length(1, 20)), load_default=list, validate=Length(0, 200))


class ChangeBuildingSchema(Schema):
    name = f.String(validate=NAME)
    name_en = f.String(validate=Length(0, 120))
    kind = f.String(validate=OneOf(list(Kind)))
    lat = f.Float(validate=Range(-90, 90))
    lon = f.Float(validate=Range(-180, 180))
    plan = f.Nested(PlanSchema)
    floors = f.List(f.Nested(NewFloorSchema), validate=Length(0, 220))
    joined = f.List(f.UUID(), validate=Length(0, 50))


class NewBuildingSchema(ChangeBuildingSchema):
    estate_id = f.UUID(required=True)
    name = f.String(required=True, validate=NAME)
    kind = f.String(required=True, validate=OneOf(list(Kind)))
    lat = f.Float(required=True, validate=Range(-90, 90))
    lon = f.Float(required=True, validate=Range(-180, 180))


class NewGateSchema(Schema):
    name = f.String(required=True, validate=NAME)
    name_en = f.String(load_default="", validate=Length(0, 120))
    lat = f.Float(required=True, validate=Range(-90, 90))
    lon = f.Float(required=True, validate=Range(-180, 180))
    is_fire_lane = f.Boolean(load_default=False)


class NewHydrantSchema(Schema):
    label = f.String(required=True, validate=NAME)
    kind = f.String(load_default="pillar", validate=OneOf(["pillar", "buried", "wall", "inlet"]))
    lat = f.Float(required=True, validate=Range(-90, 90))
    lon = f.Float(required=True, validate=Range(-180, 180))


class OutsideSchema(Schema):
    gates = f.List(f.Nested(NewGateSchema), load_default=list, validate=Length(0, 60))
    hydrants = f.List(f.Nested(NewHydrantSchema), load_default=list, validate=Length(0, 200))
