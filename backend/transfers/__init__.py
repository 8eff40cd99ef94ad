"""Transfers: an estate with its devices, transmitters and people comes in and goes out as CSV."""

from __future__ import annotations

from typing import Any


def register(api: Any) -> None:
    """Add the operations; imported here so that processes without a web server do not load Flask."""
    from backend.transfers.routes import exports, imports

    api.register_blueprint(imports)
    api.register_blueprint(exports)
