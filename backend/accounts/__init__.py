"""Accounts: people, sign-in by one-time code, sessions, roles and the scopes they are held on."""

from __future__ import annotations

from typing import Any


def register(api: Any) -> None:
    """Add the operations; imported here so that processes without a web server do not load Flask."""
    from backend.accounts import commands, people_routes, routes, rules_routes  # noqa: F401  # commands adds to flask

    for blueprint in (routes.auth, routes.me, people_routes.people, rules_routes.rules):
        api.register_blueprint(blueprint)
