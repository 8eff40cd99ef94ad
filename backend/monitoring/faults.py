"""Faults: opened when a fault bit comes, recovered when it goes. Who is told is the business of jobs.py."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select, update
from sqlalchemy.dialects.postgresql import insert

from backend.kernel import db, policy
from backend.kernel.ids import new_id
from backend.monitoring.models import Fault

GENERIC = "fault"
SILENT = "silent"
FLAPPING = "flapping"
FEWEST_FLAPS = 3
FLAPS = policy.declare(
    "faults.flaps_an_hour",
    6,
    "Times within an hour that a device may rise and clear; then it is one fault, flapping, until it is calm.",
    least=FEWEST_FLAPS,
)

# type -> bit -> kind (figures 6, 7 and 13)
BITS: dict[int, dict[int, str]] = {
    1: {2: GENERIC, 8: "mains_fault", 9: "backup_fault", 10: "bus_fault"},
    2: {2: GENERIC, 8: "power_fault"},
    21: {2: GENERIC, 3: "mains_fault", 4: "backup_fault", 5: "center_link_fault", 6: "line_fault"},
}
MASKS = {kind: sum(1 << bit for bit in bits) for kind, bits in BITS.items()}

WORDS: dict[str, tuple[str, str]] = {
    GENERIC: ("故障", "fault"),
    "power_fault": ("电源故障", "power fault"),
    "mains_fault": ("主电源断电，正用备用电源", "mains power lost, running on backup"),
    "backup_fault": ("备用电源故障", "backup power fault"),
    "bus_fault": ("报警总线故障", "alarm bus fault"),
    "center_link_fault": ("与平台的通信线路故障", "link to the platform fault"),
    "line_fault": ("与报警主机的连接线路故障", "line to the fire panel fault"),
    SILENT: ("传输装置失联", "transmitter silent"),
    FLAPPING: ("反复报警又恢复", "on and off again and again"),
}


@dataclass(frozen=True, slots=True)
class Subject:
    """What has the fault: a device, or (device_id None) a transmitter with its systems."""

    transmitter_id: UUID
    device_id: UUID | None
    building_id: UUID | None
    scope_path: str


def kinds(type: int, word: int) -> set[str]:
    """Kinds of fault in a status word. The general bit of a system says nothing beside a special one."""
    found = {kind for bit, kind in BITS.get(type, {}).items() if word >> bit & 1}
    return found - {GENERIC} if type != 2 and len(found) > 1 else found


def change(subject: Subject, type: int, before: int, after: int, at: datetime) -> None:
    """Open and recover what differs between two status words of the same type."""
    old, new = kinds(type, before), kinds(type, after)
    for kind in sorted(new - old):
        if subject.device_id is None and kind == GENERIC and _has_open_devices(subject.transmitter_id):
            continue  # the panel repeats what one of its devices has said
        open_(subject, kind, at)
    for kind in sorted(old - new):
        recover(subject.transmitter_id, subject.device_id, kind, at)


def open_(subject: Subject, kind: str, at: datetime, words: tuple[str, str] | None = None) -> None:
    """Open a fault; one that is open already stays as it is. `words` are its own, else those of its kind."""
    zh, en = words or WORDS[kind]
    values: dict[str, Any] = {
        "id": new_id(),
        "transmitter_id": subject.transmitter_id,
        "device_id": subject.device_id,
        "building_id": subject.building_id,
        "scope_path": subject.scope_path,
        "kind": kind,
        "words_zh": zh,
        "words_en": en,
        "opened_at": at,
        "is_untold": True,
    }
    db.session().execute(insert(Fault).values(**values).on_conflict_do_nothing())


def recover(transmitter_id: UUID, device_id: UUID | None, kind: str, at: datetime) -> None:
    statement = update(Fault).where(
        Fault.transmitter_id == transmitter_id,
        Fault.device_id.is_not_distinct_from(device_id),
        Fault.kind == kind,
        Fault.recovered_at.is_(None),
    )
    db.session().execute(
        statement.values(recovered_at=at, is_untold=True), execution_options={"synchronize_session": False}
    )


def _has_open_devices(transmitter_id: UUID) -> bool:
    query = select(
        exists().where(
            Fault.transmitter_id == transmitter_id,
            Fault.device_id.is_not(None),
            Fault.recovered_at.is_(None),
            Fault.kind != FLAPPING,
        )
    )
    return bool(db.session().scalar(query))
