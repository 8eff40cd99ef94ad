"""Ids: UUID version 7 (RFC 9562), so that rows sort by the time they were made."""

from __future__ import annotations

import os
import threading
import uuid

from backend.kernel import clock

_lock = threading.Lock()
_last = 0


def new_id() -> uuid.UUID:
    """A new UUIDv7: 48 bits of milliseconds, then a 12-bit step that keeps ids of one process in order."""
    global _last
    with _lock:
        stamp = max(clock.unix_ns() * 4096 // 1_000_000, _last + 1)
        _last = stamp
    millis, step = divmod(stamp, 4096)
    tail = int.from_bytes(os.urandom(8), "big") & ((1 << 62) - 1)
    return uuid.UUID(int=(millis << 80) | (7 << 76) | (step << 64) | (2 << 62) | tail)
