"""The gateway's own cost: parse, checksum and confirm against an empty uvloop Protocol; and with the commit.

`python -m tests.bench.gateway` prints the figures. The server is a process of its own, whose CPU is counted.
"""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import cast

import uvloop

from tests.bench.figures import Figure, Table, at_least, markdown, percentile
from tests.monitoring.gateway.vectors import raw

ROUNDS, SECONDS, LINES = 5, 2.0, 64
FRAME = raw("c_component_fire_smoke_chinese")
CONFIRM = raw("pub_center_confirm")
STORE_SECONDS, STORE_LINES = 8.0, 200


class Empty(asyncio.Protocol):
    """What any server must at least do: take bytes, send bytes."""

    transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self.transport.write(CONFIRM)


def _ours() -> Callable[[], asyncio.Protocol]:
    """The real connection, whose desk confirms at once: everything that the loop does, nothing of the writer."""
    from backend.monitoring.arrivals import Arrival
    from backend.monitoring.gateway import frames
    from backend.monitoring.gateway.desk import Desk, Line
    from backend.monitoring.gateway.link import Link
    from backend.monitoring.gateway.server import Server

    class AtOnce(Desk):
        def offer(self, line: Line, arrivals: Sequence[Arrival]) -> None:
            for arrival in arrivals:
                arrival.link.send(frames.answer(arrival.frame.raw, frames.CONFIRM, server.time_bytes()))

    server = Server()
    server.desk = AtOnce()
    return lambda: Link(server, 0)


KINDS: dict[str, Callable[[], Callable[[], asyncio.Protocol]]] = {"empty": lambda: Empty, "ours": _ours}


def _serve(kind: str, pipe: Connection) -> None:
    """In the child: serve until told to stop; every message in asks for the CPU seconds used so far."""

    async def main() -> None:
        server = await asyncio.get_running_loop().create_server(KINDS[kind](), "127.0.0.1", 0)
        gc.freeze()
        gc.set_threshold(50_000, 20, 50)  # as the gateway's process does; for both
        pipe.send(server.sockets[0].getsockname()[1])
        loop, done = asyncio.get_running_loop(), asyncio.Event()

        def asked() -> None:
            if pipe.recv() == "stop":
                done.set()
            else:
                pipe.send(time.process_time())

        loop.add_reader(pipe.fileno(), asked)
        await done.wait()

    uvloop.run(main())


class Caller(asyncio.Protocol):
    """One transmitter with one frame in flight."""

    def __init__(self, counted: list[int]) -> None:
        self.counted, self.transport = counted, cast(asyncio.Transport, None)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.transport.write(FRAME)

    def data_received(self, data: bytes) -> None:
        self.counted[0] += len(data) // len(CONFIRM)
        self.transport.write(FRAME)


async def _call(port: int) -> int:
    loop, counted = asyncio.get_running_loop(), [0]
    made = [(await loop.create_connection(lambda: Caller(counted), "127.0.0.1", port))[0] for _ in range(LINES)]
    await asyncio.sleep(SECONDS)
    for transport in made:
        transport.abort()
    return counted[0]


def _per_cpu_second(kind: str) -> float:
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    child = context.Process(target=_serve, args=(kind, there), daemon=True)
    child.start()
    try:
        port = here.recv()
        here.send("cpu")
        before = here.recv()
        answered = uvloop.run(_call(port))
        here.send("cpu")
        return answered / (here.recv() - before)
    finally:
        here.send("stop")
        child.join(5)
        child.kill()


def _parsing() -> Table:
    rounds = [(_per_cpu_second("empty"), _per_cpu_second("ours")) for _ in range(ROUNDS)]
    empty, ours = (statistics.median(values) for values in zip(*rounds, strict=True))
    ratio = statistics.median(mine / bare for bare, mine in rounds)
    about = (
        f"A type-2 frame of {len(FRAME)} bytes answered by a confirm of {len(CONFIRM)}, {LINES} connections with one "
        f"frame in flight each, per second of the server's CPU; median of {ROUNDS} rounds in turn. Bodies are decoded "
        "and stored elsewhere, in the writer's thread."
    )
    figures = [
        at_least("parse, checksum and confirm against an empty uvloop Protocol", ratio, 0.5, "of its rate"),
        Figure("parse, checksum and confirm", ours, "frames per CPU-second"),
        Figure("empty uvloop Protocol", empty, "frames per CPU-second"),
    ]
    return Table("Gateway: what a frame costs the loop", about, figures)


def _storing() -> Table:
    """With the commit: the running system, each connection sends its next frame when the last one is confirmed."""
    from tests.stack import Stack

    with tempfile.TemporaryDirectory() as folder:
        stack = Stack(Path(folder))
        with stack.running():
            source = stack.demo["transmitters"][0]["source_address"]
            waits = uvloop.run(_confirmed(stack.gateway_port, source))
    about = (
        f"The system as `make run` starts it; {STORE_LINES} connections with one frame in flight each, every frame "
        "decoded and committed before its confirm, all on the same cores."
    )
    figures = [
        Figure("stored and confirmed", len(waits) / STORE_SECONDS, "frames/s"),
        Figure("frame to confirm, p50", percentile(waits, 0.5) * 1000, "ms"),
        Figure("frame to confirm, p99", percentile(waits, 0.99) * 1000, "ms"),
    ]
    return Table("Gateway: with the commit", about, figures)


async def _confirmed(port: int, source: int) -> list[float]:
    waits: list[float] = []
    end = time.monotonic() + STORE_SECONDS
    await asyncio.gather(*(_transmit(port, source, n, end, waits) for n in range(STORE_LINES)))
    return waits


async def _transmit(port: int, source: int, number: int, end: float, waits: list[float]) -> None:
    from backend.monitoring.gateway import bodies, frames

    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    serial = number * 300
    while time.monotonic() < end:
        serial = (serial + 1) & 0xFFFF
        item = bodies.Item(2, system_type=1, system_address=9, component_type=40, component_address=number, status=1)
        adu = bodies.encode(2, [item])[:-6] + serial.to_bytes(6, "little")
        began = time.monotonic()
        writer.write(frames.build(serial=serial, source=source, destination=1, command=frames.SEND, adu=adu))
        await reader.readexactly(len(CONFIRM))
        waits.append(time.monotonic() - began)
    writer.close()


def run() -> list[Table]:
    """Both tables."""
    return [_parsing(), _storing()]


if __name__ == "__main__":
    for table in run():
        print(markdown(table))
