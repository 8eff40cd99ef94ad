"""What the demo's transmitters say for one picture: a fault that stays, a detector somebody has disabled."""

from __future__ import annotations

import asyncio

from backend.demo import speech
from backend.demo.estate import TRANSMITTERS
from backend.demo.scenarios import point
from backend.demo.transmitter import Transmitter
from backend.kernel import clock
from tests.stack import Stack

SHIELDED = 1 << 3
PUMP = point("7", -1, "2 号消火栓泵")
DETECTOR = point("7", 12, "东走廊烟感")


def break_down(stack: Stack) -> None:
    """A pump fails, and on one floor nobody watches a corridor."""
    _say(stack, [(PUMP, speech.FAULT), (DETECTOR, speech.NORMAL | SHIELDED)])


def mend(stack: Stack) -> None:
    """All of it works again."""
    _say(stack, [(PUMP, speech.NORMAL), (DETECTOR, speech.NORMAL)])


def _say(stack: Stack, words: list[tuple[speech.Point, int]]) -> None:
    plan = next(plan for plan in TRANSMITTERS if plan.key == PUMP.transmitter)

    async def say() -> None:
        box = Transmitter(plan, "127.0.0.1", stack.gateway_port)
        try:
            for adu in speech.states(words, box.profile, clock.now()):
                await box.say(adu)
        finally:
            await box.close()

    asyncio.run(say())
