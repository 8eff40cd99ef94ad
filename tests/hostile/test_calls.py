"""Floods of anonymous "fire here": all stored, all joined, nobody rung by what is beyond the limits."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from backend.incidents.models import Call, Incident
from backend.kernel import db
from notifications.models import Notice
from tests.factories.places import find_floor
from tests.hostile.conftest import World

MANY = 40


@pytest.fixture
def calm(world: World) -> World:
    """The same place without the fire that the world begins with."""
    guard = world.browser("desk")
    answer = guard.post(
        f"/api/incidents/{world.ids['incident_id']}/dismiss", json={"reason": "cooking", "at_scene": True}
    )
    assert answer.status_code == 200, answer.text
    answer = guard.post(f"/api/incidents/{world.ids['incident_id']}/close", json={})
    assert answer.status_code == 200, answer.text
    with db.transaction() as session:  # closed long ago, so that nothing opens it again
        session.execute(Incident.__table__.update().values(closed_at=func.now() - func.make_interval(0, 0, 0, 1)))
    return world


def call(world: World, browser: FlaskClient, address: str, floor: int | None = None) -> Any:
    place: dict[str, Any] = {"qr": world.ids["token"]}
    if floor:
        place["floor_id"] = str(find_floor(world.watch.tower, floor).id)
    answer = browser.post(
        "/api/incidents", json={"category": "fire", "place": place}, environ_base={"REMOTE_ADDR": address}
    )
    assert answer.status_code in (200, 201), answer.text
    return answer.json


def told() -> int:
    with db.transaction(read_only=True) as session:
        return session.scalar(select(func.count()).select_from(Notice).where(Notice.kind.startswith("incident."))) or 0


def test_a_flood_is_stored_and_joined_and_rings_no_more(calm: World) -> None:
    browser = calm.browser(None)
    first = call(calm, browser, "198.51.100.1")
    for n in range(12):
        call(calm, browser, f"198.51.100.{n}")
    before = told()
    seen = [call(calm, browser, f"203.0.113.{n}") for n in range(MANY)]
    assert {one["id"] for one in seen} == {first["id"]}
    assert {one["state"] for one in seen} == {"suspected"} and max(one["ring"] for one in seen) == 0
    assert told() == before
    with db.transaction(read_only=True) as session:
        assert session.scalar(select(func.count()).select_from(Call)) == MANY + 13


def test_beyond_the_limits_other_floors_ring_nobody_either(calm: World) -> None:
    """Two suspicions in one building ring ring 1; calls that nobody may hear must not be the second."""
    browser = calm.browser(None)
    for n in range(12):
        call(calm, browser, f"198.51.100.{n}", floor=2)
    before = told()
    for n in range(6):
        assert call(calm, browser, f"203.0.113.{n}", floor=8)["ring"] <= 0
    assert told() == before


def test_after_the_guard_has_looked_the_flood_does_not_ring_again(calm: World) -> None:
    browser, guard = calm.browser(None), calm.browser("desk")
    for n in range(12):
        found = call(calm, browser, f"198.51.100.{n}")
    done = guard.post(f"/api/incidents/{found['id']}/dismiss", json={"reason": "unknown", "at_scene": True})
    assert done.json["state"] == "false_alarm"
    before = told()
    for n in range(6):
        call(calm, browser, f"203.0.113.{n}")
    assert told() == before
