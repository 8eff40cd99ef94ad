"""The heartbeats that keep the demo's home screen calm, and how the drill mutes one of them."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from threading import Event, Thread

import pytest
from sqlalchemy import select

from backend.demo import beat, load, speech
from backend.demo.devices import planned
from backend.demo.drill import holding_tongue, left_in_alarm
from backend.demo.estate import TRANSMITTERS
from backend.demo.scenarios import SCENARIOS
from backend.demo.transmitter import Transmitter
from backend.kernel import db
from backend.monitoring.gateway import bodies, codes, profiles
from backend.monitoring.models import Device, PointState
from tests.demo.test_drill import Platform

AT = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)


def test_before_anything_was_said_every_point_is_unheard(db_session):
    load.load()
    found = beat.unheard()
    assert sum(map(len, found.values())) == len(planned())
    assert set(found) == {plan.address for plan in TRANSMITTERS} == set(beat.registered())


def test_points_left_in_alarm_are_found(db_session):
    load.load()
    points = SCENARIOS[0].points
    assert left_in_alarm(points) == []
    device = select(Device.id).where(Device.label == points[0].label, Device.component_address == points[0].address)
    with db.transaction() as session:
        burning = PointState(device_id=session.scalars(device).one(), state="fire", flags=2, danger="suspect")
        burning.since = burning.seen_at = AT
        session.add(burning)
    assert left_in_alarm(points) == [p for p in points if p == points[0]]


def test_without_a_demo_there_is_nobody_to_play(db_session):
    assert beat.registered() == {} and beat.unheard() == {}


def test_readings_lie_where_the_home_screen_wants_them():
    profile = profiles.get("standard")
    seven = [p for p in planned() if p.transmitter == "seven"]
    for second in range(0, 7200, 600):
        (adu,) = speech.readings(beat.measured(seven, second), profile, AT)
        items = bodies.decode(adu, profile).items
        values = {codes.quantity(i.analog_type).metric: i.value * codes.quantity(i.analog_type).step for i in items}
        assert set(values) == {"pressure", "height"}
        assert 350 <= values["pressure"] <= 600 and 2 <= values["height"] <= 2.5


@pytest.mark.committed
def test_a_muted_transmitter_is_left_alone_and_the_others_are_not(db_session):
    inside, done = Event(), Event()

    def drill():
        with holding_tongue(20003):
            inside.set()
            done.wait(20)

    thread = Thread(target=drill)
    thread.start()
    try:
        assert inside.wait(20)
        assert beat.muted(20003) and not beat.muted(10007)
    finally:
        done.set()
        thread.join(20)
    assert not beat.muted(20003)


def test_it_tells_all_states_once_and_dials_again_when_hung_up(monkeypatch):
    monkeypatch.setattr(beat, "muted", lambda address: False)
    monkeypatch.setattr(beat, "EVERY_S", 0.05)
    monkeypatch.setattr(beat, "PATIENCE_S", 0.05)
    plan = next(p for p in TRANSMITTERS if p.key == "factory")
    points = [p for p in planned() if p.transmitter == "factory"]

    async def run():
        async with Platform(refusals=4) as platform:  # the first heartbeat is refused to the end, the next is taken
            task = asyncio.create_task(beat.keep(Transmitter(plan, "127.0.0.1", platform.port), points))
            while sum(not f.adu for f in platform.frames) < 8:  # heartbeats of this model are empty
                await asyncio.sleep(0.02)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            return platform.frames

    sent = asyncio.run(asyncio.wait_for(run(), 30))
    told = [bodies.decode(f.adu) for f in sent if f.adu[:1] == b"\x02"]
    assert sum(len(body.items) for body in told) == len(points)


def test_the_end_of_the_process_is_an_end(monkeypatch):
    monkeypatch.setattr(beat, "muted", lambda address: False)
    monkeypatch.setattr(beat, "unheard", dict)

    async def run():
        async with Platform() as platform:
            task = asyncio.create_task(beat.keep_all("127.0.0.1", platform.port))
            while len(platform.frames) < len(TRANSMITTERS):
                await asyncio.sleep(0.02)
            task.cancel()
            (ended,) = await asyncio.gather(task, return_exceptions=True)
            return ended

    assert isinstance(asyncio.run(asyncio.wait_for(run(), 60)), asyncio.CancelledError)
