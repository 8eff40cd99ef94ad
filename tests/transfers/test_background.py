"""The background work: lost bells, dead workers, roles that ended, and our own faults."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from backend.accounts import actors
from backend.accounts.models import Grant
from backend.kernel import clock, db
from backend.places.models import Area, Estate
from backend.transfers import importing, jobs, service, store
from backend.transfers.models import State, Transfer
from tests.factories.accounts import create_grant, create_person
from tests.transfers.test_imports import ESTATE


def _estates() -> int:
    with db.transaction() as session:
        return session.scalar(select(func.count()).select_from(Estate))


def _queued(area: Area) -> Transfer:
    person = create_person()
    create_grant(person, "administrator", [area.scope_path], kind="area", scope_id=area.id)
    with db.transaction():
        return service.ask_import(actors.actor_for(person.id), None, {"estate": ESTATE.format(area=area.code)})


def _state(row: Transfer) -> str:
    with db.transaction() as session:
        return session.get(Transfer, row.id, populate_existing=True).state


def test_a_role_that_ended_meanwhile_imports_nothing(area: Area, db_session) -> None:
    row = _queued(area)
    with db.transaction() as session:
        session.query(Grant).update({"ended_at": clock.now()})
    service.run(row.id)
    assert _state(row) == State.REFUSED and _estates() == 0


def test_our_own_fault_takes_nothing_over(area: Area, db_session, monkeypatch: pytest.MonkeyPatch) -> None:
    row = _queued(area)

    def broken(*_: object) -> None:
        raise RuntimeError("disk on fire")

    monkeypatch.setattr(importing, "_transmitters", broken)
    service.run(row.id)
    assert _state(row) == State.FAILED and _estates() == 0
    service.run(row.id)
    assert _state(row) == State.FAILED


def test_a_lost_bell_and_a_dead_worker_are_picked_up(area: Area, db_session) -> None:
    row = _queued(area)
    with clock.freeze(clock.now()) as time, db.transaction() as session:
        assert service.waiting() == []
        time.tick(11)
        assert service.waiting() == [row.id]
        assert service._claim(row.id) == row.person_id
        assert service._claim(row.id) is None, "somebody has it"
        assert service.waiting() == []
        for _ in range(2):
            time.tick(601)
            assert service.waiting() == [row.id]
            assert service._claim(row.id) == row.person_id
        time.tick(601)
        assert service._claim(row.id) is None
        assert session.get(Transfer, row.id, populate_existing=True).state == State.FAILED


@pytest.mark.committed
def test_without_redis_the_sweeper_does_it(area: Area, db_session) -> None:
    row = _queued(area)
    with clock.freeze(clock.now()) as time:
        time.tick(11)
        jobs.pick_up()
        assert jobs._here.acquire(timeout=60)
        jobs._here.release()
    assert _state(row) == State.DONE
    assert store.load(row.id, "nothing") is None
