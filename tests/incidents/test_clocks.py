"""The sweeper's work on incidents: nobody waits for another's fault, nobody's limit passes too early."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from backend.incidents import clocks, jobs, spreading
from backend.incidents.models import RingStep
from backend.incidents.states import Verb
from backend.kernel import clock, db
from tests.factories.incidents import create_incident, create_watch
from tests.incidents.test_rings import T0, fresh, ids, say, told

pytestmark = pytest.mark.usefixtures("db_session")


def test_who_is_being_acted_on_after_an_absence_still_gets_the_fresh_minute_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from backend.kernel.beat import beat

    watch = create_watch()
    with clock.freeze(T0) as now:
        with db.transaction():
            beat("sweeper")
        incident = create_incident(watch.tower, 3)
        now.tick(600)
        with db.transaction():
            beat("sweeper")
        with monkeypatch.context() as busy:
            busy.setattr(clocks, "_after_absence", lambda _id: False)  # its row is locked for a moment
            clocks.strike()
        assert fresh(incident).state == "suspected"
        clocks.strike()
        assert (fresh(incident).state, fresh(incident).ring) == ("suspected", 1)


def poison(monkeypatch: pytest.MonkeyPatch, module: Any, name: str, bad: Any) -> None:
    """Make a function fail for one id."""
    real = getattr(module, name)

    def fail(one: Any, *more: Any) -> Any:
        if bad in (one, getattr(one, "id", None)):
            raise ValueError("poison")
        return real(one, *more)

    monkeypatch.setattr(module, name, fail)


def test_an_incident_that_fails_holds_up_no_other_s_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = create_watch(), create_watch()
    with clock.freeze(T0) as now:
        bad, good = sorted((create_incident(one.tower, 3) for one in (first, second)), key=lambda one: one.id)
        for broken, sound in ((bad, good), (good, bad)):  # whichever comes first
            with monkeypatch.context() as patch:
                poison(patch, clocks, "_apply", broken.id)
                now.tick(60)
                clocks.strike()
            assert fresh(sound).ring >= 1
            with monkeypatch.context() as patch:
                poison(patch, spreading, "reconcile", broken.id)
                assert clocks.reconcile() == 0


def test_a_step_that_fails_holds_up_no_other_s(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = create_watch(), create_watch()
    bad, good = (create_incident(one.tower, 3, evidence="confirm") for one in (first, second))
    with db.transaction() as session:
        oldest = session.scalars(select(RingStep.id).filter_by(incident_id=bad.id, what="confirmed")).one()
    poison(monkeypatch, spreading, "expand_chunk", oldest)
    with clock.freeze(clock.now() + timedelta(seconds=3)):
        jobs.expand_waiting()
    assert ids(second, "upstairs") <= told(good, "ring2.0")


def test_the_watchman_rings_no_ring_that_a_round_did_not_begin_with() -> None:
    """A watch that ends after ring 1 tells ring 1 again, in a new round: ring 0 of that round was never opened."""
    watch = create_watch()
    with clock.freeze(T0) as now:
        incident = create_incident(watch.tower, 3)
        now.tick(60)
        clocks.strike()
        say(watch, "desk", incident, Verb.DISMISS, reason="dust", at_scene=False)
        now.tick(301)
        clocks.strike()
        assert (fresh(incident).ring, fresh(incident).round) == (1, 1)
        assert clocks.reconcile() == 0
        assert told(incident, "ring1.1") and not told(incident, "ring0.1")
