"""Shapes that all operations share: the strict schema and the page of a list."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

import marshmallow as ma
from sqlalchemy import Select

from backend.kernel import db


class Schema(ma.Schema):
    """Base of all shapes: fields in the order written, unknown ones refused by name."""

    class Meta:
        unknown = ma.RAISE


class Answer(Schema):
    """A shape that is only answered, never read: all of its fields are always there, but those in `sometimes`."""

    sometimes: ClassVar[tuple[str, ...]] = ()

    def on_bind_field(self, field_name: str, field_obj: ma.fields.Field[Any]) -> None:
        field_obj.required = field_name not in self.sometimes


class Made(ma.fields.Nested):
    """A nested shape whose value is dumped already: once for many, or because it is long and plain as it is."""

    def _serialize(self, nested_obj: Any, attr: Any, obj: Any, **kwargs: Any) -> Any:  # type: ignore[override]  # its bases disagree
        return nested_obj


class PageQuery(Schema):
    limit = ma.fields.Integer(load_default=50, validate=ma.validate.Range(1, 200))
    after = ma.fields.UUID(load_default=None)


def page_of(item: type[ma.Schema]) -> type[ma.Schema]:
    """The shape `{"items": [...], "next": cursor or null}`."""
    name = item.__name__.removesuffix("Schema") + "Page"
    fields = {"items": ma.fields.List(ma.fields.Nested(item)), "next": ma.fields.UUID(allow_none=True)}
    return type(name, (Answer,), fields)


def page(query: Select[Any], model: Any, limit: int, after: UUID | None, **_: Any) -> dict[str, Any]:
    """Newest first by id (UUIDv7 sorts by time); `next` is the last id when there is more."""
    if after:
        query = query.where(model.id < after)
    rows = list(db.session().scalars(query.order_by(model.id.desc()).limit(limit + 1)))
    return {"items": rows[:limit], "next": rows[limit - 1].id if len(rows) > limit else None}
