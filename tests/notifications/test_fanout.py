"""From a notice to the push service and back: encryption, verdicts, leases, retries."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from backend.kernel import clock, db
from backend.kernel.ids import new_id
from notifications import fanout as fanout_module
from notifications import outbox, service
from notifications.channels.sender import Answer, Post
from notifications.fanout import Fanout
from notifications.models import Delivery, PushSubscription
from tests.factories.notifications import create_subscription
from tests.sinks.browser import Browser, check_vapid
from tests.sinks.http import Reply
from tests.sinks.push import PushSink

Tell = Callable[..., int]
Load = Callable[[], list[Delivery]]


def phone_of(phone: PushSubscription) -> PushSubscription:
    with db.transaction() as session:
        return session.get_one(PushSubscription, phone.id)


def test_an_alarm_reaches_the_phone_whole(sink: PushSink, fanout: Fanout, tell: Tell, deliveries: Load) -> None:
    person, incident, browser = new_id(), new_id(), Browser()
    create_subscription(person, sink.endpoint("a"), browser)
    assert tell([person], incident, params={"place": "3栋18层", "verbs": ["safe", "help"]}) == 1
    assert fanout.run() == 1
    (request,) = sink.requests("a")
    note = browser.message(request.body)["notification"]
    assert note["title"] == "3 栋 18 层起火" and [a["action"] for a in note["actions"]] == ["safe", "help"]
    assert note["navigate"].endswith(f"/i/{incident}")
    assert request.headers["urgency"] == "high" and 0 < int(request.headers["ttl"]) <= 1800
    assert len(request.headers["topic"]) == 32
    check_vapid(request.headers["authorization"], sink.origin)
    (done,) = deliveries()
    assert (done.state, done.attempts, done.lease_owner) == ("accepted", 1, None) and done.accepted_at


def test_each_of_many_gets_their_own_once(sink: PushSink, fanout: Fanout, tell: Tell, deliveries: Load) -> None:
    people = [new_id() for _ in range(450)]
    for n, person in enumerate(people):
        create_subscription(person, sink.endpoint(str(n)))
    assert tell(people, new_id()) == 450
    fanout.run()
    assert all(len(sink.requests(str(n))) == 1 for n in range(450))
    assert {one.state for one in deliveries()} == {"accepted"}


def test_one_bad_key_fails_one_person_only(sink: PushSink, fanout: Fanout, tell: Tell, deliveries: Load) -> None:
    good, bad = new_id(), new_id()
    create_subscription(good, sink.endpoint("good"))
    broken = create_subscription(bad, sink.endpoint("bad"))
    with db.transaction() as session:
        session.get_one(PushSubscription, broken.id).p256dh = "BAAA"
    tell([bad, good], new_id())
    fanout.run()
    assert [one.state for one in deliveries()] == ["gone", "accepted"]
    assert phone_of(broken).gone_at and not sink.requests("bad")


def test_an_address_that_cannot_be_written_stops_nobody_else(
    sink: PushSink, fanout: Fanout, tell: Tell, deliveries: Load
) -> None:
    good, bad = new_id(), new_id()
    create_subscription(good, sink.endpoint("good"))
    broken = create_subscription(bad, sink.endpoint("p\u00e9"))
    tell([bad, good], new_id())
    fanout.run()
    assert [one.state for one in deliveries()] == ["gone", "accepted"]
    assert phone_of(broken).gone_at


class BreakingOnce:
    """A sender that answers all it was given, but for the first time it is asked."""

    def __init__(self) -> None:
        self.posts: list[Post] = []
        self.given: list[Post] = []
        self.is_broken = True

    @property
    def in_flight(self) -> int:
        return len(self.given)

    def add(self, post: Post) -> None:
        self.posts.append(post)
        self.given.append(post)

    def poll(self, wait_s: float = 0.0) -> list[Answer]:
        if self.given and self.is_broken:
            self.is_broken = False
            raise RuntimeError("the database went")
        answers = [Answer(post.key, 201) for post in self.given]
        self.given.clear()
        return answers

    def close(self) -> None:
        pass


@pytest.fixture
def broken(sink: PushSink, fanout: Fanout, tell: Tell, monkeypatch: pytest.MonkeyPatch) -> BreakingOnce:
    """A fan-out that failed with some requests on their way and most not sent yet."""
    people = [new_id() for _ in range(40)]
    for n, person in enumerate(people):
        create_subscription(person, sink.endpoint(str(n)))
    sender = BreakingOnce()
    monkeypatch.setattr(fanout, "sender", sender)
    tell(people, new_id())
    with pytest.raises(RuntimeError):
        fanout.run()
    assert 0 < len(sender.posts) < 40
    return sender


def test_what_a_failed_run_had_not_sent_is_not_sent_hours_later(broken: BreakingOnce, fanout: Fanout) -> None:
    sent = len(broken.posts)
    with clock.freeze(clock.now() + timedelta(hours=2)):
        fanout.run()
    assert len(broken.posts) == sent


def test_after_a_failed_run_everybody_is_told_once_the_leases_are_over(
    broken: BreakingOnce, fanout: Fanout, deliveries: Load
) -> None:
    with clock.freeze(clock.now() + timedelta(seconds=11)):
        fanout.run()
    assert {one.state for one in deliveries()} == {"accepted"}


@pytest.mark.parametrize("status", [404, 410])
def test_a_subscription_that_is_gone_is_not_tried_again(
    sink: PushSink, fanout: Fanout, tell: Tell, deliveries: Load, status: int
) -> None:
    person = new_id()
    phone = create_subscription(person, sink.endpoint("gone"))
    sink.answer("gone", Reply(status))
    tell([person], new_id())
    fanout.run()
    assert deliveries()[0].state == "gone" and phone_of(phone).gone_at
    assert tell([person], new_id(), step="again") == 1
    assert fanout.run() == 0 and len(sink.requests("gone")) == 1


def test_too_long_is_sent_again_in_short(sink: PushSink, fanout: Fanout, tell: Tell, deliveries: Load) -> None:
    person, browser = new_id(), Browser()
    create_subscription(person, sink.endpoint("long"), browser)
    sink.answer("long", Reply(413), Reply(201))
    tell([person], new_id(), params={"place": "3栋18层", "verbs": ["safe"], "incident": {"id": "x", "more": "y" * 500}})
    fanout.run()
    first, second = (browser.message(request.body) for request in sink.requests("long"))
    assert len(str(second)) < len(str(first)) and "incident" not in second["notification"]["data"]
    assert second["notification"]["title"] == "3 栋 18 层起火" and second["notification"]["data"]["receipt"]
    assert deliveries()[0].state == "accepted"


def test_an_old_alarm_is_not_sent_any_more(sink: PushSink, fanout: Fanout, tell: Tell, deliveries: Load) -> None:
    person = new_id()
    create_subscription(person, sink.endpoint("late"))
    tell([person], new_id())
    with clock.freeze(clock.now() + timedelta(hours=1)):
        fanout.run()
    assert deliveries()[0].state == "expired" and not sink.requests("late")


def test_what_is_over_is_not_sent_any_more(sink: PushSink, fanout: Fanout, tell: Tell, deliveries: Load) -> None:
    person, incident = new_id(), new_id()
    create_subscription(person, sink.endpoint("over"))
    tell([person], incident)
    with db.transaction():
        service.end(incident)
    tell([person], incident, kind="incident.over", step="over.1")
    fanout.run()
    assert [one.state for one in deliveries()] == ["expired", "accepted"] and len(sink.requests("over")) == 1


def test_what_the_egress_guard_refuses_is_never_called(fanout: Fanout, tell: Tell, deliveries: Load) -> None:
    person = new_id()
    create_subscription(person, "https://127.0.0.1:1/metadata")
    tell([person], new_id())
    fanout.run()
    (one,) = deliveries()
    assert one.state == "failed" and "EgressRefused" in (one.error or "")


def test_a_name_that_does_not_resolve_is_tried_again(fanout: Fanout, tell: Tell, deliveries: Load) -> None:
    person = new_id()
    create_subscription(person, "https://push.invalid/x")
    tell([person], new_id())
    fanout.run()
    (one,) = deliveries()
    assert one.state == "queued" and "Unresolvable" in (one.error or "")


def test_two_workers_never_take_the_same(sink: PushSink, tell: Tell) -> None:
    people = [new_id() for _ in range(30)]
    for n, person in enumerate(people):
        create_subscription(person, sink.endpoint(str(n)))
    tell(people, new_id())
    first, second = outbox.take("push", new_id(), 20), outbox.take("push", new_id(), 20)
    assert len(first) == 20 and len(second) == 10 and not {r.id for r in first} & {r.id for r in second}


def test_a_dead_workers_lease_ends_and_its_late_mark_is_ignored(sink: PushSink, tell: Tell, deliveries: Load) -> None:
    person, dead, heir = new_id(), new_id(), new_id()
    create_subscription(person, sink.endpoint("x"))
    tell([person], new_id())
    (row,) = outbox.take("push", dead, 10)
    assert not outbox.take("push", heir, 10)
    with clock.freeze(clock.now() + timedelta(seconds=11)):
        assert len(outbox.take("push", heir, 10)) == 1
        assert outbox.mark([outbox.Outcome(row.id, row.notice_id, dead, "failed", error="late")]) == 0
        assert deliveries()[0].state == "queued" and deliveries()[0].lease_owner == heir
        assert outbox.mark([outbox.Outcome(row.id, row.notice_id, heir, "accepted")]) == 1
    assert deliveries()[0].state == "accepted"


def test_a_living_worker_keeps_its_leases(sink: PushSink, tell: Tell) -> None:
    person, owner = new_id(), new_id()
    create_subscription(person, sink.endpoint("x"))
    tell([person], new_id())
    (row,) = outbox.take("push", owner, 10)
    with clock.freeze(clock.now() + timedelta(seconds=9)):
        outbox.renew([(owner, row.id)])
    with clock.freeze(clock.now() + timedelta(seconds=15)):
        assert not outbox.take("push", new_id(), 10)


def test_alarms_go_before_news_and_nearest_first(sink: PushSink, tell: Tell) -> None:
    people = [new_id() for _ in range(6)]
    for n, person in enumerate(people):
        create_subscription(person, sink.endpoint(str(n)))
    tell(people[:3], new_id(), kind="fault.opened", step="a")
    tell([people[5], people[3], people[4]], new_id())
    rows = outbox.take("push", new_id(), 10)
    assert [row.person_id for row in rows] == [people[5], people[3], people[4], *people[:3]]


def test_a_notice_that_cannot_be_written_stops_no_other(
    sink: PushSink, fanout: Fanout, tell: Tell, deliveries: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [new_id(), new_id()]
    for n, person in enumerate(people):
        create_subscription(person, sink.endpoint(str(n)))
    real: Any = fanout_module.payload.build

    def build(told: Any, public_url: str) -> bytes:
        if told.person_id == people[0]:
            raise KeyError("a template with a fault")
        return bytes(real(told, public_url))

    monkeypatch.setattr(fanout_module.payload, "build", build)
    tell(people, new_id())
    fanout.run()
    assert [one.state for one in deliveries()] == ["failed", "accepted"]
