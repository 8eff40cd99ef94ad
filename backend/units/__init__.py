"""Units with legal duties of their own (社会单位): shops, schools, hospitals, works, and their premises."""

from __future__ import annotations

from typing import Any


def register(api: Any) -> None:
    from backend.units import routes

    api.register_blueprint(routes.blueprint)
