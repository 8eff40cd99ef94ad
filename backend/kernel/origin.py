"""Requests of other sites are refused: browsers say where a request comes from, scripts need not."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import request

from backend.kernel.config import settings
from backend.kernel.errors import ForeignOrigin


def check() -> None:
    """Refuse a write whose Sec-Fetch-Site or Origin is present and foreign to this host."""
    site = request.headers.get("Sec-Fetch-Site")
    if site and site not in ("same-origin", "none"):
        raise ForeignOrigin()
    origin = request.headers.get("Origin")
    if origin and urlsplit(origin).netloc not in (request.host, urlsplit(settings().public_url).netloc):
        raise ForeignOrigin()


def address() -> str:
    """The client's address, behind TRUSTED_PROXIES proxies at most."""
    return request.remote_addr or ""
