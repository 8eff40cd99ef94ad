"""`send` and the next channel: who gets what, once, and when SMS joins."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from backend.kernel import clock, db, jobs, policy, retention
from backend.kernel.ids import new_id
from notifications import Recipient, outbox, preferences, rows, send, sending, service
from notifications.contacts import Contact
from notifications.fanout import Fanout
from notifications.models import Delivery, Notice, PushSubscription
from tests.factories.notifications import contacts_of, create_subscription
from tests.sinks.http import Reply
from tests.sinks.push import PushSink

Tell = Callable[..., int]
Load = Callable[[], list[Any]]


@pytest.mark.usefixtures("committed_db")
def test_the_same_step_is_told_once(tell: Tell, notices: Load) -> None:
    people, incident = [new_id(), new_id()], new_id()
    assert tell(people, incident) == 2
    assert tell([*people, new_id()], incident) == 1
    assert tell(people, incident, step="ring2.2") == 2
    assert len(notices()) == 5


@pytest.mark.usefixtures("committed_db")
def test_sixteen_senders_at_once_tell_once(tell: Tell, notices: Load) -> None:
    people, incident = [new_id() for _ in range(20)], new_id()
    with ThreadPoolExecutor(8) as threads:
        told = list(threads.map(lambda _: tell(people, incident), range(16)))
    assert sum(told) == 20 and len(notices()) == 20


@pytest.mark.usefixtures("committed_db")
def test_somebody_twice_among_the_recipients_is_told_once(notices: Load) -> None:
    person = new_id()
    with db.transaction():
        to = [Recipient(person, {"place": "一"}), Recipient(person, {"place": "二"})]
        assert send("incident.suspected", subject=("incident", new_id()), step="ring0.1", recipients=to) == 1
    assert notices()[0].params["place"] == "一"


@pytest.mark.usefixtures("committed_db")
def test_nothing_is_told_when_the_caller_fails(tell: Tell, notices: Load) -> None:
    with pytest.raises(ZeroDivisionError), db.transaction():
        tell([new_id()], new_id())
        raise ZeroDivisionError
    assert notices() == []


@pytest.mark.usefixtures("committed_db")
@pytest.mark.parametrize(
    ("sms", "phone", "expected"),
    [
        ("never", "proved", ["push"]), ("never", "none", []),
        ("now", "proved", ["push", "sms"]),
        ("fallback", "proved", ["push"]), ("fallback", "unproved", ["push", "sms"]), ("fallback", "none", ["sms"]),
        ("fallback", "proved long ago", ["push", "sms"]),
    ],
)  # fmt: skip
def test_first_channels(tell: Tell, deliveries: Load, sms: str, phone: str, expected: list[str]) -> None:
    person, now = new_id(), clock.now()
    proofs = {"proved": now, "unproved": None, "proved long ago": now - timedelta(days=60)}
    if phone in proofs:
        create_subscription(person, "https://push.example/x", proved_at=proofs[phone])
    tell([person], new_id(), sms=sms)
    assert sorted(one.channel for one in deliveries()) == expected


@pytest.mark.usefixtures("committed_db")
def test_the_open_app_sees_it_in_its_own_language() -> None:
    chinese, english = new_id(), new_id()
    with contacts_of({english: Contact(None, "en")}), db.transaction():
        to = [Recipient(chinese), Recipient(english)]
        send("exercise.started", subject=("incident", new_id()), step="ring2.1", recipients=to)
    with db.transaction() as session:
        rows = session.execute(text("SELECT people, data->>'title' FROM stream_events WHERE kind = 'notice'")).all()
    found = {people[0]: title for people, title in rows}
    assert found[chinese].startswith("演练") and found[english].startswith("EXERCISE")


@pytest.mark.usefixtures("committed_db")
def test_bells_are_few_however_many_are_told(tell: Tell, monkeypatch: pytest.MonkeyPatch) -> None:
    rung: list[tuple[str, str]] = []
    monkeypatch.setattr(jobs, "_ring", lambda queue, name, ids: rung.append((queue, name)))
    people = [new_id() for _ in range(500)]
    for n, person in enumerate(people):
        create_subscription(person, f"https://push.example/{n}")
    tell(people, new_id())
    assert rung == [("alarms", "notifications.jobs.deliver")] * 2
    tell(people[:1], new_id(), kind="fault.opened")
    assert rung[2:] == [("bulk", "notifications.jobs.deliver")]


def test_no_receipt_in_time_brings_an_sms(
    sink: PushSink, fanout: Fanout, tell: Tell, deliveries: Load, messages: Load
) -> None:
    silent, reached, incident, start = new_id(), new_id(), new_id(), clock.now()
    create_subscription(silent, sink.endpoint("silent"), proved_at=start)
    create_subscription(reached, sink.endpoint("reached"), proved_at=start)
    tell([silent, reached], incident, sms="fallback", params={"place": "3栋18层"})
    fanout.run()
    with db.transaction() as session:
        theirs = select(Delivery).join(Notice, Notice.id == Delivery.notice_id).where(Notice.person_id == reached)
        session.scalars(theirs).one().state = "received"
    with clock.freeze(start + timedelta(seconds=19)):
        assert outbox.fall_back() == 0
    with clock.freeze(start + timedelta(seconds=21)):
        assert outbox.fall_back() == 1
        assert outbox.fall_back() == 0
        fanout.run()
    (sent,) = messages()
    assert sent["phone"] == "13800000000" and sent["text"].startswith("【守望】3 栋 18 层起火。")
    assert [one.state for one in deliveries() if one.channel == "sms"] == ["accepted"]


@pytest.mark.parametrize("status", [410, 403, 503])
def test_a_way_that_failed_is_not_waited_for(
    sink: PushSink, fanout: Fanout, tell: Tell, messages: Load, deliveries: Load, status: int
) -> None:
    person, start = new_id(), clock.now()
    create_subscription(person, sink.endpoint("f"), proved_at=start)
    sink.answer("f", Reply(status))
    tell([person], new_id(), sms="fallback")
    fanout.run()
    if status == 503:  # one failure may be chance, two are not
        assert outbox.fall_back() == 0
        with clock.freeze(start + timedelta(seconds=5)):
            fanout.run()
            assert outbox.fall_back() == 1
    else:
        assert outbox.fall_back() == 1
    with clock.freeze(start + timedelta(seconds=5)):
        fanout.run()
    assert len(messages()) == 1


def test_another_phone_that_works_keeps_the_sms_back(sink: PushSink, fanout: Fanout, tell: Tell) -> None:
    person, now = new_id(), clock.now()
    create_subscription(person, sink.endpoint("old"), proved_at=now)
    create_subscription(person, sink.endpoint("new"), proved_at=now)
    sink.answer("old", Reply(410))
    tell([person], new_id(), sms="fallback")
    fanout.run()
    assert outbox.fall_back() == 0


def test_who_read_it_in_the_app_gets_no_sms(sink: PushSink, tell: Tell) -> None:
    person, start = new_id(), clock.now()
    create_subscription(person, sink.endpoint("x"), proved_at=start)
    tell([person], new_id(), sms="fallback")
    with db.transaction():
        service.read(person, None)
    with clock.freeze(start + timedelta(seconds=30)):
        assert outbox.fall_back() == 0


def test_nobody_without_a_number_stops_the_others(fanout: Fanout, tell: Tell, messages: Load, deliveries: Load) -> None:
    people = [new_id(), new_id()]
    with contacts_of({people[0]: Contact(None)}):
        tell(people, new_id(), sms="now")
        fanout.run()
    assert [one.state for one in deliveries()] == ["failed", "accepted"] and len(messages()) == 1


@pytest.mark.usefixtures("committed_db")
def test_told_counts_people(tell: Tell, deliveries: Load) -> None:
    incident, people = new_id(), [new_id() for _ in range(4)]
    for n, person in enumerate(people):
        create_subscription(person, f"https://push.example/{n}")
    tell(people, incident, step="ring0.1")
    tell(people[:2], incident, step="ring2.1")
    with db.transaction() as session:
        session.get_one(Delivery, deliveries()[1].id).state = "shown"
        service.mark_answered(incident, people[0])
        assert service.told(incident) == service.Told(people=4, received=2, answered=1)
        assert set(service.told_people(incident)) == set(people)
        assert service.told_by_step(incident)["ring2.1"] == set(people[:2])
        assert set(service.unreceived(incident, "ring0.1")) == set(people[2:])


@pytest.mark.parametrize(
    ("start", "until", "hour", "expected"),
    [
        (22 * 60, 7 * 60, 23, 8), (22 * 60, 7 * 60, 6, 1), (22 * 60, 7 * 60, 8, None), (22 * 60, 7 * 60, 7, None),
        (60, 120, 1, 1), (60, 120, 2, None), (None, None, 3, None), (60, 60, 1, None),
    ],
)  # fmt: skip
def test_quiet_hours(start: int | None, until: int | None, hour: int, expected: int | None) -> None:
    now = datetime(2026, 3, 1, hour, tzinfo=sending.CHINA).astimezone(UTC)
    end = sending.quiet_until(start, until, now)
    assert end == (now + timedelta(hours=expected) if expected else None)


@pytest.mark.usefixtures("committed_db")
def test_quiet_hours_hold_back_news_and_never_an_alarm(tell: Tell, deliveries: Load) -> None:
    person = new_id()
    create_subscription(person, "https://push.example/x")
    with db.transaction():
        preferences.set_quiet_hours(person, 22 * 60, 7 * 60)
    with clock.freeze(datetime(2026, 3, 1, 23, 30, tzinfo=sending.CHINA).astimezone(UTC)):
        tell([person], new_id(), kind="fault.opened")
        tell([person], new_id())
        waits = [(one.next_at - clock.now()).total_seconds() / 3600 for one in deliveries()]
    assert waits == [7.5, 0]


@pytest.mark.usefixtures("committed_db")
def test_when_sms_joins_and_what_proves_a_phone_are_of_the_place(notices: Load, deliveries: Load) -> None:
    """A city may wait longer than the rest, and an estate may want a fresher proof."""
    far, near = new_id(), new_id()
    for person in (far, near):
        create_subscription(person, f"https://push.example/{person}", proved_at=clock.now() - timedelta(days=10))
    with db.transaction():
        policy.put("notices.fallback_s", "/33/", 90)
        policy.put("notices.proof_days", "/33/3301/e/", 5)
        for person, path in ((far, "/33/3302/"), (near, "/33/3301/e/b/")):
            to = [Recipient(person, sms="fallback")]
            send("incident.suspected", subject=("incident", new_id()), step="r", recipients=to, scope_path=path)
    by_person = {one.person_id: one for one in notices()}
    assert by_person[far].fallback_at - by_person[far].created_at == timedelta(seconds=90)
    channels = {
        person: {d.channel for d in deliveries() if d.notice_id == by_person[person].id} for person in by_person
    }
    assert channels == {far: {"push"}, near: {"push", "sms"}}


@pytest.mark.usefixtures("committed_db")
def test_old_notices_go_with_their_deliveries_and_so_do_phones_long_gone(
    tell: Tell, notices: Load, deliveries: Load
) -> None:
    old, new, now = new_id(), new_id(), clock.now()
    phones = {person: create_subscription(person, f"https://push.example/{person}") for person in (old, new)}
    tell([new], new_id())
    aged = now - timedelta(days=401)
    notice = Notice(id=retention.first_id(aged), subject_kind="incident", subject_id=new_id(), step="r", person_id=old)
    notice.kind, notice.params, notice.urgency, notice.sms = "incident.over", {}, "alarm", "never"
    notice.created_at = aged
    with db.transaction() as session:
        session.add(notice)
        session.flush()
        rows.add_deliveries([rows.NewDelivery(notice.id, "push", phones[old].id, aged, notice.kind, "alarm")])
        session.get_one(PushSubscription, phones[old].id).gone_at = now - timedelta(days=91)
    service.forget()
    assert [one.person_id for one in notices()] == [new]
    assert [one.endpoint_id for one in deliveries()] == [phones[new].id]
    with db.transaction() as session:
        assert [one.id for one in session.scalars(select(PushSubscription))] == [phones[new].id]
