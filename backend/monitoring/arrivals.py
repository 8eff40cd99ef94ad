"""What the gateway hands to the writer, and what comes back for the device."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from backend.kernel.ids import new_id
from backend.monitoring import danger
from backend.monitoring.gateway import bodies, frames
from backend.monitoring.gateway.frames import Frame


class Outcome(StrEnum):
    """What became of a frame. Only `stored`, `resent` and `quarantined` are confirmed to the device."""

    STORED = "stored"
    RESENT = "resent"
    ANSWER = "answer"  # the device's own confirm or deny
    DENIED = "denied"
    QUARANTINED = "quarantined"
    REFUSED = "refused"  # over the limits of strangers: neither stored nor answered
    FAILED = "failed"  # we could not store what it says; its bytes are kept


@dataclass(slots=True)
class Arrival:
    """One frame as it came in. `link` is the connection, opaque to all but the gateway; `peer` its address.

    `is_datagram`: it came over UDP, where anybody can write any address as the sender's.
    """

    frame: Frame
    received_at: datetime
    peer: str
    port: int
    link: Any = None
    is_datagram: bool = False
    _id: UUID | None = None

    @property
    def id(self) -> UUID:
        """Made when it is first asked for: in the writer, not in the loop that reads sockets."""
        if self._id is None:
            self._id = new_id()
        return self._id


@dataclass(frozen=True, slots=True)
class Settled:
    """The end of one arrival; `answer` is what the profile wants in the confirm's ADU.

    `is_known`: it came from a registered transmitter and from its own network.
    """

    arrival: Arrival
    outcome: Outcome
    profile_name: str = "standard"
    answer: bytes = b""
    is_known: bool = False

    @property
    def command(self) -> int | None:
        """The command byte that the device gets back, or None for silence."""
        if self.arrival.frame.command in (frames.CONFIRM, frames.DENY, frames.ANSWER):
            return None
        if self.outcome in (Outcome.STORED, Outcome.RESENT, Outcome.QUARANTINED, Outcome.FAILED):
            return frames.CONFIRM
        return frames.DENY if self.outcome is Outcome.DENIED else None


def adu_hash(adu: bytes) -> int:
    """64 bits, signed as PostgreSQL's bigint: tells a resend from a serial number used again."""
    return int.from_bytes(hashlib.blake2b(adu, digest_size=8).digest(), "big", signed=True)


_FIRST_WORD = {1: (2, 10, 2), 2: (7, 46, 2), 4: (2, 10, 1), 21: (0, 7, 1), 24: (0, 8, 1)}  # offset, stride, bytes
_STRIDES = {2: (46, 40)}


def may_be_danger(frame: Frame) -> bool:
    """Quick and on the safe side, for the order of work before anything is decoded: false alarms cost nothing here.

    Both byte orders are looked at, and every place where a maker's objects may have their status word.
    """
    adu = frame.adu
    if len(adu) < 3 or adu[0] not in _FIRST_WORD:
        return False
    kind = adu[0]
    offset, stride, width = _FIRST_WORD[kind]
    for step in _STRIDES.get(kind, (stride,)):
        for at in range(2 + offset, len(adu) - width + 1, step):
            word = int.from_bytes(adu[at : at + width], "little")
            if danger.may_be(kind, word) or (
                width == 2 and danger.may_be(kind, int.from_bytes(adu[at : at + 2], "big"))
            ):
                return True
    return False


def carries_readings(frame: Frame) -> bool:
    return len(frame.adu) > 2 and frame.adu[0] == bodies.ANALOG
