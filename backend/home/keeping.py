"""What many people look at in the same second is made once.

In a fire a whole tower opens the app at once, and all see the same building: its card, its state and who is on watch
are kept for a moment in this process. What is somebody's own, and whether something burns, is never kept.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from backend.kernel import clock

MOST = 2000
V = TypeVar("V")


class Keeper:
    """Values by key, each good for `seconds`."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._kept: dict[Hashable, tuple[float, Any]] = {}

    def get(self, key: Hashable, make: Callable[[], V]) -> V:
        """The kept value, or a fresh one."""
        now = clock.monotonic()
        found = self._kept.get(key)
        if found is not None and now < found[0]:
            return found[1]  # type: ignore[no-any-return]  # what `make` of this key returned
        value = make()
        if len(self._kept) >= MOST:
            self._kept.clear()
        self._kept[key] = (now + self.seconds, value)
        return value
