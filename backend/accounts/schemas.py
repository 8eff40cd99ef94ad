"""Shapes of accounts, in and out."""

from __future__ import annotations

import marshmallow as ma
from marshmallow import fields, validate

from backend.accounts.roles import ROLES
from backend.kernel.jsonable import Id, Time
from backend.kernel.shapes import PageQuery, Schema, page_of

LANGUAGES = validate.OneOf(["zh", "en"])
NAME = validate.Length(max=40)
NO_NUL = validate.ContainsNoneOf("\x00")


class CodeAskSchema(Schema):
    phone = fields.String(required=True, validate=validate.Length(1, 40))


class CodeSentSchema(Schema):
    retry_after_s = fields.Integer(required=True)


class SignInSchema(Schema):
    phone = fields.String(required=True, validate=validate.Length(1, 40))
    code = fields.String(required=True, validate=validate.Length(1, 20))


class ScopeSchema(Schema):
    kind = fields.String(required=True, attribute="scope_kind")
    id = Id(required=True, allow_none=True, attribute="scope_id")
    name = fields.String(required=True, attribute="scope_name")
    name_en = fields.String(required=True, attribute="scope_name_en")


class HeldRoleSchema(Schema):
    """One role a person holds. `id` is the grant's."""

    id = Id(required=True)
    role = fields.String(required=True, validate=validate.OneOf(list(ROLES)))
    scope = fields.Nested(ScopeSchema, required=True, attribute="self")

    @ma.pre_dump
    def _wrap(self, grant: object, **_: object) -> dict[str, object]:
        return {"id": getattr(grant, "id", None), "role": getattr(grant, "role", None), "self": grant}


class NamedSchema(Schema):
    id = Id(required=True)
    name = fields.String(required=True)


class HomeDwellingSchema(Schema):
    id = Id(required=True)
    number = fields.String(required=True)


class HomeFloorSchema(Schema):
    label = fields.String(required=True)
    ordinal = fields.Integer(required=True)


class HomePlaceSchema(NamedSchema):
    name_en = fields.String(required=True)


class HomeSchema(Schema):
    """Where a person lives, or has asked to be admitted to."""

    residency_id = Id(required=True)
    state = fields.String(required=True, validate=validate.OneOf(["asked", "admitted", "refused", "ended"]))
    dwelling = fields.Nested(HomeDwellingSchema, required=True)
    floor = fields.Nested(HomeFloorSchema, required=True)
    building = fields.Nested(HomePlaceSchema, required=True)
    estate = fields.Nested(HomePlaceSchema, required=True, allow_none=True)


class MeSchema(Schema):
    id = Id(required=True)
    name = fields.String(required=True)
    phone_masked = fields.String(required=True)
    language = fields.String(required=True, validate=LANGUAGES)
    is_large = fields.Boolean(required=True)
    confirmed_at = Time(required=True, allow_none=True)
    roles = fields.List(fields.Nested(HeldRoleSchema), required=True)
    permissions = fields.List(fields.String(), required=True)
    homes = fields.List(fields.Nested(HomeSchema), required=True)


class MeEditSchema(Schema):
    name = fields.String(validate=[validate.Length(1, 40), NO_NUL])
    language = fields.String(validate=LANGUAGES)
    is_large = fields.Boolean()


class SessionSchema(Schema):
    id = Id(required=True)
    created_at = Time(required=True)
    seen_at = Time(required=True)
    user_agent = fields.String(required=True)
    is_current = fields.Boolean(required=True)


class SessionsSchema(Schema):
    items = fields.List(fields.Nested(SessionSchema), required=True)
    next = Id(allow_none=True)


class PersonSchema(Schema):
    id = Id(required=True, attribute="person.id")
    name = fields.String(required=True)
    phone_masked = fields.String(required=True, attribute="person.phone_masked")
    language = fields.String(required=True, attribute="person.language")
    created_at = Time(required=True, attribute="person.created_at")
    confirmed_at = Time(required=True, allow_none=True, attribute="person.confirmed_at")
    roles = fields.List(fields.Nested(HeldRoleSchema), required=True, attribute="grants")


PersonPage = page_of(PersonSchema)


class PeopleQuery(PageQuery):
    phone = fields.String(load_default=None, validate=validate.Length(1, 40))
    role = fields.String(load_default=None, validate=[validate.Length(max=40), NO_NUL])


class PersonAddSchema(Schema):
    phone = fields.String(required=True, validate=validate.Length(1, 40))
    name = fields.String(load_default="", validate=[NAME, NO_NUL])
    language = fields.String(load_default="zh", validate=LANGUAGES)


class ScopeInSchema(Schema):
    kind = fields.String(required=True, validate=validate.Length(max=20))
    id = Id(load_default=None, allow_none=True)


class GrantSchema(Schema):
    role = fields.String(required=True, validate=validate.Length(max=40))
    scope = fields.Nested(ScopeInSchema, required=True)


class ReasonSchema(Schema):
    reason = fields.String(required=True, validate=[validate.Length(2, 200), NO_NUL])


class PhoneSchema(Schema):
    phone = fields.String(required=True)


class RoleSchema(Schema):
    name = fields.String(required=True)
    zh = fields.String(required=True)
    en = fields.String(required=True)
    scope_kinds = fields.List(fields.String(), required=True)
    permissions = fields.List(fields.String(), required=True)
    building_permissions = fields.List(fields.String(), required=True)
    is_offered = fields.Boolean(required=True)


class RolesSchema(Schema):
    items = fields.List(fields.Nested(RoleSchema), required=True)
    next = Id(allow_none=True)


class PolicyRowSchema(Schema):
    scope_path = fields.String(required=True)
    value = fields.Raw(required=True)
    changed_at = Time(required=True)
    changed_by = Id(required=True, allow_none=True)


class PolicySchema(Schema):
    name = fields.String(required=True)
    default = fields.Raw(required=True)
    help = fields.String(required=True)
    rows = fields.List(fields.Nested(PolicyRowSchema), required=True)


class PoliciesSchema(Schema):
    items = fields.List(fields.Nested(PolicySchema), required=True)
    next = Id(allow_none=True)


class PolicyPutSchema(Schema):
    scope = fields.Nested(ScopeInSchema, required=True)
    value = fields.Raw(required=True)


class AuditQuery(PageQuery):
    action = fields.String(load_default=None, validate=[validate.Length(max=80), NO_NUL])
    subject_kind = fields.String(load_default=None, validate=[validate.Length(max=80), NO_NUL])
    subject_id = fields.String(load_default=None, validate=[validate.Length(max=80), NO_NUL])
    person_id = fields.UUID(load_default=None)


class AuditEntrySchema(Schema):
    id = Id(required=True, attribute="entry.id")
    at = Time(required=True, attribute="entry.at")
    person = fields.Nested(NamedSchema, required=True, allow_none=True)
    action = fields.String(required=True, attribute="entry.action")
    subject_kind = fields.String(required=True, attribute="entry.subject_kind")
    subject_id = fields.String(required=True, attribute="entry.subject_id")
    scope_path = fields.String(required=True, attribute="entry.scope_path")
    details = fields.Dict(required=True, attribute="entry.details")


AuditEntryPage = page_of(AuditEntrySchema)
