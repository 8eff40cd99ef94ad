"""Rising edges: when a repeated bit is news. Pure, on what is known of a point or a system."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from backend.monitoring.danger import Category, Danger, Evidence
from backend.monitoring.models import DeviceState

QUIET = timedelta(seconds=60)
"""A point whose bit was gone for so long is armed again, reset or not: a reset may never have reached us."""

_BITS = (
    (1 << 2 | 1 << 8, DeviceState.FAULT),
    (1 << 3, DeviceState.SHIELDED),
    (1 << 4, DeviceState.SUPERVISORY),
    (1 << 5, DeviceState.STARTED),
    (1 << 6, DeviceState.FEEDBACK),
)


@dataclass(slots=True)
class Last:
    """The last word of a point (or system). `danger` and `danger_at` are latched.

    `cleared_at` is since when the danger's bit is gone, `written_at` is the `seen_at` that the database has.
    """

    since: datetime
    seen_at: datetime
    state: str = DeviceState.UNKNOWN
    flags: int = 0
    danger: str | None = None
    category: str | None = None
    danger_at: datetime | None = None
    cleared_at: datetime | None = None
    silenced_until: datetime | None = None
    is_changed: bool = False
    written_at: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.written_at = self.seen_at

    def hear(self, word: int, danger: Danger | None, at: datetime, tested_until: datetime | None = None) -> bool:
        """Take in a status word; True when it is a rising edge of danger. `tested_until`: when a test ended here."""
        rises = danger is not None and self._rises(danger, at, tested_until)
        state = state_of(word, danger)
        if state != self.state:
            self.since = at
        if danger is None:
            if self.danger and self.cleared_at is None:
                self.cleared_at = at
        elif rises:
            self.danger, self.category, self.danger_at = danger.evidence, danger.category, at
            self.cleared_at = None
        else:
            self.cleared_at = None
        self.is_changed = self.is_changed or state != self.state or word != self.flags or rises
        self.state, self.flags, self.seen_at = state, word, at
        return rises

    def _rises(self, danger: Danger, at: datetime, tested_until: datetime | None) -> bool:
        if self.danger is None:
            return True
        if tested_until and self.danger_at and self.danger_at < tested_until:
            return True  # it was told as a test, and the test is over: what still burns does not
        if danger.evidence == Evidence.CONFIRM and self.danger != Evidence.CONFIRM:
            return True
        return self.cleared_at is not None and at - self.cleared_at >= QUIET

    def release(self, at: datetime) -> None:
        """A reset: the next danger is news again. The state waits for the next word, without the danger."""
        if self.danger is None and self.cleared_at is None:
            return
        if self.state in (DeviceState.FIRE, DeviceState.ALARM):
            self.state, self.since, self.flags = DeviceState.NORMAL, at, 1
        self.danger = self.category = self.danger_at = self.cleared_at = None
        self.is_changed = True


def state_of(word: int, danger: Danger | None) -> DeviceState:
    """The one word shown for a status word: danger first, then fault, shielded and so on. Bit 0 is not looked at."""
    if danger is not None:
        return DeviceState.FIRE if danger.category == Category.FIRE else DeviceState.ALARM
    return next((state for bits, state in _BITS if word & bits), DeviceState.NORMAL)
