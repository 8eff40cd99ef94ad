"""The live stream: ids in commit order, each event to whom it may reach, ended when a session is."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import orjson
import pytest
from sqlalchemy import select

from backend.kernel import db, stream
from backend.kernel.access import Actor
from backend.kernel.hub import END, Client, Hub
from backend.kernel.ids import new_id
from backend.kernel.stream import StreamEvent, newest_id, read_after
from backend.kernel.stream_client import WAITING, may_see

GUARD = Actor(new_id(), session_id=new_id(), scopes={"incidents.see": ("/33/e1/",)})
NEIGHBOUR = Actor(new_id(), session_id=new_id(), scopes={"incidents.see": ("/33/e2/",)})


def emit(number: int, path: str = "/33/e1/b1/") -> None:
    with db.transaction():
        stream.emit("incident", {"number": number}, paths=[path])


def test_a_rolled_back_event_never_was(db_session):
    with pytest.raises(RuntimeError), db.transaction():
        stream.emit("incident", {"number": 1}, paths=["/"])
        raise RuntimeError
    assert read_after(0) == []


def test_scope_and_people_decide_who_sees(db_session):
    emit(1)
    with db.transaction():
        stream.emit("notice", {}, people=[NEIGHBOUR.person_id])
        stream.emit("device", {}, paths=["/33/e1/"], permission="devices.see")
    here, personal, device = read_after(0)
    assert [may_see(e, GUARD) for e in (here, personal, device)] == [True, False, False]
    assert [may_see(e, NEIGHBOUR) for e in (here, personal, device)] == [False, True, False]


def test_ids_are_in_commit_order_with_many_writers(committed_db):
    """A reader that polls while eight threads write never sees an id below one that it has seen."""
    seen: list[int] = []
    is_done = threading.Event()

    def read() -> None:
        while not is_done.is_set():
            seen.extend(e.id for e in read_after(seen[-1] if seen else 0))

    reader = threading.Thread(target=read)
    reader.start()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(emit, range(200)))
    is_done.set()
    reader.join(10)
    seen.extend(e.id for e in read_after(seen[-1] if seen else 0))
    with db.transaction(read_only=True) as session:
        stored = list(session.scalars(select(StreamEvent.id).order_by(StreamEvent.id)))
    assert seen == stored
    assert len(stored) == 200


def test_the_hub_hands_out_what_may_be_seen_and_ends_revoked_streams(committed_db):
    emit(0)
    hub = Hub()
    guard, neighbour = Client(GUARD), Client(NEIGHBOUR)
    hub.join(guard)
    hub.join(neighbour)
    emit(1)
    message = guard.waiting.get(timeout=5)
    assert b"event: incident" in message
    assert orjson.loads(message.split(b"data: ")[1]) == {"number": 1}
    with db.transaction():
        stream.end_streams(sessions=[GUARD.session_id])
    assert guard.waiting.get(timeout=5) == END
    emit(2, path="/33/e2/")
    assert b'"number":2' in neighbour.waiting.get(timeout=5)
    assert newest_id() == hub.last_id


def test_a_hub_says_up_to_where_it_has_read_once_it_reads(committed_db):
    emit(0)
    hub = Hub()
    assert hub.stands is None
    hub.start()
    assert hub.stands == newest_id()


def test_a_client_that_does_not_read_is_dropped_with_bounded_memory():
    client = Client(GUARD)
    for n in range(WAITING + 5):
        client.offer(b"%d" % n)
    assert client.waiting.get_nowait() == END
