"""A simulated user information transmission device: it dials the gateway, sends, waits for the confirm, resends."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field

from backend.demo import speech
from backend.demo.estate import TRANSMITTERS, TransmitterPlan
from backend.kernel import clock
from backend.monitoring.gateway import frames, profiles

CENTRE = 1  # the number by which the platform is addressed
CONFIRM_S = 10.0  # clause 6: the wait for an answer should not be longer
RESENDS = 3  # clause 6.5: recommended
OWN_ADDRESS = "127.0.26.{}"


class NoAnswer(Exception):
    """Sent, and resent as often as the standard says, and never confirmed."""


@dataclass
class Link:
    """One open connection and what is waited for on it."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    parser: frames.Parser = field(default_factory=frames.Parser)


class Transmitter:
    """One box of the demo. Calls of `say` go one after the other, as on a real device."""

    def __init__(self, plan: TransmitterPlan, host: str, port: int) -> None:
        self.plan, self.host, self.port = plan, host, port
        self.profile = profiles.get(plan.profile)
        self.sent = self.resent = 0
        self._serial = 0
        self._link: Link | None = None
        self._lock = asyncio.Lock()

    @property
    def source(self) -> int:
        """What the frames show as source: models that are known by their connection show zeros."""
        return 0 if self.profile.identity is profiles.Identity.CONNECTION else self.plan.address

    async def beat(self) -> None:
        """Send the heartbeat of this model."""
        await self.say(speech.heartbeat(self.profile, clock.now()))

    async def say(self, adu: bytes) -> None:
        """Send one body and wait until it is confirmed; resend after a deny or 10 s of silence. Raises NoAnswer."""
        async with self._lock:
            self._serial = (self._serial + 1) & 0xFFFF
            frame = self._frame(adu)
            for attempt in range(1 + RESENDS):
                self.resent += attempt > 0
                if await self._try(frame):
                    self.sent += 1
                    return
        raise NoAnswer(self.plan.name)

    async def close(self) -> None:
        """Hang up."""
        link, self._link = self._link, None
        if link:
            link.writer.close()
            with suppress(OSError):
                await link.writer.wait_closed()

    def _frame(self, adu: bytes) -> bytes:
        return frames.build(
            serial=self._serial,
            source=self.source,
            destination=CENTRE,
            command=frames.SEND,
            adu=adu,
            time=self.profile.write_time(clock.now()),
        )

    async def _try(self, frame: bytes) -> bool:
        """Whether this frame was confirmed; a broken connection counts as no answer."""
        try:
            async with asyncio.timeout(CONFIRM_S):
                link = self._link or await self._dial()
                link.writer.write(frame)
                await link.writer.drain()
                return await self._await_answer(link)
        except (OSError, asyncio.IncompleteReadError, TimeoutError) as error:
            await self.close()
            if isinstance(error, ConnectionRefusedError):
                raise
            return False

    async def _dial(self) -> Link:
        # A box that shows no address of its own is known by where it calls from.
        own = OWN_ADDRESS.format(TRANSMITTERS.index(self.plan) + 1)
        local = None if self.source else (own, 0)
        self._link = Link(*await asyncio.open_connection(self.host, self.port, local_addr=local))
        return self._link

    async def _await_answer(self, link: Link) -> bool:
        while True:
            data = await link.reader.read(4096)
            if not data:
                raise ConnectionResetError
            for found in link.parser.feed(data):
                if not isinstance(found, frames.Frame) or found.serial != self._serial:
                    continue
                if found.command in (frames.CONFIRM, frames.DENY):
                    return found.command == frames.CONFIRM


def gateway(host: str) -> str:
    """Where to dial when the gateway listens on `host`."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1", "localhost": "127.0.0.1"}.get(host, host)  # noqa: S104  # compared
