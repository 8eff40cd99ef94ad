"""How each model of transmitter bends GB/T 26875.3: time coding, byte order, addresses, heartbeat, identity.

The standard leaves heartbeat, login and inner addresses open, and public devices differ also where it is clear.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from types import MappingProxyType

BEIJING = timezone(timedelta(hours=8))  # no zone is stated in the standard; platforms use local time


class Identity(StrEnum):
    """Which part of a frame names the transmitter; some models send a source of all zeros."""

    SOURCE = "source"
    CONNECTION = "connection"
    DESTINATION = "destination"


class Heartbeat(StrEnum):
    """The form of the model's own heartbeat; any valid frame refreshes `last_seen_at` besides."""

    EMPTY = "empty"  # command 2 without an ADU
    ONE_BYTE = "one_byte"  # ADU is the byte 16 hex alone
    TEST_RECORD = "test_record"  # type 24 with bit 6 alone


@dataclass(frozen=True)
class Profile:
    """One model's habits. `split` cuts a component address into (loop or zone, number) for people to read.

    `cleared_words` are whole status words by which the model says that something went away.
    `version` fixes the version bytes of our answers; None repeats those of the device.
    """

    name: str
    zh: str
    en: str
    is_bcd_time: bool = False
    is_big_endian_status: bool = False
    split: str = "whole"
    heartbeat: Heartbeat = Heartbeat.EMPTY
    heartbeat_answer: bytes = b""
    version: tuple[int, int] | None = None
    identity: Identity = Identity.SOURCE
    silent_after_s: int = 180
    cleared_words: Mapping[int, str] = field(default_factory=lambda: MappingProxyType({}))

    def read_time(self, six: bytes) -> datetime | None:
        """UTC of a time label (clause 8.2.2: second, minute, hour, day, month, year), or None when it is no date."""
        parts = [_bcd(b) for b in six] if self.is_bcd_time else list(six)
        if len(parts) != 6:
            return None
        second, minute, hour, day, month, year = parts
        try:
            return datetime(2000 + year, month, day, hour, minute, second, tzinfo=BEIJING).astimezone(UTC)
        except (ValueError, OverflowError):
            return None

    def write_time(self, at: datetime) -> bytes:
        local = at.astimezone(BEIJING)
        parts = (local.second, local.minute, local.hour, local.day, local.month, local.year % 100)
        return bytes((p // 10 << 4) | p % 10 for p in parts) if self.is_bcd_time else bytes(parts)

    def address_parts(self, address: int) -> tuple[int | None, int]:
        """(loop or zone, number) of a 32-bit component address; sources disagree which half is which."""
        low, high = address & 0xFFFF, address >> 16
        if self.split == "high_low":
            return high, low
        if self.split == "low_high":
            return low, high
        return None, address


def _bcd(byte: int) -> int:
    """The number of two BCD digits; 8000 (never part of a date) when they are no digits."""
    tens, ones = byte >> 4, byte & 15
    return tens * 10 + ones if tens < 10 and ones < 10 else 8000


# Sanjiang panels send these whole words (public vendor code); read as bits, 11, 14 and 15 would be a fire.
_SANJIANG_CLEARED = MappingProxyType({11: "shield", 12: "fault", 13: "request", 14: "feedback", 15: "power_fault"})

PROFILES: Mapping[str, Profile] = MappingProxyType(
    {
        p.name: p
        for p in (
            Profile("standard", "国标 GB/T 26875.3", "GB/T 26875.3 standard"),
            Profile("zone_point", "国标，地址为区号＋位号", "Standard, zone and point", split="low_high"),
            Profile("bcd_time", "时间为 BCD 码", "Standard with BCD time", is_bcd_time=True),
            Profile("big_endian", "状态字高字节在前", "Status word high byte first", is_big_endian_status=True),
            Profile("dahua", "大华", "Dahua", identity=Identity.CONNECTION, split="high_low"),
            Profile(
                "sanjiang",
                "三江",
                "Sanjiang",
                identity=Identity.CONNECTION,
                split="high_low",
                heartbeat=Heartbeat.ONE_BYTE,
                heartbeat_answer=b"\x17",
                cleared_words=_SANJIANG_CLEARED,
            ),
            Profile("lianzhong", "联众", "Lianzhong", heartbeat=Heartbeat.TEST_RECORD),
            Profile("destination", "按目的地址识别", "Named by destination", identity=Identity.DESTINATION),
        )
    }
)
STANDARD = PROFILES["standard"]


def get(name: str) -> Profile:
    """The profile of that name; an unknown name reads as the standard, so that no signal waits for a setting."""
    return PROFILES.get(name, STANDARD)
