"""The multiplexed sender against a real TLS server."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from notifications.channels.sender import Answer, Post, Sender
from tests.sinks.http import Reply
from tests.sinks.push import PushSink, running


@pytest.fixture(scope="module")
def sink(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PushSink]:
    with running(tmp_path_factory.mktemp("sink")) as sink:
        yield sink


@pytest.fixture
def sender(sink: PushSink) -> Iterator[Sender]:
    sender = Sender(str(sink.certificate))
    yield sender
    sender.close()


def post(sink: PushSink, name: str, body: bytes = b"x" * 1100, address: str | None = "127.0.0.1") -> Post:
    return Post(name, sink.endpoint(name), body, ["TTL: 60", "Expect:"], address)


def by_key(answers: Iterator[Answer]) -> dict[str, Answer]:
    return {answer.key: answer for answer in answers}


def test_a_thousand_arrive_whole_over_http2(sink: PushSink, sender: Sender) -> None:
    posts = (post(sink, f"many{n}", str(n).encode()) for n in range(1000))
    answers = by_key(sender.send(posts))
    assert {answer.status for answer in answers.values()} == {201} and len(answers) == 1000
    for n in range(1000):
        (request,) = sink.requests(f"many{n}")
        assert request.body == str(n).encode() and request.version == 2 and request.headers["ttl"] == "60"


def test_each_answer_belongs_to_its_request(sink: PushSink, sender: Sender) -> None:
    statuses = {"ok": 201, "gone": 410, "none": 404, "big": 413, "wait": 429, "broken": 503}
    for name, status in statuses.items():
        sink.answer(name, Reply(status, headers={"Retry-After": "7"} if status in (429, 503) else {}))
    answers = by_key(sender.send([post(sink, name) for name in statuses]))
    assert {name: answer.status for name, answer in answers.items()} == statuses
    assert answers["wait"].retry_after_s == answers["broken"].retry_after_s == 7
    assert answers["ok"].error is None and answers["ok"].retry_after_s is None


def test_a_slow_one_does_not_hold_up_the_others(sink: PushSink, sender: Sender) -> None:
    sink.answer("slow", Reply(201, delay_s=1.5))
    order = [answer.key for answer in sender.send([post(sink, "slow"), *(post(sink, f"q{n}") for n in range(50))])]
    assert order[-1] == "slow" and len(order) == 51


def test_no_answer_ends_with_an_error(sink: PushSink, sender: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("notifications.channels.sender.TOTAL_MS", 500)
    sink.answer("never", Reply(None))
    (answer,) = sender.send([post(sink, "never")])
    assert answer.status == 0 and answer.error


def test_a_redirect_is_an_answer_not_a_way(sink: PushSink, sender: Sender) -> None:
    sink.answer("moved", Reply(302, headers={"Location": sink.endpoint("target")}))
    (answer,) = sender.send([post(sink, "moved")])
    assert answer.status == 302 and not sink.requests("target")


def test_the_pinned_address_is_used_whatever_the_name_says(sink: PushSink, sender: Sender) -> None:
    url = f"https://nowhere.invalid:{sink.port}/push/pinned"
    (answer,) = sender.send([Post("p", url, b"x", [], "127.0.0.1")])
    assert answer.status == 0 and "certificate" in (answer.error or "").lower()  # reached, and refused by its name


def test_an_unknown_authority_is_refused(sink: PushSink) -> None:
    sender = Sender()
    (answer,) = sender.send([post(sink, "untrusted")])
    sender.close()
    assert answer.status == 0 and not sink.requests("untrusted")


@pytest.mark.parametrize("url", ["http://localhost:1/x", "file:///etc/passwd", "gopher://localhost/x"])
def test_only_https(sink: PushSink, sender: Sender, url: str) -> None:
    (answer,) = sender.send([Post("x", url, b"", [])])
    assert answer.status == 0 and answer.error


def test_nobody_listens(sender: Sender, tmp_path: Path) -> None:
    (answer,) = sender.send([Post("x", "https://localhost:9/x", b"", [], "127.0.0.1")])
    assert answer.status == 0
