"""Shapes of the inbox, of push subscriptions, of receipts."""

from __future__ import annotations

import marshmallow as ma

from backend.kernel import egress
from backend.kernel.api import Schema
from backend.kernel.jsonable import Id, Time
from notifications.models import CHANNELS, PROOFS, STATES, URGENCIES


def _may_be_called(endpoint: str) -> None:
    """The egress guard, before any transaction is open: https and a public address, or 422 EgressRefused."""
    egress.resolve(endpoint)


class SubjectSchema(Schema):
    kind = ma.fields.String(required=True)
    id = Id(required=True)


class NoticeSchema(Schema):
    """One item of the inbox, in the reader's language; `url` is a path of the app."""

    id = Id(required=True)
    kind = ma.fields.String(required=True)
    title = ma.fields.String(required=True)
    body = ma.fields.String(required=True)
    url = ma.fields.String(required=True)
    urgency = ma.fields.String(required=True, validate=ma.validate.OneOf(URGENCIES))
    created_at = Time(required=True)
    read_at = Time(required=True, allow_none=True)
    ended_at = Time(required=True, allow_none=True)
    subject = ma.fields.Nested(SubjectSchema, required=True)


class ReadSchema(Schema):
    """`ids` of the notices that were read, or `all`."""

    ids = ma.fields.List(Id(), load_default=list, validate=ma.validate.Length(max=200))
    all = ma.fields.Boolean(load_default=False)


class QuietSchema(Schema):
    """Quiet hours in minutes after midnight, China's time; both null: none. They never hold back an alarm."""

    quiet_from = ma.fields.Integer(required=True, allow_none=True, validate=ma.validate.Range(0, 1439))
    quiet_until = ma.fields.Integer(required=True, allow_none=True, validate=ma.validate.Range(0, 1439))


class KeySchema(Schema):
    public_key = ma.fields.String(required=True)


class BrowserKeysSchema(Schema):
    p256dh = ma.fields.String(required=True, validate=ma.validate.Length(max=200))
    auth = ma.fields.String(required=True, validate=ma.validate.Length(max=100))


class SubscriptionSchema(Schema):
    """The browser's PushSubscription.toJSON(); `replaces` is the address it had before."""

    endpoint = ma.fields.String(required=True, validate=[ma.validate.Length(1, 2048), _may_be_called])
    expirationTime = ma.fields.Float(load_default=None, allow_none=True)  # the browser's spelling
    keys = ma.fields.Nested(BrowserKeysSchema, required=True)
    replaces = ma.fields.String(load_default=None, allow_none=True, validate=ma.validate.Length(max=2048))


class SavedSchema(Schema):
    id = Id(required=True)


class TestSchema(Schema):
    notice_id = Id(required=True)


class HopsSchema(Schema):
    """When the test passed each hop; `reason` says in the person's language why it does not go on."""

    notice_id = Id(required=True)
    created_at = Time(required=True)
    queued_at = Time(required=True)
    accepted_at = Time(required=True, allow_none=True)
    received_at = Time(required=True, allow_none=True)
    shown_at = Time(required=True, allow_none=True)
    opened_at = Time(required=True, allow_none=True)
    answered_at = Time(required=True, allow_none=True)
    channel = ma.fields.String(required=True, allow_none=True, validate=ma.validate.OneOf(CHANNELS))
    state = ma.fields.String(required=True, validate=ma.validate.OneOf(STATES))
    reason = ma.fields.String(required=True, allow_none=True)


class ReceiptSchema(Schema):
    """`token` came in the push; `action` is the button that was pressed."""

    token = ma.fields.String(required=True, validate=ma.validate.Length(1, 400))
    event = ma.fields.String(required=True, validate=ma.validate.OneOf(PROOFS))
    action = ma.fields.String(load_default=None, allow_none=True, validate=ma.validate.Length(max=40))
