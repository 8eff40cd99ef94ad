"""Frames of GB/T 26875.3-2011, clause 6.6: found in a byte stream by their length, checked, answered. No I/O here.

There is no escaping: `@@` and `##` may stand anywhere inside a frame, so only the length field delimits.
"""

from __future__ import annotations

from enum import StrEnum
from zlib import adler32

START = b"@@"
END = b"##"
HEADER = 27  # start to command byte
OVERHEAD = 30  # header, checksum and end marker
MAX_ADU = 1024
MAX_FRAME = OVERHEAD + MAX_ADU

CONTROL, SEND, CONFIRM, REQUEST, ANSWER, DENY = 1, 2, 3, 4, 5, 6
_KNOWN = bytes(1 if 1 <= code <= 6 or code >= 128 else 0 for code in range(256))


class Fault(StrEnum):
    """Why bytes were no frame; the first four are named by clause 6.5.3 and are denied."""

    CHECKSUM = "checksum"
    COMMAND = "command"
    LENGTH = "length"
    END = "end"
    TRUNCATED = "truncated"


class Frame:
    """One whole frame whose length, end and checksum agree. Fields are read from the bytes when asked for."""

    __slots__ = ("raw",)

    def __init__(self, raw: bytes) -> None:
        self.raw = raw

    @property
    def serial(self) -> int:
        return self.raw[2] | self.raw[3] << 8

    @property
    def version(self) -> tuple[int, int]:
        return self.raw[4], self.raw[5]

    @property
    def sent_time(self) -> bytes:
        """Six bytes, seconds first; how they are coded is the profile's business."""
        return self.raw[6:12]

    @property
    def source(self) -> int:
        return int.from_bytes(self.raw[12:18], "little")

    @property
    def destination(self) -> int:
        return int.from_bytes(self.raw[18:24], "little")

    @property
    def command(self) -> int:
        return self.raw[26]

    @property
    def adu(self) -> bytes:
        return self.raw[27:-3]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Frame) and self.raw == other.raw

    def __hash__(self) -> int:
        return hash(self.raw)

    def __repr__(self) -> str:
        return f"Frame({self.raw.hex()})"


class FrameError:
    """Bytes that began like a frame and were none. `header` is there when 27 bytes could be read."""

    __slots__ = ("fault", "header")

    def __init__(self, fault: Fault, header: bytes | None = None) -> None:
        self.fault = fault
        self.header = header

    @property
    def is_deniable(self) -> bool:
        """An answer is never denied: two sides could go on denying each other for ever."""
        return self.fault is not Fault.TRUNCATED and self.header is not None and self.header[26] not in (CONFIRM, DENY)

    def __repr__(self) -> str:
        return f"FrameError({self.fault}, {self.header.hex() if self.header else None})"


class Parser:
    """Finds frames in the bytes of one connection.

    `feed` gives what became whole, in order; `expire` is called when no byte came for too long. `rest` is what waits
    for more bytes, never more than one frame's length (1054); `skipped` counts the bytes that belonged to no frame.
    """

    __slots__ = ("_lost", "_shadow", "rest", "skipped")

    def __init__(self) -> None:
        self.rest = b""
        self._lost = False  # an error was seen since the last good frame
        self._shadow = 0  # bytes of the rest that belong to a denied frame: no second denial for them
        self.skipped = 0

    def feed(self, data: bytes) -> list[Frame | FrameError]:
        """The frames and errors that `data` completes. Errors within the extent of one bad frame are one error."""
        one = self.one(data)
        if one is not None:
            return [one]
        found: list[Frame | FrameError] = []
        if self.rest:
            data = self.rest + data
        pos = 0 if self._lost else _read_good(data, found)
        if found:
            self._shadow = 0
        if pos < len(data) or self.rest:
            self._scan(data, pos, found)
        return found

    def one(self, data: bytes) -> Frame | None:
        """The frame that `data` exactly is, when nothing waits: what a read nearly always gives, by the shortest way.

        Otherwise None, with nothing changed: `feed` takes it from there.
        """
        if self.rest or self._lost or not _is_one(data):
            return None
        self._shadow = 0
        return Frame(data)

    def expire(self) -> list[Frame | FrameError]:
        """Give up on the half frame in the buffer, and save whole frames that it may have swallowed."""
        if not self.rest:
            return []
        data = self.rest
        found: list[Frame | FrameError] = []
        if len(data) > len(START):
            found.append(FrameError(Fault.TRUNCATED, data[:HEADER] if len(data) >= HEADER else None))
        self._lost, self._shadow = True, len(data)
        self._scan(data, 1, found)
        self.skipped += len(self.rest) + 1
        self.rest, self._shadow = b"", 0
        return found

    def _scan(self, data: bytes, pos: int, found: list[Frame | FrameError]) -> None:
        size, done, waiting = len(data), pos, -1
        while True:
            start = data.find(START, pos)
            if start < 0:
                pos = size - 1 if size and data[-1] == START[0] and size > pos else size
                break
            fault, end = _check(data, start, size)
            if fault is None and end > 0:
                found.append(Frame(data[start:end]))
                self.skipped += start - done
                self._lost, waiting = False, -1
                self._shadow = 0
                pos = done = end
            elif fault is None:
                if waiting < 0:
                    waiting = start
                if not self._lost:
                    break
                pos = start + 1  # lost: a half frame may be a phantom, look behind it
            else:
                pos = self._refuse(data, start, end, fault, found)
                if fault is Fault.COMMAND:
                    self.skipped += pos - done
                    self._lost, waiting, done = False, -1, pos
        keep = waiting if waiting >= 0 else pos
        self.skipped += keep - done
        self._shadow = max(0, self._shadow - keep)
        self.rest = data[keep:]

    def _refuse(self, data: bytes, start: int, end: int, fault: Fault, found: list[Frame | FrameError]) -> int:
        if start >= self._shadow:
            found.append(FrameError(fault, data[start : start + HEADER]))
            self._shadow = end
        if fault is Fault.COMMAND:  # the frame itself is sound: go on behind it
            return end
        self._lost = True
        return start + 1


