"""Delivers: a notice to one person, over the ways that person has, until it arrived. Knows nothing but the kernel.

Serves the duty to tell everybody concerned at once and to know who was reached."""

from typing import Any

from notifications.sending import Recipient, send

__all__ = ["Recipient", "register", "send"]


def register(api: Any) -> None:
    """Add the operations of the inbox, of push subscriptions and of receipts."""
    from notifications.routes import BLUEPRINTS

    for blueprint in BLUEPRINTS:
        api.register_blueprint(blueprint)
