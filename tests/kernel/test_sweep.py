"""The sweeper: each at its own pace, and nobody holds up the others."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import OperationalError

from backend.kernel import beat, clock, db
from backend.kernel.jobs import Periodic
from backend.kernel.sweep import Sweeper


@pytest.fixture
def seconds(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A monotonic clock that the test moves."""
    now = [1000.0]
    monkeypatch.setattr(clock, "monotonic", lambda: now[0])
    return now


def test_each_runs_at_its_own_pace(db_session, seconds):
    done: list[str] = []
    sweeper = Sweeper([Periodic(lambda: done.append("slow"), 3), Periodic(lambda: done.append("quick"), 1)])
    for _ in range(6):
        sweeper.sweep()
        seconds[0] += 1.001
    assert done.count("quick") == 6
    assert done.count("slow") == 2
    assert done[:2] == ["quick", "slow"]


@pytest.mark.parametrize("error", [ValueError("ours"), OperationalError("SELECT 1", {}, Exception("away"))])
def test_what_fails_does_not_hold_up_the_rest_nor_the_heartbeat(db_session, error):
    done: list[str] = []

    def fails() -> None:
        raise error

    Sweeper([Periodic(fails, 1), Periodic(lambda: done.append("next"), 1)]).sweep()
    assert done == ["next"]
    with db.transaction():
        assert beat.ages()["sweeper"] < 60


def test_the_timers_see_a_gap_of_ours(db_session):
    gaps: list[float] = []

    def look() -> None:
        with db.transaction() as session:
            gaps.append(session.get(beat.Heartbeat, "sweeper", populate_existing=True).gap_s)

    with clock.freeze(clock.now()) as frozen:
        sweeper = Sweeper([Periodic(look, 1)])
        sweeper.sweep()
        frozen.tick(300)
        Sweeper([Periodic(look, 1)]).sweep()
    assert gaps == [0, 300]
