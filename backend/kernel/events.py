"""Events: what happened, in the past tense. Reactions run in the same transaction, in the order of the table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

Handler = Callable[[Any], None]
_handlers: dict[type, list[Handler]] = {}


def subscribe(table: Mapping[type, Sequence[Handler]]) -> None:
    """Take over backend.reactions.REACTIONS; called once by boot."""
    _handlers.clear()
    _handlers.update({kind: list(handlers) for kind, handlers in table.items()})


def publish(event: Any) -> None:
    for handler in _handlers.get(type(event), []):
        handler(event)
