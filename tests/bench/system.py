"""The whole system under load: from a frame to the first push, a tower told, a cold start, memory at rest."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from backend.demo.devices import CALL_POINT, planned
from backend.demo.estate import TRANSMITTERS
from backend.demo.transmitter import Transmitter
from backend.kernel import clock
from backend.kernel.ids import new_id
from backend.monitoring.gateway import frames
from tests import rehearsal
from tests.bench.figures import Figure, Table, at_most, percentile
from tests.bench.memory import rss_mb
from tests.rehearsal import Panels
from tests.sinks import push
from tests.sinks.http import Reply, Request
from tests.sinks.push import PushSink
from tests.stack import Stack
from tests.waiting import until

LINES, PER_LINE_S = 1000, 1.0  # so many connections, each with a frame every so many seconds
FIRES = 36
FIRST_ADDRESS = 500_000
PROCESSES = {
    "web (two workers and their master)": "gunicorn",
    "gateway": "backend.monitoring.gateway",
    "alarms worker": "kernel.work alarms",
    "bulk worker": "kernel.work bulk",
    "sweeper": "kernel.sweep",
}


def run() -> list[Table]:
    with tempfile.TemporaryDirectory(prefix="sw-") as folder, push.running(Path(folder) / "sink") as sink:
        stack = Stack(Path(folder), PUSH_CA_FILE=str(sink.certificate))
        with stack.running():
            rehearsal.allow(stack, sink)
            memory = [Figure(name, rss_mb(stack.pids(pattern)), "MB") for name, pattern in PROCESSES.items()]
            delays, sent = asyncio.run(_under_load(stack, sink))
            tower = _tell_a_tower(stack, sink)
        cold = _cold_start(stack)
    load = f"{LINES} connections with a reading each every {PER_LINE_S:g} s ({sent:,} confirmed meanwhile)"
    return [
        Table(
            "From a frame to the first push",
            f"A smoke detector's frame is written to the socket; the sink notes the first push to somebody of ring 0. "
            f"{FIRES} fires one after the other, under {load}.",
            [
                Figure("p50", percentile(delays, 0.5), "s"),
                at_most("p99", percentile(delays, 0.99), 2, "s"),
                Figure("slowest", max(delays), "s"),
            ],
        ),
        Table(
            "A confirmed incident", "A call point in the garage under three towers; every resident has a phone.", tower
        ),
        Table(
            "Start", "Everything is stopped and started again with its data; a panel dials until it is confirmed.", cold
        ),
        Table("Memory at rest", "Resident memory after the start; shared pages count in each process.", memory),
    ]


async def _under_load(stack: Stack, sink: PushSink) -> tuple[list[float], int]:
    first: asyncio.Queue[float] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def note(request: Request) -> Reply:
        at = clock.monotonic()
        loop.call_soon_threadsafe(first.put_nowait, at)
        return Reply()

    sink.otherwise = note
    for (person,) in stack.sql("SELECT DISTINCT person_id FROM grants WHERE role IN ('control_room', 'property')"):
        rehearsal.subscribe(stack, sink, person, str(person))
    panels, delays = Panels(stack), []
    async with _lines(stack) as counted:
        for point in rehearsal.smoke_points(FIRES):
            while not first.empty():
                first.get_nowait()
            start = clock.monotonic()
            await panels.report(point)
            delays.append(await asyncio.wait_for(_first_after(first, start), 30) - start)
            await asyncio.sleep(0.5)
    await panels.close()
    sink.otherwise = lambda _request: Reply()
    return delays, counted[0]


async def _first_after(queue: asyncio.Queue[float], start: float) -> float:
    while (at := await queue.get()) < start:
        pass
    return at


@asynccontextmanager
async def _lines(stack: Stack) -> AsyncIterator[list[int]]:
    """The load; gives a counter of confirmed frames that grows."""
    estate, path = stack.sql("SELECT id, scope_path FROM estates ORDER BY id LIMIT 1")[0]
    for n in range(LINES):
        stack.sql(
            "INSERT INTO transmitters (id, estate_id, name, name_en, source_address, profile, network, identity, "
            "silent_after_s, registered_at, state, last_peer, good, denied, resent, quarantined, scope_path) VALUES "
            "(%s, %s, 'bench', '', %s, 'standard', '127.0.0.0/8', 'source', 600, now(), 'ok', '', 0, 0, 0, 0, %s)",
            *(new_id(), estate, FIRST_ADDRESS + n, path),
        )
    counted = [0]
    lines = [asyncio.create_task(_line(stack, FIRST_ADDRESS + n, n / LINES, counted)) for n in range(LINES)]
    await asyncio.sleep(3)
    try:
        yield counted
    finally:
        for line in lines:
            line.cancel()
        await asyncio.gather(*lines, return_exceptions=True)


async def _line(stack: Stack, address: int, delay_s: float, counted: list[int]) -> None:
    """One box that reports a pressure again and again, as telemetry goes."""
    await asyncio.sleep(delay_s * PER_LINE_S)
    reader, writer = await asyncio.open_connection("127.0.0.1", stack.gateway_port)
    body = bytes.fromhex("030102018010000000056810")  # type 3, one object: pressure 420.0 kPa; its time follows
    serial = 0
    with contextlib.suppress(OSError, asyncio.IncompleteReadError):
        while True:
            serial = (serial + 1) & 0xFFFF
            now = clock.now()
            time = bytes((now.second, now.minute, now.hour, now.day, now.month, now.year - 2000))
            writer.write(
                frames.build(
                    serial=serial, source=address, destination=1, command=frames.SEND, adu=body + time, time=time
                )
            )
            if await reader.readexactly(30):
                counted[0] += 1
            await asyncio.sleep(PER_LINE_S)


def _tell_a_tower(stack: Stack, sink: PushSink) -> list[Figure]:
    """Every resident gets a phone; then a call point, and the time until the last push is accepted."""
    for (person,) in stack.sql("SELECT DISTINCT person_id FROM grants WHERE role = 'resident' AND ended_at IS NULL"):
        rehearsal.subscribe(stack, sink, person, str(person))
    point = next(p for p in planned() if p.building == "garage" and p.component == CALL_POINT)

    async def press() -> None:
        panels = Panels(stack)
        await panels.report(point)
        await panels.close()

    asyncio.run(press())
    waiting = (
        "SELECT count(*) FILTER (WHERE d.state = 'queued'), count(*), "
        "extract(epoch FROM max(d.accepted_at) - min(i.confirmed_at)) FROM incidents i "
        "JOIN notices n ON n.subject_id = i.id JOIN deliveries d ON d.notice_id = n.id AND d.channel = 'push' "
        "JOIN buildings b ON b.id = i.building_id WHERE b.kind = 'garage' AND n.kind = 'incident.confirmed'"
    )
    until(lambda: _is_told(stack), 60)
    until(lambda: stack.sql(waiting)[0][0] == 0, 120)
    _, pushes, seconds = stack.sql(waiting)[0]
    return [Figure("pushes", pushes, ""), Figure("commit to the last push accepted", float(seconds), "s")]


def _is_told(stack: Stack) -> bool:
    steps = (
        "SELECT count(*) FILTER (WHERE s.done_at IS NULL), count(*) FROM ring_steps s JOIN incidents i "
        "ON i.id = s.incident_id JOIN buildings b ON b.id = i.building_id WHERE b.kind = 'garage' AND s.ring = 2"
    )
    open_, all_ = stack.sql(steps)[0]
    return bool(all_ and not open_)


def _cold_start(stack: Stack) -> list[Figure]:
    """All processes at once; the first confirm is asked for as soon as somebody listens."""
    start = clock.monotonic()
    with stack.log.open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "backend.kernel.run"], cwd=Path(__file__).parents[2], env=stack.env, stdout=out
        )
    try:
        confirmed = asyncio.run(_first_confirm(stack)) - start
        ready = until(lambda: stack.is_ready() and clock.monotonic() - start, 60)
    finally:
        process.terminate()
        process.wait(30)
    return [
        at_most("start to the first confirm", confirmed, 10, "s"),
        at_most("start to all components up", ready, 8, "s"),
    ]


async def _first_confirm(stack: Stack) -> float:
    box = Transmitter(TRANSMITTERS[3], "127.0.0.1", stack.gateway_port)
    end = clock.monotonic() + 60
    while clock.monotonic() < end:
        with contextlib.suppress(OSError):
            await box.beat()
            await box.close()
            return clock.monotonic()
        await asyncio.sleep(0.05)
    raise TimeoutError
