"""The API's description as a page to read: no script, nothing from elsewhere, made of the same document."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from html import escape
from typing import Any

import flask_smorest
from flask import Blueprint, Response, current_app

from backend.kernel.access import PUBLIC

STYLE = """
body{font:16px/1.5 -apple-system,"PingFang SC","Noto Sans CJK SC",system-ui,sans-serif;margin:0 auto;max-width:60rem;
padding:1.5rem;color:#0D2023;background:#F5F8F7}
h1,h2{line-height:1.2}h2{margin-top:2.5rem;border-bottom:1px solid #B4C2C0}
article{padding:.75rem 0;border-bottom:1px solid #DCE4E2}article h3{margin:0;font-size:1rem;font-weight:700}
code{font-family:ui-monospace,monospace;color:#084C4E;overflow-wrap:anywhere}p{margin:.25rem 0;color:#3F5255}
a{color:#0A5A5C}li{margin:.25rem 0}
@media(prefers-color-scheme:dark){body{color:#EAF1F0;background:#0B1416}code,a{color:#8FD6CE}p{color:#B3C2C1}}
"""
_DIGEST = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = f"default-src 'none'; style-src 'sha256-{_DIGEST}'; base-uri 'none'; frame-ancestors 'none'"
METHODS = ("get", "post", "put", "patch", "delete")


def page_of_the_api(api: flask_smorest.Api) -> Blueprint:
    """The blueprint of `/api`: every operation by its feature, with its permission, its shapes and their fields."""
    blueprint = Blueprint("api_page", __name__)

    @blueprint.get("/api")
    def read() -> Response:
        answer = Response(_page(api.spec.to_dict()), mimetype="text/html")
        answer.headers["Content-Security-Policy"] = POLICY
        return answer

    return blueprint


def _page(spec: dict[str, Any]) -> str:
    tags: dict[str, list[str]] = {}
    for path, operations in sorted(spec["paths"].items()):
        for method in METHODS:
            if method in operations:
                one = operations[method]
                tags.setdefault(one["tags"][0], []).append(_operation(path, method, one, operations))
    sections = "".join(f"<h2 id='{escape(t)}'>{escape(t)}</h2>{''.join(ops)}" for t, ops in tags.items())
    shapes = "".join(_shape(name, schema) for name, schema in sorted(spec["components"]["schemas"].items()))
    contents = " · ".join(f"<a href='#{escape(t)}'>{escape(t)}</a>" for t in tags)
    title = escape(spec["info"]["title"])
    return (
        f"<!doctype html><html lang='en'><head><meta charset='utf-8'><title>{title} API</title>"
        f"<meta name='viewport' content='width=device-width'><style>{STYLE}</style></head><body><h1>{title} API</h1>"
        "<p>The same as a document: <a href='/api/openapi.json'>/api/openapi.json</a> (OpenAPI 3.1).</p>"
        f"<p>{contents} · <a href='#shapes'>shapes</a></p>{sections}<h2 id='shapes'>shapes</h2>{shapes}</body></html>"
    )


def _operation(path: str, method: str, one: dict[str, Any], shared: dict[str, Any]) -> str:
    lines = [f"needs <code>{escape(_permission(one['operationId']))}</code>"]
    parameters = [*shared.get("parameters", []), *one.get("parameters", [])]
    if parameters:
        names = (f"<code>{escape(p['name'])}</code>{'' if p.get('required') else '?'}" for p in parameters)
        lines.append("takes " + ", ".join(names))
    if "requestBody" in one:
        lines.append("body " + ", ".join(_named(one["requestBody"])))
    answers = [f"{status} {', '.join(_named(answer))}" for status, answer in one["responses"].items() if status < "3"]
    lines.append("gives " + "; ".join(answers))
    head = f"<h3><code>{method.upper()} {escape(path)}</code> {escape(one.get('summary', ''))}</h3>"
    return f"<article>{head}{''.join(f'<p>{line}</p>' for line in lines)}</article>"


def _permission(operation: str) -> str:
    view = current_app.view_functions.get(operation)
    needs = getattr(view, "permission", PUBLIC)
    return "nothing, it is public" if needs == PUBLIC else needs


def _named(content: dict[str, Any]) -> Iterator[str]:
    for media in content.get("content", {}).values():
        name = media.get("schema", {}).get("$ref", "").rpartition("/")[2]
        yield f"<a href='#{escape(name)}'><code>{escape(name)}</code></a>" if name else "data"


def _shape(name: str, schema: dict[str, Any]) -> str:
    required = set(schema.get("required", []))
    fields = "".join(
        f"<li><code>{escape(field)}</code>{'' if field in required else '?'} {escape(_kind(kind))}</li>"
        for field, kind in schema.get("properties", {}).items()
    )
    return f"<article id='{escape(name)}'><h3><code>{escape(name)}</code></h3><ul>{fields}</ul></article>"


def _kind(kind: dict[str, Any]) -> str:
    if "$ref" in kind:
        return str(kind["$ref"].rpartition("/")[2])
    if kind.get("type") == "array":
        return "list of " + _kind(kind["items"])
    types = kind.get("type", "anything")
    base = " or ".join(types) if isinstance(types, list) else str(types)
    return f"{base} ({kind['format']})" if "format" in kind else base
