"""The life of an incident: from a danger to the verdict, the rings that hear of it, roll call, exercises, the stream.

Serves the first duty of all: whoever can act hears within seconds, and nobody who was told is left without the end.
"""

from __future__ import annotations

from typing import Any


def register(api: Any) -> None:
    """Add the operations of incidents, exercises and the live stream."""
    from backend.incidents.routes import BLUEPRINTS

    for blueprint in BLUEPRINTS:
        api.register_blueprint(blueprint)
