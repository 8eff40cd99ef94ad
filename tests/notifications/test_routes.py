"""The inbox, push subscriptions and the test of one's own alarm, as a browser uses them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from backend.kernel import access, clock, config, crypt, db
from backend.kernel.ids import new_id
from notifications import service, trials
from notifications.fanout import Fanout
from notifications.models import PushSubscription
from tests.factories.notifications import create_egress_rule, create_subscription
from tests.sinks.browser import Browser
from tests.sinks.http import Reply
from tests.sinks.push import PushSink

pytestmark = pytest.mark.committed
Tell = Callable[..., int]


@pytest.fixture
def me(as_actor: Callable[..., access.Actor]) -> access.Actor:
    return as_actor(session_id=new_id())


def subscribe(client: FlaskClient, endpoint: str, browser: Browser | None = None, **more: Any) -> Any:
    body = (browser or Browser()).subscription(endpoint) | more
    return client.post("/api/push/subscriptions", json=body)


def phones() -> list[PushSubscription]:
    with db.transaction() as session:
        return list(session.query(PushSubscription).order_by(PushSubscription.id))


@pytest.mark.parametrize(
    ("method", "path"),
    [("get", "/api/notices"), ("post", "/api/notices/read"), ("get", "/api/notices/quiet"), ("get", "/api/push/key"),
     ("post", "/api/push/subscriptions"), ("post", "/api/push/test")],
)  # fmt: skip
def test_nothing_without_signing_in(client: FlaskClient, method: str, path: str) -> None:
    answer = getattr(client, method)(path, **({"json": {}} if method == "post" else {}))
    assert answer.status_code in (401, 422)
    assert method == "post" or answer.status_code == 401


def test_the_key_is_the_browsers(client: FlaskClient, me: access.Actor) -> None:
    assert client.get("/api/push/key").json == {"public_key": crypt.vapid_public()}


def test_inbox_pages_newest_first_and_only_mine(client: FlaskClient, me: access.Actor, tell: Tell) -> None:
    for n in range(5):
        tell([me.person_id, new_id()], new_id(), step=str(n), params={"place": f"{n}栋"})
    first = client.get("/api/notices?limit=3").json
    assert [item["title"] for item in first["items"]] == ["4 栋起火", "3 栋起火", "2 栋起火"]
    second = client.get(f"/api/notices?limit=3&after={first['next']}").json
    assert len(second["items"]) == 2 and second["next"] is None
    assert set(first["items"][0]) == {
        "id", "kind", "title", "body", "url", "urgency", "created_at", "read_at", "ended_at", "subject",
    }  # fmt: skip


def test_reading_is_for_ones_own(client: FlaskClient, me: access.Actor, tell: Tell) -> None:
    other = new_id()
    tell([me.person_id, other], new_id())
    with db.transaction() as session:
        theirs = [notice.id for notice in session.scalars(service.inbox(other))]
    assert client.post("/api/notices/read", json={"ids": [str(i) for i in theirs]}).status_code == 204
    assert client.post("/api/notices/read", json={"all": True}).status_code == 204
    assert client.get("/api/notices").json["items"][0]["read_at"]
    with db.transaction() as session:
        assert all(notice.read_at is None for notice in session.scalars(service.inbox(other)))


def test_quiet_hours_are_kept(client: FlaskClient, me: access.Actor) -> None:
    assert client.get("/api/notices/quiet").json == {"quiet_from": None, "quiet_until": None}
    assert client.put("/api/notices/quiet", json={"quiet_from": 1320, "quiet_until": 420}).status_code == 200
    assert client.get("/api/notices/quiet").json == {"quiet_from": 1320, "quiet_until": 420}
    assert client.put("/api/notices/quiet", json={"quiet_from": 1440, "quiet_until": 0}).status_code == 422
    client.put("/api/notices/quiet", json={"quiet_from": None, "quiet_until": 420})
    assert client.get("/api/notices/quiet").json == {"quiet_from": None, "quiet_until": None}


@pytest.mark.parametrize(
    "endpoint",
    ["http://push.example/x", "https://127.0.0.1/x", "https://localhost/x", "https://10.0.0.8/x", "https://[::1]/x",
     "https://169.254.169.254/latest/meta-data", "https://0x7f000001/", "https://2130706433/", "https://0.0.0.0/",
     "https://user:pw@example.com/", "file:///etc/passwd", "gopher://x", "https://", "", "https://[::ffff:10.0.0.1]/",
     "https://localhost:65536/", "https://" + "a" * 3000],
)  # fmt: skip
def test_an_endpoint_is_never_a_way_inside(client: FlaskClient, me: access.Actor, endpoint: str) -> None:
    answer = subscribe(client, endpoint)
    assert answer.status_code == 422 and not phones(), answer.json


def test_subscribing_again_renews(client: FlaskClient, me: access.Actor, sink: PushSink) -> None:
    browser, endpoint = Browser(), sink.endpoint("a")
    first, second = subscribe(client, endpoint, browser), subscribe(client, endpoint, browser)
    assert first.status_code == second.status_code == 201 and first.json == second.json
    (phone,) = phones()
    assert phone.session_id == me.session_id and phone.gone_at is None


def test_a_new_address_ends_the_old_one(client: FlaskClient, me: access.Actor, sink: PushSink) -> None:
    subscribe(client, sink.endpoint("old"))
    stranger = create_subscription(new_id(), sink.endpoint("strange"))
    subscribe(client, sink.endpoint("new"), replaces=sink.endpoint("old"))
    subscribe(client, sink.endpoint("newer"), replaces=stranger.endpoint)
    gone = {phone.endpoint: phone.gone_at is not None for phone in phones()}
    assert gone == {
        sink.endpoint("old"): True, stranger.endpoint: False,
        sink.endpoint("new"): False, sink.endpoint("newer"): False,
    }  # fmt: skip


def test_an_endpoint_moves_only_with_its_browsers_keys(client: FlaskClient, me: access.Actor, sink: PushSink) -> None:
    browser, endpoint, owner = Browser(), sink.endpoint("desk"), new_id()
    create_subscription(owner, endpoint, browser, proved_at=clock.now())
    answer = subscribe(client, endpoint)
    assert answer.status_code == 409 and answer.json["code"] == "OtherPersonsPhone"
    assert phones()[0].person_id == owner
    assert subscribe(client, endpoint, browser).status_code == 201
    assert phones()[0].person_id == me.person_id and phones()[0].proved_at is None


@pytest.mark.parametrize("keys", [{"p256dh": "BAAA", "auth": "AAAA"}, {"p256dh": "x"}, {}, {"p256dh": "", "auth": ""}])
def test_bad_browser_keys_are_refused(
    client: FlaskClient, me: access.Actor, sink: PushSink, keys: dict[str, str]
) -> None:
    assert subscribe(client, sink.endpoint("k"), keys=keys).status_code == 422 and not phones()


def test_more_than_ten_phones_make_room(client: FlaskClient, me: access.Actor, sink: PushSink) -> None:
    for n in range(12):
        with clock.freeze(clock.now() + timedelta(seconds=n)):
            assert subscribe(client, sink.endpoint(str(n))).status_code == 201
    live = [phone.endpoint for phone in phones() if phone.gone_at is None]
    assert len(live) == 10 and sink.endpoint("0") not in live


def test_turning_off_is_for_ones_own(client: FlaskClient, me: access.Actor, sink: PushSink) -> None:
    theirs = create_subscription(new_id(), sink.endpoint("theirs"))
    mine = UUID(subscribe(client, sink.endpoint("mine")).json["id"])
    assert client.delete(f"/api/push/subscriptions/{theirs.id}").status_code == 404
    assert client.delete(f"/api/push/subscriptions/{mine}").status_code == 204
    assert [phone.gone_at is not None for phone in phones()] == [False, True]


def test_a_revoked_sessions_phone_is_silent(
    client: FlaskClient, me: access.Actor, sink: PushSink, fanout: Fanout, tell: Tell
) -> None:
    subscribe(client, sink.endpoint("revoked"))
    tell([me.person_id], new_id())
    with db.transaction():
        service.end_session_subscriptions([me.session_id] if me.session_id else [])
    fanout.run()
    assert not sink.requests("revoked")


def test_test_my_alarm_shows_each_hop(client: FlaskClient, me: access.Actor, sink: PushSink, fanout: Fanout) -> None:
    browser = Browser()
    subscribe(client, sink.endpoint("mine"), browser)
    create_subscription(me.person_id, sink.endpoint("my other phone"), session_id=new_id())
    answer = client.post("/api/push/test")
    assert answer.status_code == 202
    path = f"/api/push/test/{answer.json['notice_id']}"
    hops = client.get(path).json
    assert hops["state"] == "queued" and hops["accepted_at"] is None and hops["reason"] is None
    fanout.run()
    assert not sink.requests("my other phone")
    (request,) = sink.requests("mine")
    assert request.headers["urgency"] == "high"
    note = browser.message(request.body)["notification"]
    assert note["navigate"].endswith("/me/test") and note["data"]["kind"] == "test.alarm"
    for event in ("received", "shown", "opened"):
        client.post("/api/receipts", json={"token": note["data"]["receipt"], "event": event})
    hops = client.get(path).json
    assert hops["state"] == "opened" and hops["reason"] is None and hops["channel"] == "push"
    times = [hops[f"{hop}_at"] for hop in ("queued", "accepted", "received", "shown", "opened")]
    assert all(times) and times == sorted(times)


def test_a_test_without_a_phone_says_what_to_do(
    client: FlaskClient, me: access.Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = client.post("/api/push/test", headers={"Accept-Language": "zh"})
    assert answer.status_code == 409 and answer.json["code"] == "NoPhone" and "打开通知" in answer.json["message"]
    monkeypatch.setenv("PUBLIC_URL", "http://192.168.1.5:8000")
    config.settings.cache_clear()
    answer = client.post("/api/push/test")
    config.settings.cache_clear()
    assert answer.json["code"] == "PushNeedsHttps" and "https" in answer.json["message"]


@pytest.mark.parametrize(
    ("replies", "word"),
    [([Reply(410)], "取消"), ([Reply(403)], "没有收下"), ([Reply(503)], "正忙"), ([Reply(429)], "正忙")],
)
def test_a_test_that_fails_says_why(
    client: FlaskClient, me: access.Actor, sink: PushSink, fanout: Fanout, replies: list[Reply], word: str
) -> None:
    subscribe(client, sink.endpoint("f"))
    sink.answer("f", *replies)
    path = f"/api/push/test/{client.post('/api/push/test').json['notice_id']}"
    fanout.run()
    assert word in client.get(path).json["reason"]


def test_a_test_says_when_no_push_service_can_be_reached(
    client: FlaskClient, me: access.Actor, sink: PushSink, fanout: Fanout
) -> None:
    create_egress_rule("localhost", 9)
    create_subscription(me.person_id, "https://localhost:9/x", session_id=me.session_id)
    path = f"/api/push/test/{client.post('/api/push/test').json['notice_id']}"
    fanout.run()
    assert "连不上" in client.get(path).json["reason"]


def test_a_test_that_is_accepted_and_never_received_says_so(
    client: FlaskClient, me: access.Actor, sink: PushSink, fanout: Fanout
) -> None:
    subscribe(client, sink.endpoint("a"))
    path = f"/api/push/test/{client.post('/api/push/test').json['notice_id']}"
    fanout.run()
    assert client.get(path).json["reason"] is None
    with clock.freeze(clock.now() + timedelta(seconds=30)):
        assert "没有报告收到" in client.get(path).json["reason"]


def test_tests_are_ones_own_and_not_endless(
    client: FlaskClient, me: access.Actor, sink: PushSink, tell: Tell, as_actor: Callable[..., access.Actor]
) -> None:
    subscribe(client, sink.endpoint("a"))
    tests = [client.post("/api/push/test").json["notice_id"] for _ in range(trials.MOST)]
    assert client.post("/api/push/test").status_code == 429
    as_actor()
    assert client.get(f"/api/push/test/{tests[0]}").status_code == 404


def test_a_foreign_page_cannot_subscribe(client: FlaskClient, me: access.Actor, sink: PushSink) -> None:
    body = Browser().subscription(sink.endpoint("x"))
    headers = {"Origin": "https://evil.example"}
    assert client.post("/api/push/subscriptions", json=body, headers=headers).status_code == 403


def test_unknown_fields_are_named(client: FlaskClient, me: access.Actor, sink: PushSink) -> None:
    answer = subscribe(client, sink.endpoint("x"), surprise=1)
    assert answer.status_code == 422 and "surprise" in str(answer.json)
