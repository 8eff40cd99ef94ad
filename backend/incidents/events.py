"""What happens to incidents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class IncidentOpened:
    """A new one, or one that was over and is open again (`is_again`)."""

    incident_id: UUID
    at: datetime
    scope_path: str
    building_id: UUID | None
    is_exercise: bool
    is_again: bool


@dataclass(frozen=True)
class IncidentConfirmed:
    incident_id: UUID
    at: datetime
    verified_by: str
    scope_path: str
    is_exercise: bool


@dataclass(frozen=True)
class IncidentEnded:
    """`end` is over or false_alarm."""

    incident_id: UUID
    at: datetime
    end: str
    scope_path: str
    is_exercise: bool
