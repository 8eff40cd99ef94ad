"""Shapes of imports and exports."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from backend.kernel.jsonable import Id, Time
from backend.kernel.shapes import Schema, page_of
from backend.transfers.layouts import LAYOUTS


def _file(zh: str) -> fields.Raw:
    return fields.Raw(metadata={"type": "string", "format": "binary", "description": zh})


class ImportFilesSchema(Schema):
    """multipart/form-data: at least one of the four CSV files."""

    estate = _file("places: rows of estate, building, floor, gate, hydrant")
    transmitters = _file("transmitters of the estate")
    devices = _file("devices of these transmitters")
    people = _file("people and what they are in the estate")

    @validates_schema
    def _at_least_one(self, data: dict[str, Any], **_: Any) -> None:
        if not data:
            raise ValidationError(f"Send at least one of: {', '.join(LAYOUTS)}.")


class ImportQuery(Schema):
    estate_id = fields.UUID(load_default=None)


class RowErrorSchema(Schema):
    """`row` counts as the spreadsheet does: the header is 1; 0 stands for the whole file."""

    file = fields.String(required=True)
    row = fields.Integer(required=True)
    column = fields.String(required=True)
    message = fields.String(required=True)


class TransferSchema(Schema):
    id = Id(required=True)
    state = fields.String(required=True, validate=validate.OneOf(["queued", "running", "done", "refused", "failed"]))
    estate_id = Id(required=True, allow_none=True)
    files = fields.List(fields.String(), required=True)
    counts = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    created_at = Time(required=True)
    finished_at = Time(required=True, allow_none=True)


class ImportSchema(TransferSchema):
    error_count = fields.Integer(required=True)
    errors = fields.List(fields.Nested(RowErrorSchema), required=True)


class ExportSchema(TransferSchema):
    reason = fields.String(required=True)
    is_unmasked = fields.Boolean(required=True)
    files_until = Time(required=True, allow_none=True)
    errors = fields.List(fields.Nested(RowErrorSchema), required=True)


ImportPage = page_of(TransferSchema)
ExportPage = page_of(ExportSchema)


class ExportAskSchema(Schema):
    estate_id = fields.UUID(required=True)
    reason = fields.String(required=True, validate=[validate.Length(2, 200), validate.ContainsNoneOf("\x00")])
    unmasked = fields.Boolean(load_default=False)


class ColumnSchema(Schema):
    name = fields.String(required=True)
    zh = fields.String(required=True)
    needed = fields.List(fields.String(), required=True)


class LayoutSchema(Schema):
    file = fields.String(required=True)
    columns = fields.List(fields.Nested(ColumnSchema), required=True)
    most_rows = fields.Integer(required=True)


class LayoutsSchema(Schema):
    items = fields.List(fields.Nested(LayoutSchema), required=True)
    next = Id(allow_none=True)
