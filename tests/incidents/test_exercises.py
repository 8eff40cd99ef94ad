"""An exercise hides no suspicion, and no stranger's voice ends it: 演练中止，真警 needs somebody who answers for it."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from backend.incidents import clocks
from backend.kernel import clock
from tests.factories.incidents import Watch, create_incident, create_watch
from tests.incidents.test_api import Phone

OFF = "演练中止，真警"


class Drill:
    """A tower in the middle of an exercise."""

    def __init__(self, app: Flask, watch: Watch) -> None:
        self.app, self.watch = app, watch
        self.desk, self.property = Phone(app, watch.people["desk"]), Phone(app, watch.people["property"])
        body = {"building_id": str(watch.tower.id)}
        self.path = f"/incidents/{self.property.post('/exercises', body, 201)['id']}"

    def call(self, phone: Phone, status: int = 201) -> dict[str, Any]:
        tower = self.watch.tower
        near = {"category": "fire", "place": {"lat": tower.lat, "lon": tower.lon}}
        return dict(phone.post("/incidents", near, status))

    @property
    def is_running(self) -> bool:
        return self.property.get(self.path)["state"] != "closed"

    @property
    def last_line(self) -> str:
        return str(self.property.get(self.path)["timeline"][-1]["text"])


@pytest.fixture
def drill(app: Flask, db_session: Any) -> Drill:
    return Drill(app, create_watch())


def test_an_unknown_voice_opens_its_own_incident_beside_the_exercise(app: Flask, drill: Drill) -> None:
    real = drill.call(Phone(app, None))
    assert (real["state"], real["is_exercise"], real["ring"]) == ("suspected", False, 0)
    assert f"/incidents/{real['id']}" != drill.path
    assert drill.is_running
    listed = drill.desk.get("/incidents?state=open")["items"]
    assert sorted(one["is_exercise"] for one in listed) == [False, True]


def test_a_responder_who_confirms_it_calls_the_exercise_off(app: Flask, drill: Drill) -> None:
    real = f"/incidents/{drill.call(Phone(app, None))['id']}"
    station = Phone(app, drill.watch.people["station"])
    station.post(f"{real}/arrive", {"lat": drill.watch.tower.lat, "lon": drill.watch.tower.lon})
    assert drill.is_running
    assert station.post(f"{real}/confirm")["state"] == "confirmed"
    assert (drill.is_running, drill.last_line) == (False, OFF)


def test_a_neighbour_who_signs_for_it_calls_the_exercise_off(app: Flask, drill: Drill) -> None:
    drill.call(Phone(app, None))
    joined = drill.call(Phone(app, drill.watch.people["home"]), 200)
    assert joined["state"] == "suspected"
    assert (drill.is_running, drill.last_line) == (False, OFF)


def test_a_detector_whose_frame_could_be_anybodys_leaves_it_running(drill: Drill) -> None:
    create_incident(drill.watch.tower, 3, is_source_verified=False)
    assert drill.is_running
    create_incident(drill.watch.tower, 3)
    assert (drill.is_running, drill.last_line) == (False, OFF)


def test_a_detector_in_test_leaves_it_running(drill: Drill) -> None:
    create_incident(drill.watch.tower, 3, is_test=True)
    assert drill.is_running


def test_an_unknown_voice_that_opens_a_dismissed_one_again_leaves_it_running(app: Flask, db_session: Any) -> None:
    watch = create_watch()
    path = f"/incidents/{create_incident(watch.tower, 3).id}"
    Phone(app, watch.people["desk"]).post(f"{path}/dismiss", {"reason": "steam", "at_scene": True})
    drill = Drill(app, watch)
    assert drill.call(Phone(app, None), 200)["state"] == "suspected"
    assert drill.is_running


def test_when_nobody_answers_the_alarm_goes_before_the_exercise(drill: Drill) -> None:
    with clock.freeze(clock.now()) as now:
        create_incident(drill.watch.tower, 3, is_source_verified=False)
        now.tick(121)
        clocks.strike()
        assert (drill.is_running, drill.last_line) == (False, OFF)
