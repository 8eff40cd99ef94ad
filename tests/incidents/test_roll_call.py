"""报平安: a word changed to and fro fills no timeline, and no call for help is ever lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from backend.incidents import reading, roll_call
from backend.incidents.models import Incident, IncidentEntry, RollCall
from backend.kernel import clock, db
from tests.factories.accounts import create_person
from tests.factories.incidents import Watch, create_incident, create_watch
from tests.factories.places import create_resident, find_dwelling

T0 = datetime(2026, 1, 5, 3, 0, tzinfo=UTC)


class Fire:
    """A confirmed fire in a tower, at three in the morning."""

    def __init__(self, watch: Watch, now: Any) -> None:
        self.watch, self.now = watch, now
        self.incident: Incident = create_incident(watch.tower, 3, evidence="confirm")

    def say(self, who: str, status: str, **more: Any) -> None:
        with db.transaction():
            roll_call.answer(self.watch.actor(who), self.incident.id, status, **more)

    @property
    def entries(self) -> list[str]:
        query = select(IncidentEntry.branch).filter_by(incident_id=self.incident.id, verb="roll_call")
        with db.transaction() as session:
            return list(session.scalars(query.order_by(IncidentEntry.at, IncidentEntry.id)))

    def answer_of(self, who: str) -> RollCall:
        with db.transaction() as session:
            key = (self.incident.id, self.watch.people[who].id)
            return session.get_one(RollCall, key, populate_existing=True)


@pytest.fixture
def fire(db_session: Any) -> Iterator[Fire]:
    watch = create_watch()
    watch.people["wife"] = create_resident(find_dwelling(watch.tower, "801"), create_person("wife"))
    with clock.freeze(T0) as now:
        yield Fire(watch, now)


def test_a_word_changed_to_and_fro_is_two_lines_a_minute(fire: Fire) -> None:
    for _ in range(20):
        fire.say("upstairs", "safe")
        fire.now.tick(1)
        fire.say("upstairs", "help", people=2)
        fire.now.tick(1)
    assert fire.entries == ["safe", "help"]
    assert (fire.answer_of("upstairs").status, fire.answer_of("upstairs").people) == ("help", 2)
    fire.now.tick(60)
    fire.say("upstairs", "safe")
    assert fire.entries == ["safe", "help", "safe"]


def test_the_first_call_for_help_is_a_line_whatever_was_said_a_moment_ago(fire: Fire) -> None:
    fire.say("upstairs", "safe")
    fire.say("upstairs", "help")
    assert fire.entries == ["safe", "help"]


def test_a_call_for_help_that_got_graver_is_a_line_at_once(fire: Fire) -> None:
    for more in ({"people": 1}, {"people": 3}, {"people": 2}, {"people": 3, "smoke": True}, {"can_walk": False}):
        fire.say("upstairs", "help", **more)
        fire.now.tick(1)
    with db.transaction():
        said = [row.params for row in db.session().scalars(select(IncidentEntry).filter_by(verb="roll_call"))]
    told = [(one["people"], one["smoke"], one["can_walk"]) for one in said]
    assert told == [(1, None, None), (3, None, None), (3, True, None), (None, None, False)]


def test_who_speaks_for_the_first_time_is_a_line_and_then_the_door_counts(fire: Fire) -> None:
    for who in ("upstairs", "wife", "upstairs", "wife"):
        fire.say(who, "help" if who == "upstairs" else "safe")
        fire.say(who, "safe" if who == "upstairs" else "help")
    assert fire.entries == ["help", "safe", "safe"]
    assert fire.answer_of("wife").status == "help", "the answer itself is always the newest"


def test_two_doors_do_not_fold_into_one(fire: Fire) -> None:
    for who in ("upstairs", "neighbour"):
        fire.say(who, "safe")
        fire.say(who, "help")
    assert fire.entries.count("help") == 2
    with db.transaction():
        lines = reading.detail(fire.watch.actor("desk"), fire.incident.id)["timeline"]
    assert [line["text"] for line in lines if line["branch"] == "help"] == ["801 求助，1 人", "302 求助，1 人"]
