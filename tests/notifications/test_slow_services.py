"""Push services that are busy, broken, slow or silent: asked again when they said, and in nobody's way."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from backend.kernel import clock
from backend.kernel.ids import new_id
from notifications import fanout as fanout_module
from notifications.fanout import Fanout
from notifications.models import Delivery
from tests.factories.notifications import create_subscription
from tests.sinks.http import Reply
from tests.sinks.push import PushSink

Tell = Callable[..., int]
Load = Callable[[], list[Delivery]]


def test_busy_services_are_asked_again_when_they_said(
    sink: PushSink, fanout: Fanout, tell: Tell, deliveries: Load
) -> None:
    person = new_id()
    create_subscription(person, sink.endpoint("busy"))
    sink.answer("busy", Reply(429, headers={"Retry-After": "30"}), Reply(201))
    before = clock.now()
    tell([person], new_id())
    fanout.run()
    (waiting,) = deliveries()
    assert waiting.state == "queued" and waiting.next_at - before >= timedelta(seconds=30) and waiting.error
    assert fanout.run() == 0
    with clock.freeze(waiting.next_at):
        assert fanout.run() == 1
    assert deliveries()[0].state == "accepted" and deliveries()[0].attempts == 2


@pytest.mark.parametrize("status", [500, 503])
def test_broken_services_are_asked_again_later_and_later(
    sink: PushSink, fanout: Fanout, tell: Tell, deliveries: Load, status: int
) -> None:
    person = new_id()
    create_subscription(person, sink.endpoint("broken"))
    sink.answer("broken", Reply(status))
    tell([person], new_id())
    waits = []
    at = clock.now()
    for _ in range(5):
        with clock.freeze(at):
            assert fanout.run() == 1
            (one,) = deliveries()
            waits.append((one.next_at - at).total_seconds())
            at = one.next_at
    for wait, expected in zip(waits, (1, 2, 4, 8, 30), strict=True):
        assert 0.75 * expected <= wait <= 1.5 * expected


def test_a_slow_or_silent_phone_holds_up_nobody(
    sink: PushSink, fanout: Fanout, tell: Tell, deliveries: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("notifications.channels.sender.TOTAL_MS", 1_500)
    slow, people = new_id(), [new_id() for _ in range(60)]
    create_subscription(slow, sink.endpoint("never"))
    sink.answer("never", Reply(None))
    for n, person in enumerate(people):
        create_subscription(person, sink.endpoint(f"p{n}"))
    tell([slow, *people], new_id())
    fanout.run()
    first, *others = deliveries()
    assert first.state == "queued" and first.error and {one.state for one in others} == {"accepted"}
    assert max(one.accepted_at for one in others if one.accepted_at) < first.next_at


def test_many_silent_phones_hold_up_nobody_behind_them(
    sink: PushSink, fanout: Fanout, tell: Tell, deliveries: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A window that does not grow would be full of those who never answer."""
    monkeypatch.setattr("notifications.channels.sender.TOTAL_MS", 3_000)
    silent, people = [new_id() for _ in range(fanout_module.AT_FIRST + 8)], [new_id() for _ in range(40)]
    for n, person in enumerate(silent):
        create_subscription(person, sink.endpoint(f"never{n}"))
        sink.answer(f"never{n}", Reply(None))
    for n, person in enumerate(people):
        create_subscription(person, sink.endpoint(f"p{n}"))
    tell([*silent, *people], new_id())
    fanout.run()
    told = deliveries()
    waiting, accepted = told[: len(silent)], told[len(silent) :]
    assert {one.state for one in waiting} == {"queued"} and {one.state for one in accepted} == {"accepted"}
    assert max(one.accepted_at for one in accepted if one.accepted_at) < min(one.next_at for one in waiting)
