"""The live stream: two people see each other's answers, nobody else does, and nothing is missed in between."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from flask import Flask

from backend.accounts import cookies
from backend.incidents import live, verbs
from backend.incidents.states import Verb
from backend.kernel import db, stream
from backend.kernel.access import Actor
from backend.kernel.hub import Hub
from backend.kernel.ids import new_id
from backend.kernel.stream import newest_id
from tests.factories.accounts import create_session
from tests.factories.incidents import Watch, create_incident, create_watch


class HandDriven(Hub):
    """A hub whose bell the test rings; no thread."""

    def join(self, client: Any) -> None:
        self.last_id = self.handed_id = self.last_id or newest_id()
        self._clients.add(client)

    def ring(self) -> None:
        self._hand_out()


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, db_session: Any) -> HandDriven:
    made = HandDriven()
    monkeypatch.setattr(live, "hub", made)
    monkeypatch.setattr(live, "BEAT_S", 0.05)
    return made


def read(messages: Iterator[bytes], kind: str = "incident") -> dict[str, Any]:
    """The data of the next message of a kind; beats lie between."""
    for message in messages:
        fields = dict(line.split(b": ", 1) for line in message.splitlines() if b": " in line)
        if fields.get(b"event") == kind.encode():
            data: dict[str, Any] = orjson.loads(fields[b"data"])
            return data | {"_id": int(fields.get(b"id", b"0"))}
    raise AssertionError("the stream ended")


def say(watch: Watch, who: str, incident: Any, verb: Verb) -> None:
    with db.transaction():
        verbs.say(watch.actor(who), incident.id, verb)


def test_two_people_see_each_other_s_answers_and_an_outsider_sees_none(hub: HandDriven) -> None:
    watch = create_watch()
    desk, station = (live.events(watch.actor(who), None) for who in ("desk", "station"))
    outsider = live.events(Actor(new_id(), scopes={"incidents.see": ("/44/9999/",)}), None)
    assert read(desk, "beat") and read(station, "beat") and read(outsider, "beat")
    incident = create_incident(watch.tower, 3)
    hub.ring()
    assert read(desk)["state"] == read(station)["state"] == "suspected"
    say(watch, "station", incident, Verb.ACKNOWLEDGE)
    hub.ring()
    assert read(desk)["acknowledged_at"]
    seen = [next(outsider) for _ in range(3)]
    assert all(b"event: beat" in message for message in seen)


def test_a_reader_who_was_away_gets_what_was_missed_and_nothing_twice(hub: HandDriven) -> None:
    watch = create_watch()
    incident = create_incident(watch.tower, 3)
    first = newest_id()
    say(watch, "desk", incident, Verb.ACKNOWLEDGE)
    messages = live.events(watch.actor("station"), first - 1)
    assert read(messages)["version"] == 1
    hub.last_id = first
    hub.ring()
    missed = read(messages)
    say(watch, "station", incident, Verb.ARRIVE)
    hub.ring()
    assert [missed["version"], read(messages)["version"]] == [2, 3]


def test_who_saw_nothing_yet_knows_where_it_stands_and_misses_nothing_when_the_line_breaks(hub: HandDriven) -> None:
    """On a calm day a control room has seen no event: it came back without an id, and lost a fire."""
    watch = create_watch()
    create_incident(create_watch().tower, 3)
    calm = live.events(watch.actor("desk"), None)
    stands = read(calm, "beat")["_id"]
    assert stands == newest_id()
    calm.close()
    incident = create_incident(watch.tower, 3)
    hub.ring()
    assert read(live.events(watch.actor("desk"), stands))["id"] == str(incident.id)


def test_who_read_from_a_process_that_is_ahead_gets_nothing_twice(hub: HandDriven) -> None:
    """The id of an answer may be newer than what this process's hub has read."""
    watch = create_watch()
    create_incident(watch.tower, 3)
    first = newest_id()
    create_incident(watch.tower, 5)
    hub.last_id = first
    messages = live.events(watch.actor("desk"), newest_id())
    assert read(messages, "beat")
    hub.ring()
    third = create_incident(watch.tower, 8)
    hub.ring()
    assert read(messages)["id"] == str(third.id)


def test_a_beat_goes_with_the_stream_but_never_ahead_of_what_waits(hub: HandDriven) -> None:
    """Else a line that was calm for an hour would be too old, and all would fetch anew at our next restart."""
    watch = create_watch()
    calm = live.events(watch.actor("desk"), None)
    assert read(calm, "beat")
    create_incident(create_watch().tower, 3)
    hub.ring()
    assert read(calm, "beat")["_id"] == newest_id()
    before = newest_id()
    create_incident(watch.tower, 3)
    hub.last_id = newest_id()  # the hub is about to hand it over
    assert read(calm, "beat")["_id"] == before


def test_an_id_that_is_forgotten_or_of_another_database_is_a_reset(hub: HandDriven) -> None:
    watch = create_watch()
    create_incident(watch.tower, 3)
    assert read(live.events(watch.actor("desk"), newest_id() + 5), "reset")


def test_who_missed_nothing_costs_the_database_nothing_and_gets_what_comes(
    hub: HandDriven, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = create_watch()
    create_incident(watch.tower, 3)
    hub.last_id = newest_id()
    monkeypatch.setattr(live, "read_after", None)  # whoever asks falls over it
    monkeypatch.setattr(live, "oldest_id", None)
    messages = live.events(watch.actor("desk"), hub.last_id)
    assert read(messages, "beat")
    incident = create_incident(watch.tower, 5)
    hub.ring()
    assert read(messages)["id"] == str(incident.id)


def test_a_revoked_session_ends_its_stream(hub: HandDriven) -> None:
    watch = create_watch()
    session = new_id()
    actor = Actor(watch.people["desk"].id, session_id=session, scopes=watch.actor("desk").scopes)
    messages = live.events(actor, None)
    assert read(messages, "beat")
    with db.transaction():
        stream.end_streams(sessions=[session])
    hub.ring()
    with pytest.raises(AssertionError, match="ended"):
        read(messages, "never")


def test_a_safe_word_does_not_wake_a_tower_s_screens_and_a_call_for_help_wakes_responders(hub: HandDriven) -> None:
    from backend.incidents import roll_call

    watch = create_watch()
    incident = create_incident(watch.tower, 3, evidence="confirm")
    hub.last_id = newest_id()
    desk, home = (live.events(watch.actor(who), None) for who in ("desk", "home"))
    assert read(desk, "beat") and read(home, "beat")
    with db.transaction():
        roll_call.answer(watch.actor("upstairs"), incident.id, "safe")
    before = newest_id()
    with db.transaction():
        roll_call.answer(watch.actor("upstairs"), incident.id, "help", people=2)
    assert newest_id() > before
    hub.ring()
    assert read(desk)["id"] == str(incident.id)
    assert all(b"event: incident" not in next(home) for _ in range(3))


def test_over_http_it_is_an_event_stream_for_who_is_signed_in(app: Flask, hub: HandDriven) -> None:
    watch = create_watch()
    assert app.test_client().get("/api/stream").status_code == 401
    client = app.test_client()
    client.set_cookie(cookies.NAME, create_session(watch.people["desk"]))
    answer = client.get("/api/stream", buffered=False)
    assert answer.mimetype == "text/event-stream"
    assert answer.headers["Cache-Control"] == "no-cache, no-transform"
    assert b"event: beat" in next(iter(answer.response))
    answer.close()
