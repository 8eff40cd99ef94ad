"""From errors to answers: one shape, in the asker's language, with the next step."""

from __future__ import annotations

from typing import Any

import structlog
from flask import Flask, Response, request
from sqlalchemy.exc import DataError, OperationalError
from werkzeug.exceptions import HTTPException

from backend.kernel import access
from backend.kernel.errors import DomainError, Invalid, NotFound, TooLarge
from backend.kernel.jsonable import dumps

log = structlog.get_logger(__name__)
KNOWN = {404: NotFound, 413: TooLarge, 422: Invalid}
# What no schema sees: half a surrogate pair, a NUL or a number beyond the column, brackets nested a thousand deep.
UNSTORABLE: tuple[type[Exception], ...] = (UnicodeEncodeError, DataError, RecursionError)


class DatabaseAway(DomainError):
    status = 503
    zh = "系统暂时连不上数据库，已在恢复；紧急情况请直接拨打 119。"
    en = "The database cannot be reached right now. In an emergency call 119."


class Unexpected(DomainError):
    status = 500
    zh = "系统出错了，已经记录；紧急情况请直接拨打 119。"
    en = "Something went wrong on our side and was logged. In an emergency call 119."


def set_up(app: Flask) -> None:
    app.register_error_handler(DomainError, refuse)
    app.register_error_handler(OperationalError, lambda error: _failed(DatabaseAway(), error))
    for kind in UNSTORABLE:
        app.register_error_handler(kind, _unstorable)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, lambda error: _failed(Unexpected(), error))


def language() -> str:
    """zh or en, as Accept-Language says; Chinese first."""
    return request.accept_languages.best_match(["zh", "en"], default="zh")


def refuse(error: DomainError) -> Response:
    body = {"code": error.code, "message": error.message(language()), "details": error.details}
    answer = Response(dumps(body), status=error.status, mimetype="application/json")
    if "retry_after_s" in error.details:
        answer.headers["Retry-After"] = str(error.details["retry_after_s"])
    return answer


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    kind: type[DomainError] = KNOWN.get(status) or type(error.name.replace(" ", ""), (DomainError,), {"status": status})
    details = _named(error.data.get("messages", {})) if hasattr(error, "data") else {}
    return refuse(kind(fields=details) if details else kind())


def _named(messages: Any) -> Any:
    """marshmallow names the elements of a list by number; JSON wants names."""
    return {str(k): _named(v) for k, v in messages.items()} if isinstance(messages, dict) else messages


def _unstorable(error: Exception) -> Response:
    log.warning("request cannot be stored", path=request.path, error=type(error).__name__)
    return refuse(Invalid())


def _failed(answer: DomainError, error: Exception) -> Response:
    who = access.current()
    log.error("request failed", path=request.path, person=str(who.person_id) if who else None, exc_info=error)
    return refuse(answer)
