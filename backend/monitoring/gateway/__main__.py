"""The gateway process: the loop reads sockets, one thread writes. SIGTERM: stop listening, store what came, end."""

from __future__ import annotations

import asyncio
import gc
import signal
import threading
from typing import Any

import structlog
import uvloop

from backend.kernel.boot import await_prepared, boot
from backend.kernel.config import settings
from backend.monitoring.gateway.server import Server
from backend.monitoring.gateway.writer import Writer

log = structlog.get_logger(__name__)
DRAIN_S = 3.0


async def serve(host: str, port: int, ready: asyncio.Future[int] | None = None) -> None:
    """Run until SIGTERM or SIGINT, or until the writer's thread is gone (then the keeper starts us again)."""
    loop = asyncio.get_running_loop()
    server = Server()
    answers: Any = lambda found: loop.call_soon_threadsafe(server.answer, found)  # noqa: E731  # one line, one use
    writer = Writer(server, answers)
    thread = threading.Thread(target=writer.run, name="writer", daemon=True)
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    opened = await server.listen(host, port)
    thread.start()
    log.info("listening", host=host, port=opened)
    print(f"gateway listens on {host}:{opened}", flush=True)
    watching = asyncio.create_task(server.watch())
    while not stopping.is_set() and thread.is_alive():
        await _open_more(server, writer, host)
        try:
            await asyncio.wait_for(stopping.wait(), 1.0)
        except TimeoutError:
            continue
    server.stop()
    writer.stop()
    await loop.run_in_executor(None, thread.join, DRAIN_S)
    await asyncio.sleep(0.05)  # the last confirms leave
    watching.cancel()


async def _open_more(server: Server, writer: Writer, host: str) -> None:
    """Ports that transmitters are known by ("port:N")."""
    for port in writer.ports - server.ports:
        try:
            await server.listen(host, port)
        except OSError as error:
            log.warning("cannot open a transmitter's port", port=port, error=str(error))


def main() -> None:
    boot("gateway")
    await_prepared()
    gc.freeze()  # what is loaded stays; frames are many and short-lived, so look for cycles less often
    gc.set_threshold(50_000, 20, 50)
    uvloop.run(serve(settings().gateway_host, settings().gateway_port))


if __name__ == "__main__":
    main()
