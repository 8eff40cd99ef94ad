"""From what a function returns to bytes: RFC 3339 in UTC, ids as strings."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import marshmallow as ma
import orjson

if TYPE_CHECKING:
    from flask import Response

OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_NAIVE_UTC


def dumps(data: Any) -> bytes:
    """JSON bytes; datetimes become RFC 3339 in UTC with Z, UUIDs strings."""
    return orjson.dumps(data, option=OPTIONS)


def respond(result: Any, out: Any, status: int) -> Response:
    """A JSON response of `result` by the schema `out` (class or instance); Responses pass as they are."""
    from flask import Response  # here, so that the stream's writers load no Flask

    if isinstance(result, Response):
        return result
    if isinstance(result, tuple):
        result, status = result
    if out is None:
        return Response(status=204 if result is None and status == 200 else status)
    shape = out() if isinstance(out, type) else out
    return Response(dumps(shape.dump(result)), status=status, mimetype="application/json")


class Time(ma.fields.Field[datetime]):
    """An aware time; written as RFC 3339 in UTC with Z, read with any offset."""

    default_error_messages = {"invalid": "Not an RFC 3339 time with an offset."}  # noqa: RUF012  # marshmallow's way

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **kwargs: Any) -> datetime | None:
        return value

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        try:
            found = datetime.fromisoformat(value)
        except (TypeError, ValueError):
            raise self.make_error("invalid") from None
        if found.tzinfo is None:
            raise self.make_error("invalid")
        return found


class Id(ma.fields.UUID):
    """A UUID, as a string outside."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return str(value) if isinstance(value, UUID | str) else None
