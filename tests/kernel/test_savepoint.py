"""A savepoint that is rolled back takes with it what was collected inside: events of the stream, bells, hooks."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from backend.kernel import db, stream
from backend.kernel.savepoint import savepoint
from backend.kernel.stream import StreamEvent
from tests.guards import source

pytestmark = pytest.mark.usefixtures("db_session")


class Broken(Exception):
    pass


def fail(*, in_savepoint) -> None:
    with pytest.raises(Broken), savepoint():
        in_savepoint()
        raise Broken


def kinds() -> list[str]:
    with db.transaction() as session:
        return list(session.scalars(select(StreamEvent.kind).order_by(StreamEvent.id)))


def test_events_of_a_rolled_back_savepoint_are_not_sent():
    with db.transaction():
        stream.emit("before", {})
        fail(in_savepoint=lambda: stream.emit("lost", {}))
        with savepoint():
            stream.emit("kept", {})
    assert kinds() == ["before", "kept"]


def test_a_rolled_back_savepoint_alone_leaves_a_transaction_without_events():
    with db.transaction():
        fail(in_savepoint=lambda: stream.emit("lost", {}))
    assert kinds() == []


def test_an_event_that_the_savepoint_had_replaced_comes_back():
    with db.transaction():
        stream.emit("incident", {"version": 1}, key="one")
        fail(in_savepoint=lambda: stream.emit("incident", {"version": 2}, key="one"))
    with db.transaction() as session:
        assert [event.data for event in session.scalars(select(StreamEvent))] == [{"version": 1}]


def test_bells_and_hooks_of_a_rolled_back_savepoint_do_not_run():
    rung: list[str] = []

    def collect(name: str) -> None:
        db.after_commit(lambda: rung.append(f"after {name}"))
        db.before_commit(name, lambda: rung.append(f"before {name}"))

    with db.transaction():
        collect("one")
        fail(in_savepoint=lambda: collect("lost"))
        with savepoint():
            collect("two")
            fail(in_savepoint=lambda: collect("inner"))
    assert rung == ["before one", "before two", "after one", "after two"]


def test_nobody_opens_a_savepoint_that_keeps_what_it_collected():
    bare = [f for f in source.files(*source.PROGRAM) if "begin_nested(" in f.read_text(encoding="utf-8")]
    assert [source.name(f) for f in bare] == ["backend/kernel/savepoint.py"]
