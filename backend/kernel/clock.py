"""What time it is: the only place that asks. Times are aware and in UTC."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta


class Frozen:
    """A clock that stands until it is told to go on; tests hold it by `freeze`."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def tick(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


_frozen: Frozen | None = None


def now() -> datetime:
    return _frozen.at if _frozen else datetime.now(UTC)


def unix_ns() -> int:
    """Nanoseconds since 1970 of the real clock, for ids: also under `freeze` no two rows get the same."""
    return time.time_ns()


def monotonic() -> float:
    """Seconds of a clock that never jumps; for durations only."""
    return time.monotonic()


@contextmanager
def freeze(at: datetime) -> Iterator[Frozen]:
    """For tests: `now()` answers `at` until the block ends or `tick` moves it."""
    global _frozen
    before, _frozen = _frozen, Frozen(at)
    try:
        yield _frozen
    finally:
        _frozen = before
