"""The writing thread's own promises."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from backend.kernel import clock, db
from backend.kernel.stream import StreamEvent
from backend.monitoring import intake, registry
from backend.monitoring.arrivals import Arrival
from backend.monitoring.gateway import frames
from backend.monitoring.gateway.desk import Line
from backend.monitoring.gateway.frames import Frame
from backend.monitoring.gateway.server import Server
from backend.monitoring.gateway.writer import Writer
from backend.monitoring.models import Device, QuarantinedFrame, RawFrame, Signal
from tests.factories import monitoring as m
from tests.monitoring.gateway.conftest import read_frames


def test_a_danger_sent_again_before_its_commit_is_stored_once_and_confirmed_each_time(gateway):
    """Several dangers share a commit; a box on a slow link sends them again before the first is confirmed."""
    box = m.create_transmitter()
    fires = [m.component(box.source_address, n, serial=n) for n in (1, 2)]
    with gateway.connect() as sock:
        sock.sendall(b"".join(fires * 3))
        answers = read_frames(sock, 6)
    assert [a.command for a in answers] == [frames.CONFIRM] * 6
    with db.transaction(read_only=True) as session:
        stored = select(func.count()).select_from(RawFrame).where(RawFrame.outcome == "stored")
        assert session.scalar(stored) == 2
        assert session.scalar(select(func.count()).select_from(Signal)) == 2


def test_a_frame_that_is_rolled_back_shows_nobody_anything(gateway, monkeypatch):
    """The device's new state was collected for the stream before its signal failed to be written."""
    real = intake._hear

    def hear(told, done):
        real(told, done)
        if any(item.component_address == 13 for each in told for item in each.body.items):
            raise ValueError("poison")

    monkeypatch.setattr(intake, "_hear", hear)
    box = m.create_transmitter()
    fires = [m.component(box.source_address, n, serial=n) for n in (12, 13, 14)]
    with gateway.connect() as sock:
        sock.sendall(b"".join(fires))
        assert [a.command for a in read_frames(sock, 3)] == [frames.CONFIRM] * 3
    with db.transaction(read_only=True) as session:
        own = StreamEvent.data["transmitter_id"].as_string() == str(box.id)
        shown = select(StreamEvent.data["component_address"].as_integer()).where(own)
        assert set(session.scalars(shown)) == {12, 14}
        there = select(Device.component_address).where(Device.transmitter_id == box.id)
        assert set(session.scalars(there)) == {12, 14}


def test_nobody_registered_is_a_stranger_to_a_writer_that_found_no_database_at_its_start(empty_db, monkeypatch):
    """Killed with the database and back before it, it knew nobody: a fire was quarantined, and confirmed for good."""
    box = m.create_transmitter()
    real, tries = registry.load, []

    def load():
        tries.append(1)
        if len(tries) <= 2:
            raise OperationalError("SELECT", {}, Exception("the database is starting"))
        return real()

    monkeypatch.setattr(registry, "load", load)
    server = Server()
    writer = Writer(server, lambda found: writer.stop())
    fire = Frame(m.component(box.source_address, 1, serial=1))
    server.desk.offer(Line(), [Arrival(fire, clock.now(), "127.0.0.1", 1)])
    writer.run()
    with db.transaction(read_only=True) as session:
        assert session.scalar(select(func.count()).select_from(QuarantinedFrame)) == 0
        assert session.scalar(select(func.count()).select_from(RawFrame)) == 1


def test_what_a_connection_said_before_its_danger_is_stored_before_it(monkeypatch):
    """The danger came while telemetry waited a moment for company: a reset stored after the fire would release it."""
    server = Server()
    writer, burning, calm = Writer(server, lambda found: None), Line(), Line()

    def arrival(line, number, status=m.NORMAL):
        server.desk.offer(line, [Arrival(Frame(m.component(1, number, status, serial=number)), clock.now(), "::1", 1)])

    arrival(calm, 1)
    arrival(burning, 11)

    class Company:
        def wait(self, _seconds):
            arrival(burning, 12)
            arrival(burning, 13, m.FIRE)
            arrival(calm, 2)

    monkeypatch.setattr(writer, "_is_stopping", Company())
    writer._gather()
    assert [(is_urgent, [a.frame.serial for a in some]) for is_urgent, some in writer._todo] == [(True, [11, 12, 13])]


def test_a_fire_that_met_deadlocks_is_not_confirmed_and_comes_again(gateway, monkeypatch):
    """Its bytes were kept as those of a bad frame and it was confirmed: nobody ever heard of it."""
    real, tries = intake._hear, []

    class Deadlock(Exception):
        sqlstate = "40P01"

    def hear(told, done):
        tries.append(1)
        if len(tries) <= 2:
            raise OperationalError("UPDATE", {}, Deadlock())
        real(told, done)

    monkeypatch.setattr(intake, "_hear", hear)
    box = m.create_transmitter()
    with gateway.connect() as sock:
        for _ in range(2):
            sock.sendall(m.component(box.source_address, 1, serial=1))
        assert [a.command for a in read_frames(sock, 1)] == [frames.CONFIRM]
    with db.transaction(read_only=True) as session:
        mine = RawFrame.transmitter_id == box.id
        assert list(session.scalars(select(RawFrame.outcome).where(mine))) == ["stored"]
        assert session.scalar(select(func.count()).where(Signal.transmitter_id == box.id)) == 1
