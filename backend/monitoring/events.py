"""What monitoring tells the rest of the house; backend.reactions says who listens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class DangerSensed:
    """The rising edge of one point's danger. `evidence` is suspect or confirm; times are ours of receipt.

    `device_id` is None for what only a system or the transmitter said (types 1, 4, 21, 24): then no floor is known,
    and `building_id` only when the whole transmitter belongs to one building.
    """

    signal_id: UUID
    received_at: datetime
    category: str
    evidence: str
    words_zh: str
    words_en: str
    estate_id: UUID
    building_id: UUID | None
    floor_id: UUID | None
    floor_ordinal: int | None
    dwelling_id: UUID | None
    scope_path: str
    device_id: UUID | None
    transmitter_id: UUID
    label: str
    is_source_verified: bool
    is_test: bool
    label_en: str = ""


@dataclass(frozen=True)
class EvidenceSeen:
    """`what` is reset (a person at the panel), cleared (the panel's own word) or restored (one point's bit went)."""

    received_at: datetime
    what: str
    scope_path: str
    building_id: UUID | None
    device_id: UUID | None
    label: str
    label_en: str = ""


@dataclass(frozen=True)
class FaultOpened:
    fault_id: UUID
    kind: str
    scope_path: str
    device_id: UUID | None
    transmitter_id: UUID


@dataclass(frozen=True)
class FaultRecovered:
    fault_id: UUID
    kind: str
    scope_path: str
    device_id: UUID | None
    transmitter_id: UUID


@dataclass(frozen=True)
class TransmitterSilent:
    transmitter_id: UUID
    since: datetime
    scope_path: str


@dataclass(frozen=True)
class TransmitterBack:
    transmitter_id: UUID
    since: datetime
    scope_path: str
