"""Where people live: areas, estates, buildings, floors, dwellings, and who lives in them."""

from __future__ import annotations

from typing import Any


def register(api: Any) -> None:
    from backend.places import routes, routes_admin, routes_household

    for blueprint in (routes.blueprint, routes_household.blueprint, routes_admin.blueprint):
        api.register_blueprint(blueprint)
