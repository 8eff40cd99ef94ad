"""The drill's script: its frames are real ones, and they say what the script says."""

from __future__ import annotations

import asyncio
import socket
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from backend.demo import drill as drills
from backend.demo import speech
from backend.demo.devices import planned
from backend.demo.drill import Drill
from backend.demo.estate import TRANSMITTERS
from backend.demo.scenarios import SCENARIOS, Say, Silence
from backend.demo.transmitter import NoAnswer, Transmitter, gateway
from backend.monitoring import danger
from backend.monitoring.gateway import bodies, frames, profiles

AT = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)


def heard(point, word: int, profile_name: str) -> bodies.Item:
    """What our own decoder makes of one state that the simulator says."""
    profile = profiles.get(profile_name)
    (adu,) = speech.states([(point, word)], profile, AT)
    body = bodies.decode(adu, profile)
    assert body.verdict is bodies.Verdict.GOOD and not body.problems
    return body.items[0]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda s: s.name)
def test_every_step_is_decoded_as_it_was_meant(scenario):
    profile_of = {plan.key: plan.profile for plan in TRANSMITTERS}
    for step in scenario.steps:
        for point, word in step.words if isinstance(step, Say) else ():
            item = heard(point, word, profile_of[point.transmitter])
            assert (item.system_type, item.component_type, item.component_address) == (
                point.system,
                point.component,
                point.address,
            )
            assert item.status == word and item.at == AT


def test_the_script_is_the_one_of_the_issue():
    assert [s.name for s in SCENARIOS] == ["fire", "garage", "gas", "call-point", "pump", "silent"]
    found = {
        s.name: {judged.category: judged.evidence for judged in (_judge(p, w) for p, w in _said(s)) if judged}
        for s in SCENARIOS
    }
    assert found["call-point"] == {"fire": "confirm"}
    assert found["gas"] == {"gas": "suspect"}
    assert set(found["garage"]) == {"fire", "electrical"}
    assert found["pump"] == {} == found["silent"]
    assert any(isinstance(step, Silence) for step in SCENARIOS[-1].steps)


def _said(scenario):
    return [pair for step in scenario.steps if isinstance(step, Say) for pair in step.words]


def _judge(point, word):
    return danger.judge(2, word, point.system, point.component)


def test_toaster_and_fire_are_more_than_two_floors_apart():
    floors = [p.ordinal for p, word in _said(SCENARIOS[0]) if word == speech.FIRE]
    assert floors == [7, 18, 18, 18, 19]


def test_all_points_of_a_building_fit_into_bodies_of_the_standard():
    profile = profiles.get("standard")
    seven = [(p, speech.NORMAL) for p in planned() if p.transmitter == "seven"]
    adus = list(speech.states(seven, profile, AT))
    assert all(len(adu) <= frames.MAX_ADU for adu in adus)
    assert sum(len(bodies.decode(adu, profile).items) for adu in adus) == len(seven)


@pytest.mark.parametrize("plan", TRANSMITTERS, ids=lambda p: p.key)
def test_heartbeats_are_heartbeats_of_their_model(plan):
    profile = profiles.get(plan.profile)
    body = bodies.decode(speech.heartbeat(profile, AT), profile)
    assert body.verdict in (bodies.Verdict.HEARTBEAT, bodies.Verdict.GOOD)
    assert danger.judge(24, body.items[0].operation) is None if body.items else True


class Platform:
    """A gateway that denies or ignores the first `refusals` frames and then confirms."""

    def __init__(self, refusals: int = 0, with_deny: bool = True) -> None:
        self.left, self.with_deny = refusals, with_deny
        self.frames: list[frames.Frame] = []

    async def __aenter__(self):
        self.server = await asyncio.start_server(self._talk, "127.0.0.1", 0)
        self.port = self.server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_):
        self.server.close()

    async def _talk(self, reader, writer):
        parser = frames.Parser()
        while data := await reader.read(4096):
            for frame in parser.feed(data):
                self.frames.append(frame)
                command = frames.CONFIRM if self.left <= 0 else frames.DENY
                self.left -= 1
                if command == frames.CONFIRM or self.with_deny:
                    writer.write(frames.answer(frame.raw[: frames.HEADER], command, bytes(6)))
        writer.close()


def test_a_denied_frame_is_sent_again_with_its_serial():
    async def run():
        async with Platform(refusals=2) as platform:
            box = Transmitter(TRANSMITTERS[0], "127.0.0.1", platform.port)
            await box.beat()
            await box.close()
            return platform.frames

    sent = asyncio.run(asyncio.wait_for(run(), 20))
    assert [f.serial for f in sent] == [1, 1, 1]
    assert {f.source for f in sent} == {TRANSMITTERS[0].address}


def test_after_three_resends_it_gives_up():
    async def run():
        async with Platform(refusals=99) as platform:
            box = Transmitter(TRANSMITTERS[0], "127.0.0.1", platform.port)
            with pytest.raises(NoAnswer):
                await box.beat()
            await box.close()
            return len(platform.frames)

    assert asyncio.run(asyncio.wait_for(run(), 20)) == 4


def test_a_whole_drill_is_confirmed_frame_by_frame():
    async def run():
        async with Platform() as platform:
            await Drill("127.0.0.1", platform.port, pace=0).run(SCENARIOS[:-1])
            return platform.frames

    sent = asyncio.run(asyncio.wait_for(run(), 60))
    assert {f.source for f in sent} == {0 if p.key == "hospital" else p.address for p in TRANSMITTERS}
    resets = [f for f in sent if f.adu[:1] == b"\x04"]
    assert len(resets) == 4  # the panels of seven, garage, eight and north


def test_what_a_drill_broken_off_has_left_is_reset_first():
    pump = next(s for s in SCENARIOS if s.name == "pump")

    async def run():
        async with Platform() as platform:
            await Drill("127.0.0.1", platform.port, pace=0).run([pump], left_over=SCENARIOS[0].points[:1])
            return [f.adu[:1] for f in platform.frames if f.adu[:1] in (b"\x02", b"\x04")]

    # normal and reset, then the fault, the repair, and normal and reset at the end
    assert asyncio.run(asyncio.wait_for(run(), 30)) == [b"\x02", b"\x04", b"\x02", b"\x02", b"\x02", b"\x04"]


def test_without_a_gateway_it_says_so(monkeypatch):
    with socket.socket() as taken:  # bound and not listening: nobody answers there
        taken.bind(("127.0.0.1", 0))
        nobody = SimpleNamespace(gateway_host="127.0.0.1", gateway_port=taken.getsockname()[1], public_url="http://x")
        _drill_at(nobody, monkeypatch)


def _drill_at(config, monkeypatch):
    monkeypatch.setattr(drills, "registered", lambda: {10001: None})
    monkeypatch.setattr(drills, "settings", lambda: config)
    monkeypatch.setattr(drills, "left_in_alarm", lambda points: [])
    with pytest.raises(SystemExit, match="gateway does not answer"):
        drills.drill(["pump"], is_fast=True)


def test_it_dials_an_address_that_can_be_dialled():
    assert gateway("0.0.0.0") == "127.0.0.1" and gateway("192.168.1.5") == "192.168.1.5"
