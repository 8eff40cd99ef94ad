"""What happens to places and to who lives in them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class ResidentAdmitted:
    person_id: UUID
    dwelling_id: UUID
    building_id: UUID
    scope_path: str


@dataclass(frozen=True)
class ResidentLeft:
    person_id: UUID
    dwelling_id: UUID
    building_id: UUID
    scope_path: str
