"""Shapes of monitoring in and out."""

from __future__ import annotations

import marshmallow as ma
from marshmallow.validate import Length, OneOf, Range

from backend.kernel.api import Answer, PageQuery, Schema
from backend.kernel.jsonable import Id, Time
from backend.monitoring.gateway.profiles import PROFILES, Identity
from backend.monitoring.models import DeviceState

f = ma.fields
NAME = Length(1, 80)
ADDRESS = Range(0, 2**48 - 1)
SILENCE = Range(10, 86_400 * 7)


class DeviceBuildingSchema(Answer):
    id = Id()
    name = f.String()
    name_en = f.String()


class DeviceFloorSchema(Answer):
    id = Id()
    label = f.String()
    ordinal = f.Integer()


class DevicePlaceSchema(Answer):
    building = f.Nested(DeviceBuildingSchema, allow_none=True)
    floor = f.Nested(DeviceFloorSchema, allow_none=True)
    label = f.String()
    label_en = f.String()


class DeviceSchema(Answer):
    """One point. `state` is what its last word says; `seen_at` when it said it."""

    id = Id()
    transmitter_id = Id()
    system_type = f.Integer()
    system_address = f.Integer()
    component_type = f.Integer()
    component_address = f.Integer()
    kind = f.String()
    place = f.Nested(DevicePlaceSchema)
    state = f.String(validate=OneOf(list(DeviceState)))
    since = Time(allow_none=True)
    seen_at = Time(allow_none=True)
    silenced_until = Time(allow_none=True)


class ReadingSchema(Answer):
    """The newest value of one metric, in `unit`; `received_at` is its age by our clock."""

    device_id = Id()
    metric = f.String()
    value = f.Float()
    unit = f.String()
    received_at = Time()
    device_at = Time(allow_none=True)


class SignalSchema(Answer):
    """One thing the device said; `received_at` by our clock, `device_at` by its own."""

    received_at = Time()
    device_at = Time(allow_none=True)
    words = f.String()
    is_danger = f.Boolean()
    is_verified = f.Boolean()


class DeviceCardSchema(DeviceSchema):
    transmitter = f.Nested(DeviceBuildingSchema)
    is_flapping = f.Boolean()
    readings = f.List(f.Nested(ReadingSchema))
    signals = f.List(f.Nested(SignalSchema))


class DeviceQuery(PageQuery):
    building = f.UUID(load_default=None)
    transmitter = f.UUID(load_default=None)
    kind = f.String(load_default=None, validate=Length(1, 40))
    state = f.String(load_default=None, validate=OneOf(list(DeviceState)))


class ReadingQuery(PageQuery):
    building = f.UUID(load_default=None)


class ReadingWithDeviceSchema(ReadingSchema):
    device_kind = f.String()
    label = f.String()
    label_en = f.String()
    building_id = Id(allow_none=True)


class TransmitterSchema(Answer):
    """Counts are of frames. `network` null: nobody has said from where, its first peer will become it."""

    id = Id()
    estate_id = Id()
    building_id = Id(allow_none=True)
    name = f.String()
    name_en = f.String()
    source_address = f.Integer()
    profile = f.String()
    network = f.String(allow_none=True)
    identity = f.String()
    silent_after_s = f.Integer()
    state = f.String()
    silent_since = Time(allow_none=True)
    registered_at = Time()
    last_seen_at = Time(allow_none=True)
    last_peer = f.String()
    good = f.Integer()
    denied = f.Integer()
    resent = f.Integer()
    quarantined = f.Integer()
    test_until = Time(allow_none=True)


class TransmitterQuery(PageQuery):
    estate = f.UUID(load_default=None)


class NewTransmitterSchema(Schema):
    estate_id = f.UUID(required=True)
    name = f.String(required=True, validate=NAME)
    name_en = f.String(load_default="", validate=Length(0, 80))
    source_address = f.Integer(required=True, strict=True, validate=ADDRESS)
    profile = f.String(load_default="standard", validate=OneOf(list(PROFILES)))
    network = f.String(load_default=None, allow_none=True, validate=Length(1, 64))
    building_id = f.UUID(load_default=None, allow_none=True)
    identity = f.String(load_default=None, allow_none=True, validate=OneOf(list(Identity)))
    silent_after_s = f.Integer(load_default=None, allow_none=True, validate=SILENCE)


class ChangeTransmitterSchema(Schema):
    name = f.String(validate=NAME)
    name_en = f.String(validate=Length(0, 80))
    profile = f.String(validate=OneOf(list(PROFILES)))
    network = f.String(allow_none=True, validate=Length(1, 64))
    building_id = f.UUID(allow_none=True)
    identity = f.String(validate=OneOf(list(Identity)))
    silent_after_s = f.Integer(validate=SILENCE)
    source_address = f.Integer(strict=True, validate=ADDRESS)


class TransmitterTestSchema(Schema):
    minutes = f.Integer(required=True, strict=True, validate=Range(1, 480))


class ProfileSchema(Answer):
    name = f.String()
    zh = f.String()
    en = f.String()
    identity = f.String()
    heartbeat = f.String()


class ProfilesSchema(Answer):
    items = f.List(f.Nested(ProfileSchema))


class FrameSchema(Answer):
    """One frame of the last day: its bytes in hex, what became of it, and what it says."""

    id = Id()
    received_at = Time()
    peer = f.String()
    outcome = f.String()
    serial = f.Integer()
    command = f.Integer()
    type = f.Integer(allow_none=True)
    hex = f.String()
    items = f.List(f.Dict())
    problems = f.List(f.String())


class StrangerSchema(Answer):
    """Somebody in quarantine. `key` names it for adopt."""

    key = f.String()
    peer = f.String()
    source_address = f.Integer()
    destination = f.Integer()
    port = f.Integer()
    frames = f.Integer()
    has_fire = f.Boolean()
    first_at = Time()
    last_at = Time()


class StrangersSchema(Answer):
    items = f.List(f.Nested(StrangerSchema))
    next = Id(allow_none=True)


class AdoptSchema(Schema):
    estate_id = f.UUID(required=True)
    name = f.String(required=True, validate=NAME)
    name_en = f.String(load_default="", validate=Length(0, 80))
    profile = f.String(load_default="standard", validate=OneOf(list(PROFILES)))
    building_id = f.UUID(load_default=None, allow_none=True)


class FaultStageSchema(Answer):
    label = f.String()
    at = Time(allow_none=True)


class FaultFloorSchema(Answer):
    label = f.String()
    ordinal = f.Integer()


class FaultSchema(Answer):
    """A fault in the reader's language; `steps` say where it stands."""

    id = Id()
    device_id = Id(allow_none=True)
    transmitter_id = Id()
    kind = f.String()
    title = f.String()
    meaning = f.String()
    since = Time()
    recovered_at = Time(allow_none=True)
    state = f.String()
    steps = f.List(f.Nested(FaultStageSchema))
    floor = f.Nested(FaultFloorSchema, allow_none=True)
    building = f.Nested(DeviceBuildingSchema, allow_none=True)
    place = f.String()


class FaultQuery(PageQuery):
    state = f.String(load_default="open", validate=OneOf(["open", "recovered", "all"]))
    building = f.UUID(load_default=None)
