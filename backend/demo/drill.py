"""`make drill`: the demo's transmitters send real frames over TCP to the gateway, by the script in scenarios.py.

Nothing here touches an incident: what the app shows is what the gateway, the danger table and the rings made of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import or_, select, text

from backend.demo import speech
from backend.demo.beat import MUTE, registered
from backend.demo.devices import ALARM, Point
from backend.demo.estate import TRANSMITTERS
from backend.demo.roster import BEIJING
from backend.demo.scenarios import SCENARIOS, Say, Scenario, Silence, Wait
from backend.demo.transmitter import NoAnswer, Transmitter, gateway
from backend.kernel import clock, db
from backend.kernel.config import settings
from backend.monitoring.models import Device, DeviceState, PointState, TransmitterState
from backend.monitoring.models import Transmitter as Registered

FAST = 0.1
GRACE_S = 30.0  # the platform finds a silent one at most 10 s after its limit
BETWEEN_S = 5.0
AFTER_S = 60.0


class CannotDrill(SystemExit):
    """Said in one line; the exit status is 1."""


class Drill:
    """One run. `pace` 1 is what a person can follow."""

    def __init__(self, host: str, port: int, pace: float = 1.0) -> None:
        self.pace = pace
        self.boxes = {plan.key: Transmitter(plan, host, port) for plan in TRANSMITTERS}

    async def run(self, scenarios: Sequence[Scenario], left_over: Sequence[Point] = ()) -> None:
        """All heartbeats, the scenarios, then the panels are reset. Raises NoAnswer when a frame is never confirmed.

        `left_over` are points that a drill broken off has left in alarm: a bit that never went is no news again.
        """
        try:
            for box in self.boxes.values():
                await box.beat()
            tell(f"{len(self.boxes)} 台传输装置已联网", f"{len(self.boxes)} transmitters are on line")
            if left_over:
                tell("先复位上次演示留下的报警", "alarms left over from the last drill are reset first")
                await self._reset(left_over)
            for scenario in scenarios:
                print(f"\n■ {scenario.zh}\n  {scenario.en}", flush=True)
                for step in scenario.steps:
                    await self._do(step)
                await self._pause(BETWEEN_S)
            await self._restore([p for s in scenarios for p in s.points])
        finally:
            for box in self.boxes.values():
                await box.close()

    async def _do(self, step: Say | Wait | Silence) -> None:
        if isinstance(step, Say):
            tell(step.zh, step.en)
            await self._say(step.words)
        elif isinstance(step, Wait):
            await self._pause(step.seconds)
        else:
            await self._fall_silent(step)

    async def _say(self, words: Sequence[tuple[Point, int]]) -> None:
        for key in dict.fromkeys(point.transmitter for point, _ in words):
            box = self.boxes[key]
            said = [(point, word) for point, word in words if point.transmitter == key]
            for adu in speech.states(said, box.profile, clock.now()):
                await box.say(adu)

    async def _fall_silent(self, step: Silence) -> None:
        box = self.boxes[step.transmitter]
        tell(f"{box.plan.name}：{step.zh}（约 {box.plan.silent_after_s} 秒）", step.en)
        with holding_tongue(box.plan.address):
            await box.close()
            is_found = await _await_silent(box.plan.address, box.plan.silent_after_s + GRACE_S)
        tell(
            *(("平台已发现失联", "found silent") if is_found else ("平台没有发现失联", "the platform has NOT noticed"))
        )
        await self._pause(BETWEEN_S)
        await box.beat()
        tell("恢复联网", "on line again")

    async def _restore(self, points: Sequence[Point]) -> None:
        """Reset the panels, as after a real event; what the incidents come to is for people to say."""
        if not points:
            return
        tell(
            f"{AFTER_S * self.pace:.0f} 秒后复位各主机；警情仍要有人下结论",
            "then the panels are reset; incidents wait for people",
        )
        await self._pause(AFTER_S)
        await self._reset(points)
        tell("已复位", "reset")

    async def _reset(self, points: Sequence[Point]) -> None:
        await self._say([(point, speech.NORMAL) for point in dict.fromkeys(points)])
        for key in dict.fromkeys(point.transmitter for point in points):
            box = self.boxes[key]
            await box.say(speech.reset(ALARM, box.profile, clock.now()))

    async def _pause(self, seconds: float) -> None:
        await asyncio.sleep(seconds * self.pace)


@contextmanager
def holding_tongue(address: int) -> Iterator[None]:
    """Nobody else lets this transmitter speak meanwhile; a drill that dies lets go of it."""
    with db.engine().connect() as connection:
        held = {"mute": MUTE, "address": address}
        connection.execute(text("SELECT pg_advisory_lock(:mute, :address)"), held)
        connection.commit()
        try:
            yield
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:mute, :address)"), held)
            connection.commit()


async def _await_silent(address: int, patience_s: float) -> bool:
    end = clock.monotonic() + patience_s
    while clock.monotonic() < end:
        if await asyncio.to_thread(_state, address) == TransmitterState.SILENT:
            return True
        await asyncio.sleep(1)
    return False


def _state(address: int) -> str | None:
    with db.transaction() as session:
        return session.scalar(select(Registered.state).where(Registered.source_address == address))


def left_in_alarm(points: Sequence[Point]) -> list[Point]:
    """Those of the points whose danger or fault still stands in the database."""
    query = (
        select(Registered.source_address, Device.system_type, Device.component_type, Device.component_address)
        .join(Device, Device.transmitter_id == Registered.id)
        .join(PointState, PointState.device_id == Device.id)
        .where(or_(PointState.danger.is_not(None), PointState.state != DeviceState.NORMAL))
    )
    with db.transaction() as session:
        standing = {tuple(row) for row in session.execute(query)}
    addresses = {plan.key: plan.address for plan in TRANSMITTERS}
    return [p for p in points if (addresses[p.transmitter], p.system, p.component, p.address) in standing]


def tell(zh: str, en: str) -> None:
    """One line with the time on the wall."""
    at: datetime = clock.now().astimezone(BEIJING)
    print(f"  {at:%H:%M:%S}  {zh}\n            {en}", flush=True)


def drill(only: Sequence[str], is_fast: bool) -> None:
    """Run all scenarios, or those named; ends with one clear line when there is nothing to talk to."""
    if not registered():
        raise CannotDrill("there is no demo estate in this database: start `make run` with an empty DATA_DIR first")
    config = settings()
    chosen = [s for s in SCENARIOS if not only or s.name in only]
    run = Drill(gateway(config.gateway_host), config.gateway_port, FAST if is_fast else 1.0)
    print(f"看 {config.public_url}，任选一人登录 / watch {config.public_url}, signed in as anybody", flush=True)
    try:
        asyncio.run(run.run(chosen, left_in_alarm([p for s in chosen for p in s.points])))
    except KeyboardInterrupt:
        raise CannotDrill("broken off; the next drill resets what this one has left in alarm") from None
    except OSError as error:
        where = f"{config.gateway_host}:{config.gateway_port}"
        raise CannotDrill(f"the gateway does not answer at {where} ({error.strerror}): is `make run` up?") from None
    except NoAnswer as error:
        raise CannotDrill(f"a frame of {error} was never confirmed, see the gateway's log") from None
