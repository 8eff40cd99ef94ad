"""What every answer has: one error shape, safe headers, the OpenAPI page."""

from __future__ import annotations

from typing import Any

import flask_smorest
import marshmallow as ma
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Flask, Response, request
from werkzeug.middleware.proxy_fix import ProxyFix

from backend.kernel import lane, refusals
from backend.kernel.config import settings
from backend.kernel.jsonable import Id, Time

SAFE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    # A responder's arrival and a caller's place; the screen of who is on shift. A photo's file input needs none.
    "Permissions-Policy": "geolocation=(self), screen-wake-lock=(self), camera=(), microphone=(), payment=(), usb=()",
}
HSTS = "max-age=31536000"
"""A year, for this host only: its other subdomains are not ours to bind."""


class ErrorSchema(ma.Schema):
    """The one error shape; `details` of a conflict carry the current state."""

    code = ma.fields.String(required=True)
    message = ma.fields.String(required=True)
    details = ma.fields.Dict(required=True)


class Api(flask_smorest.Api):  # type: ignore[misc]  # smorest has no types
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
    app.wsgi_app = lane.Lane(app.wsgi_app)  # type: ignore[method-assign]  # Flask's documented way
    app.before_request(lane.check)
    refusals.set_up(app)
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


def _headers(answer: Response) -> Response:
    """Pages bring a Content-Security-Policy of their own (spa, api_page); what is no page loads nothing."""
    for name, value in SAFE.items():
        answer.headers.setdefault(name, value)
    if settings().is_https:
        answer.headers.setdefault("Strict-Transport-Security", HSTS)
    if request.path.startswith("/api/"):
        answer.headers.setdefault("Cache-Control", "no-store")
    return answer
