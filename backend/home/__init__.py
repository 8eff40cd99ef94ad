"""The first screen: one glance at the building, composed of places, monitoring, incidents and who is on watch."""

from __future__ import annotations

from typing import Any


def register(api: Any) -> None:
    from backend.home import routes

    api.register_blueprint(routes.blueprint)
