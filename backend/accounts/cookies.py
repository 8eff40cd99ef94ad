"""The session's cookie: opaque, revocable, unreadable to scripts."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import TypedDict

NAME = "session"
LIFE = timedelta(days=400)
"""As long as browsers allow: an alarm must not meet a sign-in page. A session ends by sign-out or when revoked."""


class CookieRules(TypedDict):
    """Keyword arguments of a response's set_cookie."""

    key: str
    httponly: bool
    samesite: str
    secure: bool
    path: str
    max_age: int


def rules(is_https: bool) -> CookieRules:
    """HttpOnly and SameSite=Lax always, Secure when the service is reached by https."""
    return {
        "key": NAME,
        "httponly": True,
        "samesite": "Lax",
        "secure": is_https,
        "path": "/",
        "max_age": int(LIFE.total_seconds()),
    }


def new_token() -> str:
    """256 random bits for the cookie."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> bytes:
    """What is stored of a token. It is random itself, so a plain hash cannot be reversed by guessing."""
    return hashlib.sha256(token.encode()).digest()
