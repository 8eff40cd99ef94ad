"""Short messages: the port of the providers, and the path of one-time codes, which are no notices."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import structlog

from backend.kernel.config import settings
from notifications.channels import console

log = structlog.get_logger(__name__)
# A provider takes (phone, text) pairs and answers for each: None when taken, else why not.
Provider = Callable[[Sequence[tuple[str, str]]], list[str | None]]
PROVIDERS: dict[str, Provider] = {"console": console.send}


def send(messages: Sequence[tuple[str, str]]) -> list[str | None]:
    """Hand (phone, text) pairs to the provider; for each None, or why it was not taken. Never raises."""
    try:
        return PROVIDERS[settings().sms_provider](messages)
    except Exception as error:  # a provider's bug must not stop the pushes that share its worker
        log.error("sms provider failed", error=str(error))
        return [f"{type(error).__name__}: {error}"] * len(messages)


def send_now(phone: str, text: str) -> bool:
    """Send one message at once (one-time codes). True when the provider took it; refusals are logged, not raised."""
    error = send([(phone, text)])[0]
    if error:
        log.error("sms not sent", error=error)
    return error is None
