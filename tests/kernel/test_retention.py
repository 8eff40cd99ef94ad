"""Old rows go in small bites, by policies in days, and the sweeper is never held up by them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from backend.kernel import clock, db, policy, retention, stream
from backend.kernel.ids import new_id
from backend.kernel.kept_answers import IdempotencyKey, forget

pytestmark = pytest.mark.usefixtures("db_session")
DAY = timedelta(days=1)


def add_keys(*ages: timedelta) -> None:
    with db.transaction() as session:
        for number, age in enumerate(ages):
            session.add(IdempotencyKey(owner="x", key=f"{number} {age}", digest=b"", at=clock.now() - age))


def left() -> int:
    with db.transaction() as session:
        return session.scalar(select(func.count()).select_from(IdempotencyKey)) or 0


def test_a_round_is_one_bite_when_the_time_is_up_and_goes_on_next_time(monkeypatch):
    monkeypatch.setattr(retention, "BITE", 2)
    monkeypatch.setattr(retention, "BUDGET_S", -1.0)
    add_keys(*[2 * DAY] * 5, timedelta(0))
    rounds = []
    for _ in range(4):
        forget()
        rounds.append(left())
    assert rounds == [4, 2, 1, 1]


def test_with_time_left_all_goes_bite_by_bite(monkeypatch):
    monkeypatch.setattr(retention, "BITE", 2)
    monkeypatch.setattr(retention, "BUDGET_S", 3600.0)
    add_keys(*[2 * DAY] * 5, timedelta(0))
    assert retention.forget(IdempotencyKey, IdempotencyKey.at < clock.now() - DAY) == 5
    assert left() == 1


def test_how_long_is_a_policy():
    add_keys(3 * DAY, 5 * DAY)
    with db.transaction():
        policy.put("idempotency.kept_days", "/", 4)
    forget()
    assert left() == 1


def test_events_of_the_stream_live_an_hour_and_the_newest_stays():
    def shown() -> list[str]:
        stream.forget()
        return [event.kind for event in stream.read_after(0)]

    with clock.freeze(clock.now()) as now:
        for kind in ("old", "newest"):
            with db.transaction():
                stream.emit(kind, {})
        now.tick(3599)
        assert shown() == ["old", "newest"]
        now.tick(2)
        assert shown() == ["newest"]


def test_the_first_id_of_a_time_divides_ids_by_it():
    before = new_id()
    border = retention.first_id(clock.now() + timedelta(seconds=10))
    assert retention.first_id(clock.now() - timedelta(seconds=10)) < before < border
    assert (border.version, before.version) == (7, 7)
