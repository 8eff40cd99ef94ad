"""What the building's own devices say: transmitters, devices, signals, readings, faults (GB 50440, GB/T 26875)."""

from __future__ import annotations

from typing import Any


def register(api: Any) -> None:
    from backend.monitoring import routes, routes_transmitters

    for blueprint in (routes.blueprint, routes_transmitters.blueprint):
        api.register_blueprint(blueprint)
