"""Serves the built web app: hashed files for a year, everything else with ETag and no-cache."""

from __future__ import annotations

import mimetypes
from pathlib import Path

from flask import Blueprint, Response, request, send_from_directory

from backend.kernel.errors import NotFound
from backend.kernel.hints import links

BUILD = Path(__file__).resolve().parents[2] / "pwa" / "build"
TYPES = {".webmanifest": "application/manifest+json", ".js": "text/javascript", ".svg": "image/svg+xml"}
ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
spa = Blueprint("spa", __name__)


@spa.get("/")
@spa.get("/<path:path>")
def file(path: str = "index.html") -> Response:
    """A file of the build; an address without a dot is a page of the app, any other missing file is a 404."""
    if path == "index.html":
        return _page("")
    if _is_there(path):
        return _sent(path)
    if path.startswith(("api/", "_app/")) or "." in path.rsplit("/", 1)[-1]:
        raise NotFound()
    return _page(path)


def _page(address: str) -> Response:
    if not (BUILD / "index.html").is_file():
        return Response("The web app is not built yet: run `make setup`.\n", status=503, mimetype="text/plain")
    answer = _sent("index.html")
    is_opened = request.headers.get("Sec-Fetch-Dest", "document") == "document"  # the worker keeps it for every page
    if is_opened and (hints := links(BUILD, address)):
        answer.headers["Link"] = hints
    return answer


def _is_there(path: str) -> bool:
    """Whether the build has this file; what no file can be called is not there."""
    found = BUILD / path
    try:
        return found.is_file() and found.resolve().is_relative_to(BUILD)
    except (OSError, ValueError):
        return False


def _sent(path: str) -> Response:
    encoding, suffix = next(
        ((name, end) for name, end in ENCODINGS if request.accept_encodings[name] and (BUILD / (path + end)).is_file()),
        ("", ""),
    )
    kind = TYPES.get(Path(path).suffix) or mimetypes.guess_type(path)[0] or "application/octet-stream"
    answer = send_from_directory(BUILD, path + suffix, mimetype=kind, download_name=Path(path).name, etag=True)
    if encoding:
        answer.headers["Content-Encoding"] = encoding
    answer.headers["Vary"] = "Accept-Encoding"
    immutable = path.startswith("_app/immutable/")
    answer.headers["Cache-Control"] = "public, max-age=31536000, immutable" if immutable else "no-cache"
    answer.headers["Content-Security-Policy"] = (
        "default-src 'self'" if path == "service-worker.js" else "frame-ancestors 'none'"
    )
    return answer
