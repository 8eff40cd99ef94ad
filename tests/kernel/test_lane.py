"""Reads wait in line, and who writes goes past them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from backend.kernel.lane import CROWDED, Lane
from tests.waiting import until


class Slow:
    """An application whose every request stands until it is let go; notes how many ran side by side."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.order: list[str] = []
        self.running = self.most = 0
        self.refused = 0
        self._lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        if environ.get(CROWDED):
            self.refused += 1
            return []
        with self._lock:
            self.running += 1
            self.most = max(self.most, self.running)
            self.order.append(environ["PATH_INFO"])
        self.go.wait(10)
        with self._lock:
            self.running -= 1
        return []


@contextmanager
def asking(lane: Lane, *asked: tuple[str, str]) -> Iterator[list[threading.Thread]]:
    """Requests (method, path) in threads of their own."""
    threads = [_thread(lane, method, path) for method, path in asked]
    for thread in threads:
        thread.start()
    try:
        yield threads
    finally:
        for thread in threads:
            thread.join(10)


def _thread(lane: Lane, method: str, path: str) -> threading.Thread:
    return threading.Thread(target=lane, args=({"REQUEST_METHOD": method, "PATH_INFO": path}, None), daemon=True)


def test_a_few_reads_run_and_the_others_wait() -> None:
    app = Slow()
    with asking(Lane(app, at_once=2), *[("GET", f"/{n}") for n in range(6)]):
        until(lambda: app.running == 2)
        app.go.set()
    assert (app.most, len(app.order), app.refused) == (2, 6, 0)


def test_who_writes_goes_past_the_line() -> None:
    app = Slow()
    lane = Lane(app, at_once=1)
    with asking(lane, ("GET", "/a"), ("GET", "/b")):
        until(lambda: app.running == 1)
        with asking(lane, ("POST", "/tap"), ("GET", "/health/ready")):
            until(lambda: {"/tap", "/health/ready"} <= set(app.order))
            app.go.set()


def test_beside_a_write_one_read_runs_and_the_others_after_it() -> None:
    app = Slow()
    lane = Lane(app, at_once=3)
    with asking(lane, ("POST", "/tap")):
        until(lambda: app.running == 1)
        with asking(lane, *[("GET", f"/{n}") for n in range(4)]):
            until(lambda: len(lane.reads.waiting) == 3)
            assert (lane.writes.running, lane.reads.running) == (1, 1)
            app.go.set()
    assert len(app.order) == 5 and app.refused == 0


def test_writes_too_are_bounded_and_go_first() -> None:
    app = Slow()
    lane = Lane(app, at_once=1)
    with asking(lane, ("POST", "/one")):
        until(lambda: app.running == 1)
        with asking(lane, ("GET", "/read"), ("POST", "/two")):
            until(lambda: len(lane.writes.waiting) == 1)
            app.go.set()
    assert set(app.order) == {"/one", "/read", "/two"} and app.refused == 0


def test_receipts_stand_in_no_line() -> None:
    """They come by thousands and each waits a tenth of a second for company: every tap would stand behind them."""
    app = Slow()
    lane = Lane(app, at_once=1)
    with asking(lane, ("POST", "/tap")):
        until(lambda: app.running == 1)
        with asking(lane, ("POST", "/api/receipts"), ("POST", "/api/receipts")):
            until(lambda: app.running == 3)
            app.go.set()


def test_who_sends_slowly_or_much_holds_no_place() -> None:
    """A few phones with a bad network, or one of bad will, would keep everybody else from answering."""
    app, arrived = Slow(), threading.Event()
    lane = Lane(app, at_once=1)

    class Slowly:
        def read(self, size: int) -> bytes:
            arrived.wait(10)
            return b"x" * size

    def post(path: str, length: int) -> threading.Thread:
        environ = {"REQUEST_METHOD": "POST", "PATH_INFO": path, "CONTENT_LENGTH": str(length), "wsgi.input": Slowly()}
        return threading.Thread(target=lane, args=(environ, None), daemon=True)

    threads = [post("/slow", 10), *(post(f"/photo{n}", 10_000_000) for n in range(2))]
    for thread in threads:
        thread.start()
    with asking(lane, ("POST", "/tap")):
        until(lambda: app.running == 3)
        assert "/slow" not in app.order and "/tap" in app.order
        arrived.set()
        app.go.set()
    for thread in threads:
        thread.join(10)
    assert "/slow" in app.order


def test_a_tower_that_says_it_is_safe_keeps_no_tap_waiting() -> None:
    app = Slow()
    lane = Lane(app, at_once=2)
    with asking(lane, *[("POST", f"/api/incidents/{n}/roll-call") for n in range(5)]):
        until(lambda: len(lane.words.waiting) == 3)
        with asking(lane, ("POST", "/api/incidents/1/acknowledge")):
            until(lambda: "/api/incidents/1/acknowledge" in app.order)
            app.go.set()
    assert len(app.order) == 6 and app.refused == 0


def test_the_line_is_served_in_order() -> None:
    app = Slow()
    lane = Lane(app, at_once=1)
    with asking(lane, ("GET", "/first")):
        until(lambda: app.running == 1)
        with asking(lane, ("GET", "/second")):
            until(lambda: len(lane.reads.waiting) == 1)
            with asking(lane, ("GET", "/third")):
                until(lambda: len(lane.reads.waiting) == 2)
                app.go.set()
    assert app.order == ["/first", "/second", "/third"]


def test_who_waited_in_vain_is_refused_and_leaves_the_line() -> None:
    app = Slow()
    lane = Lane(app, at_once=1, patience_s=0.01)
    with asking(lane, ("GET", "/a")):
        until(lambda: app.running == 1)
        with asking(lane, ("GET", "/b")):
            until(lambda: app.refused == 1)
        app.go.set()
    assert app.order == ["/a"]
    with asking(lane, ("GET", "/c")):
        pass
    assert app.order == ["/a", "/c"]


def test_a_failing_read_gives_its_place_back() -> None:
    def failing(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        raise ValueError(environ["PATH_INFO"])

    lane = Lane(failing, at_once=1)
    for _ in range(3):
        try:
            lane({"REQUEST_METHOD": "GET", "PATH_INFO": "/"}, None)
        except ValueError as error:
            assert str(error) == "/"
    assert lane.reads.running == 0


def test_the_refusal_says_when_to_come_again(client: Any) -> None:
    answer = client.get("/api/me", environ_overrides={CROWDED: True})
    assert answer.status_code == 503
    assert answer.json["code"] == "Crowded"
    assert int(answer.headers["Retry-After"]) > 0
    assert "119" in answer.json["message"]
