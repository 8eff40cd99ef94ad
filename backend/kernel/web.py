"""What every answer has: one error shape, safe headers, the OpenAPI page."""

from __future__ import annotations

from typing import Any

import flask_smorest
import marshmallow as ma
import structlog
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Flask, Response, request
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from backend.kernel import access
from backend.kernel.config import settings
from backend.kernel.errors import DomainError, Invalid, NotFound, TooLarge
from backend.kernel.jsonable import Id, Time, dumps

log = structlog.get_logger(__name__)
KNOWN = {404: NotFound, 413: TooLarge, 422: Invalid}


class DatabaseAway(DomainError):
    status = 503
    zh = "系统暂时连不上数据库，已在恢复；紧急情况请直接拨打 119。"
    en = "The database cannot be reached right now. In an emergency call 119."


class Unexpected(DomainError):
    status = 500
    zh = "系统出错了，已经记录；紧急情况请直接拨打 119。"
    en = "Something went wrong on our side and was logged. In an emergency call 119."


def language() -> str:
    """zh or en, as Accept-Language says; Chinese first."""
    return request.accept_languages.best_match(["zh", "en"], default="zh")


def refuse(error: DomainError) -> Response:
    body = {"code": error.code, "message": error.message(language()), "details": error.details}
    answer = Response(dumps(body), status=error.status, mimetype="application/json")
    if "retry_after_s" in error.details:
        answer.headers["Retry-After"] = str(error.details["retry_after_s"])
    return answer


class ErrorSchema(ma.Schema):
    """The one error shape; `details` of a conflict carry the current state."""

    code = ma.fields.String(required=True)
    message = ma.fields.String(required=True)
    details = ma.fields.Dict(required=True)


class Api(flask_smorest.Api):
    """smorest's Api, with our own error shape and handlers in place of its."""

    ERROR_SCHEMA = ErrorSchema

    def _register_error_handlers(self) -> None:
        pass


def set_up(app: Flask) -> flask_smorest.Api:
    """Error handlers, headers, proxies and the API object."""
    app.config.update(
        API_TITLE="Shouwang 守望",
        API_VERSION="1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/api",
        OPENAPI_JSON_PATH="openapi.json",
        MAX_CONTENT_LENGTH=1_000_000,
        PROPAGATE_EXCEPTIONS=False,
    )
    if settings().trusted_proxies:
        hops = settings().trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]  # Flask's documented way
    app.register_error_handler(DomainError, refuse)
    app.register_error_handler(OperationalError, lambda error: _failed(DatabaseAway(), error))
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, lambda error: _failed(Unexpected(), error))
    app.after_request(_headers)
    return _api(app)


def _api(app: Flask) -> flask_smorest.Api:
    plugin = MarshmallowPlugin(schema_name_resolver=_schema_name)
    session = {"type": "apiKey", "in": "cookie", "name": "session"}
    api = Api(app, spec_kwargs={"marshmallow_plugin": plugin, "security": [{"session": []}]})
    api.register_field(Time, "string", "date-time")
    api.register_field(Id, "string", "uuid")
    api.spec.components.security_scheme("session", session)
    return api


def _schema_name(schema: Any) -> str:
    cls = ma.class_registry.get_class(schema) if isinstance(schema, str) else schema
    cls = cls if isinstance(cls, type) else type(cls)
    return str(cls.__name__).removesuffix("Schema")


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    kind = KNOWN.get(status)
    if kind is None:
        kind = type(error.name.replace(" ", ""), (DomainError,), {"status": status})
    details = getattr(error, "data", {}).get("messages", {}) if hasattr(error, "data") else {}
    return refuse(kind(fields=details) if details else kind())


def _failed(answer: DomainError, error: Exception) -> Response:
    who = access.current()
    log.error("request failed", path=request.path, person=str(who.person_id) if who else None, exc_info=error)
    return refuse(answer)


def _headers(answer: Response) -> Response:
    answer.headers.setdefault("X-Content-Type-Options", "nosniff")
    answer.headers.setdefault("Referrer-Policy", "no-referrer")
    answer.headers.setdefault("X-Frame-Options", "DENY")
    if request.path.startswith("/api/"):
        answer.headers.setdefault("Cache-Control", "no-store")
    return answer
