"""What a simulated transmitter says: bodies of GB/T 26875.3 clause 8, as a real panel would fill them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from struct import pack
from typing import TypeVar

from backend.demo.devices import Point
from backend.monitoring.gateway.profiles import Heartbeat, Profile

NORMAL, FIRE, FAULT, STARTED, FEEDBACK = 1 << 0, 1 << 1, 1 << 2, 1 << 5, 1 << 6
RESET, TEST = 1 << 0, 1 << 6
PRESSURE_KPA, HEIGHT_M = 5, 2
MOST_STATES, MOST_READINGS = 22, 63  # clause 8.2: the standard's own limits of objects in one body
TEXT = 31
T = TypeVar("T")


def heartbeat(profile: Profile, at: datetime) -> bytes:
    """The model's own sign of life; the standard has none."""
    if profile.heartbeat is Heartbeat.ONE_BYTE:
        return b"\x16"
    if profile.heartbeat is Heartbeat.TEST_RECORD:
        return bytes((24, 1, TEST, 0)) + profile.write_time(at)
    return b""


def states(points: Sequence[tuple[Point, int]], profile: Profile, at: datetime) -> Iterator[bytes]:
    """Type 2, component states: (point, status word), as many bodies as it takes."""
    order = ">H" if profile.is_big_endian_status else "<H"
    for some in _batches(points, MOST_STATES):
        yield bytes((2, len(some))) + b"".join(
            _address(point) + pack(order, word) + _text(point.label) + profile.write_time(at) for point, word in some
        )


def readings(values: Sequence[tuple[Point, int, int]], profile: Profile, at: datetime) -> Iterator[bytes]:
    """Type 3, analog values: (point, quantity of table 6, value in the quantity's steps)."""
    for some in _batches(values, MOST_READINGS):
        yield bytes((3, len(some))) + b"".join(
            _address(point) + pack("<Bh", quantity, value) + profile.write_time(at) for point, quantity, value in some
        )


def reset(system: int, profile: Profile, at: datetime) -> bytes:
    """Type 4, operation record: somebody reset the panel."""
    return bytes((4, 1, system, 1, RESET, 1)) + profile.write_time(at)


def _address(point: Point) -> bytes:
    return pack("<BBBI", point.system, 1, point.component, point.address)


def _text(label: str) -> bytes:
    # 31 bytes of GB 18030; real panels cut a character in half when it does not fit, and so do we.
    return label.encode("gb18030")[:TEXT].ljust(TEXT, b"\0")


def _batches(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    return (items[i : i + size] for i in range(0, len(items), size))
