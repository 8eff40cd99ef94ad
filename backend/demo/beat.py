"""Keep the demo's transmitters alive: heartbeats, readings, and once the state of every point nobody has heard of.

Without it the home screen would say, as it must, that nobody watches the building. Runs beside the real processes
of a demo installation, over real TCP. A transmitter that the drill has muted is left alone.
"""

from __future__ import annotations

import asyncio
import signal
from math import sin
from uuid import UUID

import structlog
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from backend.demo import speech
from backend.demo.devices import PRESSURE_SENSOR, TANK, Point, planned
from backend.demo.estate import TRANSMITTERS
from backend.demo.transmitter import NoAnswer, Transmitter, gateway
from backend.kernel import clock, db
from backend.kernel.config import settings
from backend.monitoring.models import Device, PointState
from backend.monitoring.models import Transmitter as Registered

log = structlog.get_logger(__name__)
EVERY_S = 20.0
READINGS_EVERY = 3  # rounds
PATIENCE_S = 3.0
MUTE = 26875  # class of the advisory locks by which the drill mutes a transmitter; the object is its address


def muted(address: int) -> bool:
    """Does the drill hold this transmitter's tongue now?"""
    with db.transaction() as session:
        asked = text("SELECT pg_try_advisory_xact_lock_shared(:mute, :address)")
        return not session.execute(asked, {"mute": MUTE, "address": address}).scalar_one()


def unheard() -> dict[int, list[Point]]:
    """The points without any state yet, by their transmitter's address: a panel tells them all when it comes up."""
    query = (
        select(Registered.source_address, Device.system_type, Device.component_type, Device.component_address)
        .join(Device, Device.transmitter_id == Registered.id)
        .outerjoin(PointState, PointState.device_id == Device.id)
        .where(PointState.device_id.is_(None))
    )
    with db.transaction() as session:
        silent = {tuple(row) for row in session.execute(query)}
    addresses = {plan.key: plan.address for plan in TRANSMITTERS}
    found: dict[int, list[Point]] = {}
    for point in planned():
        address = addresses[point.transmitter]
        if (address, point.system, point.component, point.address) in silent:
            found.setdefault(address, []).append(point)
    return found


def measured(points: list[Point], at_s: float) -> list[tuple[Point, int, int]]:
    """Values that drift a little: about 0.42 MPa at the highest outlet, a roof tank filled to about 2.3 of 2.5 m."""
    values = []
    for n, point in enumerate(points):
        drift = sin(at_s / 300 + n)
        if point.component == PRESSURE_SENSOR:
            values.append((point, speech.PRESSURE_KPA, round(4200 + 120 * drift)))
        elif point.component == TANK:
            values.append((point, speech.HEIGHT_M, round(230 + 3 * drift)))
    return values


async def keep(box: Transmitter, unheard_points: list[Point]) -> None:
    """One transmitter's life, until cancelled. Whatever breaks, it dials again."""
    points = [p for p in planned() if p.transmitter == box.plan.key]
    normal = [(p, speech.NORMAL) for p in unheard_points]
    count = 0
    while True:
        try:
            if not await asyncio.to_thread(muted, box.plan.address):
                await box.beat()
                for adu in speech.states(normal, box.profile, clock.now()):
                    await box.say(adu)
                normal = []
                if count % READINGS_EVERY == 0:
                    values = measured(points, clock.now().timestamp())
                    for adu in speech.readings(values, box.profile, clock.now()):
                        await box.say(adu)
                count += 1
            await asyncio.sleep(EVERY_S)
        except (OSError, NoAnswer, OperationalError) as error:
            log.info("no answer, dialling again", transmitter=box.plan.name, error=str(error))
            await box.close()
            await asyncio.sleep(PATIENCE_S)


async def keep_all(host: str, port: int) -> None:
    """All of the demo's transmitters that are registered, until cancelled."""
    unsaid = await asyncio.to_thread(unheard)
    boxes = [Transmitter(plan, host, port) for plan in TRANSMITTERS]
    async with asyncio.TaskGroup() as group:
        for box in boxes:
            group.create_task(keep(box, unsaid.get(box.plan.address, [])))


async def run() -> None:
    """Until SIGTERM or SIGINT."""
    task = asyncio.ensure_future(keep_all(gateway(settings().gateway_host), settings().gateway_port))
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, task.cancel)
    try:
        await task
    except asyncio.CancelledError:
        pass


def registered() -> dict[int, UUID]:
    """Which of the demo's transmitters the database knows, by address; none when this is no demo."""
    known = select(Registered.source_address, Registered.id)
    addresses = [plan.address for plan in TRANSMITTERS]
    with db.transaction() as session:
        return {row[0]: row[1] for row in session.execute(known.where(Registered.source_address.in_(addresses)))}
