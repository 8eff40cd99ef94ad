"""The gateway as a process: it loads no Flask, and a kill -9 loses nothing that it has confirmed."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import select

from backend.kernel import beat, db
from backend.monitoring.gateway.frames import Frame, Parser
from backend.monitoring.models import RawFrame, Signal
from tests.factories import monitoring as m
from tests.waiting import until


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@contextmanager
def running(port: int) -> Iterator[subprocess.Popen[str]]:
    """`python -m backend.monitoring.gateway`, listening."""
    command = [sys.executable, "-m", "backend.monitoring.gateway"]
    environment = os.environ | {"GATEWAY_PORT": str(port), "LOG_LEVEL": "WARNING"}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        until(lambda: _is_open(port) or process.poll() is not None)
        assert process.poll() is None, process.stdout and process.stdout.read()
        yield process
    finally:
        process.kill()
        process.wait(10)


def _is_open(port: int) -> bool:
    with socket.socket() as sock:
        return sock.connect_ex(("127.0.0.1", port)) == 0


def test_the_process_needs_no_flask(committed_db):
    code = "import backend.monitoring.gateway.__main__, backend.reactions, sys; print('flask' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "False"


def test_it_beats_and_ends_at_sigterm(committed_db):
    with running(free_port()) as process:
        with db.transaction(read_only=True):
            until(lambda: "gateway" in _ages())
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


def _ages() -> dict[str, float]:
    with db.transaction(read_only=True):
        return beat.ages()


class Sender(threading.Thread):
    """Sends frames and sends again what is not confirmed, as a transmitter does, until asked to stop."""

    def __init__(self, source: int, port: int) -> None:
        super().__init__(daemon=True)
        self.source, self.port = source, port
        self.confirmed: set[int] = set()
        self.is_stopping = threading.Event()

    def run(self) -> None:
        serial, waiting = 0, dict[int, bytes]()
        while not self.is_stopping.is_set():
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=1) as sock:
                    sock.settimeout(3)
                    parser = Parser()
                    while not self.is_stopping.is_set():
                        for _ in range(5 if len(waiting) < 50 else 0):
                            serial += 1
                            word = m.FIRE if serial % 40 == 0 else m.NORMAL
                            waiting[serial] = m.component(self.source, serial, word, serial=serial)
                        sock.sendall(b"".join(waiting.values()))
                        self._read(sock, parser, waiting)
            except OSError:
                self.is_stopping.wait(0.1)

    def _read(self, sock: socket.socket, parser: Parser, waiting: dict[int, bytes]) -> None:
        data = sock.recv(65536)
        if not data:
            raise ConnectionResetError
        for frame in parser.feed(data):
            if isinstance(frame, Frame):
                assert frame.command == 3
                self.confirmed.add(frame.serial)
                waiting.pop(frame.serial, None)


@pytest.mark.committed
def test_kill_9_while_frames_come_loses_nothing_confirmed(db_session):
    port, chance = free_port(), random.Random(7)
    boxes = [m.create_transmitter() for _ in range(3)]
    senders = [Sender(box.source_address, port) for box in boxes]
    for sender in senders:
        sender.start()
    for _ in range(4):
        before = sum(len(s.confirmed) for s in senders)
        with running(port) as process:
            until(lambda wanted=before + 20: sum(len(s.confirmed) for s in senders) > wanted)
            senders[0].is_stopping.wait(chance.random() * 0.5)
            process.kill()
    for sender in senders:
        sender.is_stopping.set()
        sender.join(10)
    for box, sender in zip(boxes, senders, strict=True):
        stored = select(RawFrame.serial).where(RawFrame.transmitter_id == box.id, RawFrame.outcome == "stored")
        serials = list(db_session.scalars(stored))
        assert sender.confirmed <= set(serials)
        assert len(serials) == len(set(serials)), "a resend over a restart was stored twice"
        fires = list(db_session.scalars(select(Signal).where(Signal.transmitter_id == box.id, Signal.is_danger)))
        assert {f.decoded["component_address"] for f in fires} >= {s for s in sender.confirmed if s % 40 == 0}
