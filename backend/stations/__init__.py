"""Who keeps watch: micro fire stations, police stations, the estates they cover, rosters and shifts."""

from __future__ import annotations

from typing import Any


def register(api: Any) -> None:
    from backend.stations import routes

    api.register_blueprint(routes.blueprint)
