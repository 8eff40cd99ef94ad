"""Live streams of somebody who wants more than their share, or who was thrown out at the very moment of joining."""

from __future__ import annotations

import threading
from queue import Empty

import pytest

from backend.kernel import db, stream
from backend.kernel.access import Actor
from backend.kernel.hub import END, MOST, Client, Hub
from backend.kernel.ids import new_id


@pytest.fixture
def hub(db_session: object) -> Hub:
    """A hub whose bell the test rings; no thread."""
    made = Hub()
    made._thread = threading.current_thread()
    return made


def is_ended(client: Client) -> bool:
    try:
        return client.waiting.get_nowait() == END
    except Empty:
        return False


def test_one_person_has_so_many_streams_and_no_more(hub: Hub) -> None:
    other = Client(Actor(new_id()))
    hub.join(other)
    me = Actor(new_id(), session_id=new_id())
    mine = [Client(me) for _ in range(MOST + 5)]
    for one in mine:
        hub.join(one)
    assert [is_ended(one) for one in mine] == [True] * 5 + [False] * MOST
    assert not is_ended(other)
    for one in [*mine, other]:
        hub.leave(one)
    assert not hub._of and not hub._clients


def test_who_is_revoked_between_the_door_and_the_seat_is_not_seated(hub: Hub) -> None:
    me, role_changed = Actor(new_id(), session_id=new_id()), Actor(new_id())
    late = [Client(me), Client(role_changed)]  # let in before
    hub.join(Client(Actor(new_id())))
    with db.transaction():
        stream.end_streams(sessions=[me.session_id or new_id()], people=[role_changed.person_id])
    hub._hand_out()
    for one in late:
        hub.join(one)
        assert is_ended(one)
    again = Client(role_changed, made_at=late[0].made_at + 100)
    hub.join(again)
    assert not is_ended(again), "with the new role they come back"