def _is_one(data: bytes) -> bool:
    """Whether `data` is exactly one sound frame: what a read nearly always gives."""
    size = len(data)
    return (
        OVERHEAD <= size <= MAX_FRAME
        and data[24] + (data[25] << 8) == size - OVERHEAD
        and data.startswith(START)
        and data.endswith(END)
        and checksum(data[2:-3]) == data[-3]
        and _KNOWN[data[26]] == 1
    )


def _read_good(data: bytes, found: list[Frame | FrameError]) -> int:
    """The quick way for what nearly always comes: whole sound frames end to end. Returns where that stops."""
    pos, size = 0, len(data)
    while size - pos >= OVERHEAD and data[pos] == 64 and data[pos + 1] == 64:
        end = pos + OVERHEAD + data[pos + 24] + (data[pos + 25] << 8)
        if end > size or end - pos > MAX_FRAME:
            break
        raw = data[pos:end]
        if raw[-1] != 35 or raw[-2] != 35 or checksum(raw[2:-3]) != raw[-3] or not _KNOWN[raw[26]]:
            break
        found.append(Frame(raw))
        pos = end
    return pos


def _check(data: bytes, start: int, size: int) -> tuple[Fault | None, int]:
    """(None, end) for a good frame, (None, 0) when more bytes are needed, else the fault and its extent."""
    if size - start < HEADER:
        return None, 0
    length = data[start + 24] | data[start + 25] << 8
    if length > MAX_ADU:
        return Fault.LENGTH, start + HEADER
    end = start + OVERHEAD + length
    if end > size:
        return None, 0
    if data[end - 2 : end] != END:
        return Fault.END, end
    if checksum(data[start + 2 : end - 3]) != data[end - 3]:
        return Fault.CHECKSUM, end
    if not _KNOWN[data[start + 26]]:
        return Fault.COMMAND, end
    return None, end


def checksum(inner: bytes) -> int:
    """The low 8 bits of the sum of the bytes from the serial number to the end of the ADU (clause 6.6)."""
    # The low half of Adler-32 from zero is this sum, in C, as long as it stays under 65,521.
    return adler32(inner, 0) & 0xFF if len(inner) <= 256 else sum(inner) & 0xFF


def seal(inner: bytes) -> bytes:
    """A whole frame around `inner` (serial number to end of ADU): start, checksum, end."""
    return START + inner + bytes((checksum(inner),)) + END


def build(
    *,
    serial: int,
    source: int,
    destination: int,
    command: int,
    adu: bytes = b"",
    time: bytes = bytes(6),
    version: tuple[int, int] = (1, 1),
) -> bytes:
    """The bytes of one frame; `time` is already coded. Raises ValueError when the ADU is over 1024 bytes."""
    if len(adu) > MAX_ADU:
        raise ValueError(f"ADU of {len(adu)} bytes; the limit is {MAX_ADU}")
    return seal(
        serial.to_bytes(2, "little")
        + bytes(version)
        + time
        + source.to_bytes(6, "little")
        + destination.to_bytes(6, "little")
        + len(adu).to_bytes(2, "little")
        + bytes((command,))
        + adu
    )


def answer(header: bytes, command: int, time: bytes, adu: bytes = b"", version: tuple[int, int] | None = None) -> bytes:
    """Confirm (3) or deny (6) the frame that begins with `header`: same serial and version, addresses swapped."""
    begin = header[2:4] + bytes(version) if version else header[2:6]
    tail = len(adu).to_bytes(2, "little") + bytes((command,)) + adu if adu else _TAILS[command]
    inner = begin + time + header[18:24] + header[12:18] + tail
    return b"@@%b%c##" % (inner, checksum(inner))


_TAILS = {command: b"\0\0" + bytes((command,)) for command in range(256)}  # an answer's ADU is nearly always empty
