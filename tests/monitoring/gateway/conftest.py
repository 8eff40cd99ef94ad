"""A gateway in this process: its loop in one thread, its writer in another, on a database of its own."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import uvloop
from sqlalchemy import text

from backend.kernel import db
from backend.kernel.config import settings
from backend.kernel.ids import new_id
from backend.monitoring.gateway.frames import Frame, Parser
from backend.monitoring.gateway.server import Limits, Server
from backend.monitoring.gateway.writer import Writer
from tests.embedded import Servers
from tests.waiting import until


@dataclass
class Running:
    """`port` is where it listens; `limits` may be changed before a connection is made."""

    server: Server
    writer: Writer
    port: int
    loop: asyncio.AbstractEventLoop

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=10)


@pytest.fixture
def limits() -> Limits:
    return Limits(unproven_s=5.0, inter_byte_s=0.6, frame_s=3.0)


@pytest.fixture(scope="module")
def shared_db(servers: Servers) -> Iterator[None]:
    """One database for a module's gateways: to copy one for each test takes longer than the tests."""
    name = f"gateway_{new_id().hex}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", servers.create(name))
        _forget()
        yield
        db.engine().dispose()
    _forget()
    servers.drop(name)


@pytest.fixture
def empty_db(shared_db: None) -> None:
    with db.transaction() as session:
        session.execute(text("TRUNCATE transmitters, quarantined_frames, frames, readings, heartbeats CASCADE"))


def _forget() -> None:
    for made in (settings, db.engine):
        made.cache_clear()


@pytest.fixture
def gateway(empty_db, limits) -> Iterator[Running]:
    loop = uvloop.new_event_loop()
    server = Server(limits)
    writer = Writer(server, lambda found: loop.call_soon_threadsafe(server.answer, found) and None)
    port = loop.run_until_complete(server.listen("127.0.0.1", 0))
    watching = loop.create_task(server.watch())
    threads = [threading.Thread(target=loop.run_forever), threading.Thread(target=writer.run)]
    for thread in threads:
        thread.start()
    yield Running(server, writer, port, loop)
    writer.stop()
    threads[1].join(10)
    loop.call_soon_threadsafe(watching.cancel)
    loop.call_soon_threadsafe(server.stop)
    loop.call_soon_threadsafe(lambda: [link.close("over") for link in list(server.links)])
    until(lambda: not server.links, 5)
    loop.call_soon_threadsafe(loop.stop)
    threads[0].join(10)
    loop.close()


def read_frames(sock: socket.socket, number: int) -> list[Frame]:
    """The next `number` frames that the gateway sends; fails after the socket's timeout."""
    parser, found = Parser(), []
    while len(found) < number:
        data = sock.recv(65536)
        if not data:
            break
        found += [f for f in parser.feed(data) if isinstance(f, Frame)]
    return found
