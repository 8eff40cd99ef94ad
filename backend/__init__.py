"""Shouwang's API: create_app() and the list of features."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

# Each module's register(api) adds its blueprints. notifications is a leaf beside backend.
FEATURES = (
    "notifications",
    "backend.accounts",
    "backend.places",
    "backend.units",
    "backend.stations",
    "backend.monitoring",
    "backend.incidents",
    "backend.transfers",
    "backend.home",
)


def create_app() -> Flask:
    """The web process's application."""
    from flask import Flask

    from backend.kernel import web
    from backend.kernel.api_page import page_of_the_api
    from backend.kernel.boot import await_prepared, boot
    from backend.kernel.health import health
    from backend.kernel.spa import spa

    boot("web")
    app = Flask(__name__, static_folder=None)
    api = web.set_up(app)
    for name in FEATURES:
        importlib.import_module(name).register(api)
    app.register_blueprint(page_of_the_api(api))
    app.register_blueprint(health)
    app.register_blueprint(spa)
    await_prepared()
    return app
