"""The demo's roster: this month's shifts and the next weeks', twelve hours each, changed at 8 and 20 o'clock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from itertools import cycle, islice
from typing import Any
from uuid import UUID

from backend.kernel.ids import new_id

BEIJING = timezone(timedelta(hours=8))
HALF_DAY = timedelta(hours=12)
AHEAD = timedelta(days=45)


def shifts(
    duty: str,
    scope_kind: str,
    scope_id: UUID,
    always: Iterable[UUID],
    turning: Iterable[UUID],
    each: int,
    now: datetime,
) -> Iterator[dict[str, Any]]:
    """Rows of `shifts`: `each` of `turning` in turn, and `always` in every one of them.

    Who signs in to the demo is `always` on, so that the alarm rings for them at whatever hour they try it.
    """
    wheel = cycle(turning)
    start = _month(now)
    while start < now + AHEAD:
        for person_id in [*always, *islice(wheel, each)]:
            yield {
                "id": new_id(),
                "duty": duty,
                "scope_kind": scope_kind,
                "scope_id": scope_id,
                "person_id": person_id,
                "starts_at": start,
                "ends_at": start + HALF_DAY,
            }
        start += HALF_DAY


def _month(now: datetime) -> datetime:
    """Eight o'clock on the last day before this month, so that the night of the first is kept too."""
    first = now.astimezone(BEIJING).replace(day=1, hour=8, minute=0, second=0, microsecond=0)
    return (first - timedelta(days=1)).astimezone(UTC)
