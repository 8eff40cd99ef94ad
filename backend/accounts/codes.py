"""The rules of one-time codes, without a database: how they are made, compared, and how guessing is slowed."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime, timedelta

DIGITS = 6
VALID = timedelta(minutes=5)
TRIES = 5
SLOW_FIRST = timedelta(seconds=60)
SLOW_MOST = timedelta(hours=1)


def new_code() -> str:
    """Six random digits, each of the million equally likely."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"


def clean(text: str) -> str:
    """The code as typed on any keyboard: full-width digits and blanks are forgiven."""
    return "".join(str(int(c)) for c in text if c.isdecimal())


def same(left: bytes, right: bytes) -> bool:
    """Compare two hashes in a time that tells nothing."""
    return hmac.compare_digest(left, right)


def slowed_until(wrong: list[datetime]) -> datetime | None:
    """From when this number may be tried again from this address; None while fewer than five guesses were wrong.

    `wrong` are the times of wrong guesses, oldest first. Each five of them double the wait: 60 s, 2 min, 4 min,
    at most an hour. Only the pair of number and address is slowed, never a session that exists.
    """
    fives = len(wrong) // TRIES
    if not fives:
        return None
    wait: timedelta = SLOW_FIRST * 2 ** min(fives - 1, 10)
    return wrong[fives * TRIES - 1] + min(wait, SLOW_MOST)
