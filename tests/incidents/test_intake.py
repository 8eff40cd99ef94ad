"""From a danger to an incident, on a real database."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from backend.accounts import actors
from backend.incidents import nearby, verbs
from backend.incidents.models import Incident, IncidentEntry, IncidentEvidence, IncidentScope
from backend.incidents.service import note_evidence, seen, take_in
from backend.incidents.states import Verb
from backend.kernel import clock, db
from backend.kernel.ids import new_id
from backend.monitoring.events import EvidenceSeen
from notifications.models import Notice
from tests.factories.accounts import create_grant, create_person
from tests.factories.incidents import create_danger, create_incident, create_watch
from tests.factories.places import create_building, create_estate, find_dwelling

T0 = datetime(2026, 1, 5, 3, 0, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("db_session")


def all_incidents() -> list[Incident]:
    with db.transaction() as session:
        return list(session.scalars(select(Incident).order_by(Incident.id)))


def told(incident: Incident, step: str) -> set[Any]:
    with db.transaction() as session:
        return set(session.scalars(select(Notice.person_id).filter_by(subject_id=incident.id, step=step)))


def test_a_danger_opens_a_suspicion_and_ring_0_is_written_with_it() -> None:
    watch = create_watch()
    incident = create_incident(watch.tower, 3, dwelling_id=find_dwelling(watch.tower, "301").id)
    assert (incident.state, incident.signal_count, [f.ordinal for f in incident.floors]) == ("suspected", 1, [3])
    rung = {watch.people[name].id for name in ("desk", "property", "station", "leader", "home")}
    assert told(incident, "ring0.0") == rung


def test_a_toaster_on_2_and_a_fire_on_9_are_two_and_ring_1_hears_of_both() -> None:
    watch = create_watch()
    toaster, fire = create_incident(watch.tower, 2), create_incident(watch.tower, 9)
    assert toaster.id != fire.id
    with db.transaction() as session:
        assert [session.get_one(Incident, one.id).ring for one in (toaster, fire)] == [1, 1]
    assert watch.people["grid"].id in told(toaster, "ring1.0") & told(fire, "ring1.0")


def test_a_second_detector_near_confirms_and_it_stays_one() -> None:
    watch = create_watch()
    first = create_incident(watch.tower, 3)
    second = create_incident(watch.tower, 5)
    assert first.id == second.id
    assert (second.state, second.verified_by, second.signal_count) == ("confirmed", "device", 2)
    assert {watch.people[name].id for name in ("desk", "police", "inspector", "grid")} <= told(second, "ring2.0")


def test_the_same_point_again_is_counted_and_makes_no_line() -> None:
    watch, device = create_watch(), new_id()
    for _ in range(5):
        incident = create_incident(watch.tower, 3, device_id=device)
    assert (incident.state, incident.signal_count) == ("suspected", 5)
    with db.transaction() as session:
        assert session.scalar(select(func.count()).select_from(IncidentEntry)) == 1
        assert session.scalars(select(IncidentEvidence)).one().times == 5


def test_a_danger_without_a_building_is_for_those_on_site_and_learns_its_place() -> None:
    watch, box = create_watch(), new_id()
    estate = {"estate_id": watch.estate.id, "scope_path": watch.estate.scope_path, "transmitter_id": box}
    unplaced = create_incident(None, None, device_id=None, **estate)
    assert (unplaced.building_id, unplaced.scope_path) == (None, watch.estate.scope_path)
    placed = create_incident(watch.tower, 4, transmitter_id=box)
    assert (placed.id, placed.building_id) == (unplaced.id, watch.tower.id)
    with db.transaction() as session:
        paths = set(session.scalars(select(IncidentScope.scope_path).filter_by(incident_id=placed.id)))
    assert paths == {watch.estate.scope_path, watch.tower.scope_path}


def test_a_reset_is_in_the_timeline_and_closes_nothing() -> None:
    watch = create_watch()
    incident = create_incident(watch.tower, 3)
    with db.transaction():
        note_evidence(EvidenceSeen(clock.now(), "reset", watch.tower.scope_path, watch.tower.id, None, "主机"))
    with db.transaction() as session:
        verbs = session.scalars(select(IncidentEntry.verb).filter_by(incident_id=incident.id)).all()
    assert list(verbs) == ["danger", "reset"]
    assert all_incidents()[0].state == "suspected"


def test_the_graver_category_takes_over_with_a_line() -> None:
    watch = create_watch()
    first = create_incident(watch.tower, 3, category="electrical")
    second = create_incident(watch.tower, 3, category="fire")
    assert (second.id, second.category, second.state) == (first.id, "fire", "confirmed")
    with db.transaction() as session:
        branches = session.scalars(select(IncidentEntry.branch).filter_by(incident_id=first.id)).all()
    assert "now_fire" in branches


def test_a_recovery_is_noted_where_its_own_point_spoke() -> None:
    watch, device = create_watch(), new_id()
    toaster, fire = create_incident(watch.tower, 2, device_id=device), create_incident(watch.tower, 9)
    with db.transaction():
        note_evidence(EvidenceSeen(clock.now(), "restored", watch.tower.scope_path, watch.tower.id, device, "2 层烟感"))
    with db.transaction() as session:
        lines = session.scalars(select(IncidentEntry.incident_id).filter_by(verb="restored")).all()
    assert list(lines) == [toaster.id] != [fire.id]


def test_a_detector_that_flickers_in_the_fire_does_not_fill_the_timeline() -> None:
    """A line for each flicker would push everything that people did out of the newest 300."""
    watch, device = create_watch(), new_id()
    incident = create_incident(watch.tower, 2, device_id=device)
    with clock.freeze(clock.now()) as now:
        for _ in range(70):
            now.tick(1)
            with db.transaction():
                path = watch.tower.scope_path
                note_evidence(EvidenceSeen(clock.now(), "restored", path, watch.tower.id, device, "2 层烟感"))
    with db.transaction() as session:
        lines = select(func.count()).select_from(IncidentEntry).filter_by(incident_id=incident.id, verb="restored")
        assert session.scalar(lines) == 2


def test_many_dismissed_ones_hide_no_open_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nearby, "MOST", 1)
    watch = create_watch()
    burning = create_incident(watch.tower, 9)
    dismissed = create_incident(watch.tower, 2)
    with db.transaction():
        verbs.say(watch.actor("property"), dismissed.id, Verb.DISMISS, reason="cooking", at_scene=True)
    assert create_incident(watch.tower, 9).id == burning.id


def test_a_frame_dated_2099_changes_nothing_since_receipt_orders() -> None:
    watch = create_watch()
    with clock.freeze(T0):
        incident = create_incident(watch.tower, 3)
    assert incident.opened_at == T0


def test_somewhere_on_an_estate_rings_those_who_have_duty_for_one_building_only() -> None:
    """Nobody had the duty for all of the estate: an alarm without a building rang nobody."""
    estate = create_estate()
    towers = [create_building(f"{n} 栋", estate) for n in (1, 2)]
    desks = [create_person(f"desk {tower.name}") for tower in towers]
    for desk, tower in zip(desks, towers, strict=True):
        create_grant(desk, "control_room", [tower.scope_path], kind="building", scope_id=tower.id)
    incident = create_incident(None, None, estate_id=estate.id, scope_path=estate.scope_path)
    assert told(incident, "ring0.0") == {desk.id for desk in desks}
    for desk in desks:
        with db.transaction():
            actor = actors.actor_for(desk.id)
            assert actor is not None and seen(actor, incident.id).id == incident.id


def test_a_building_without_an_estate_has_incidents_too() -> None:
    alone = create_building(estate=create_estate())
    incident = create_incident(alone, 2)
    assert incident.state == "suspected"


@pytest.mark.committed
def test_64_at_once_give_exactly_one() -> None:
    watch = create_watch()
    dangers = [create_danger(watch.tower, 5, device_id=new_id()) for _ in range(64)]
    gate = threading.Barrier(64)
    failures: list[Exception] = []

    def run(mine: list[Any]) -> None:
        gate.wait(30)
        for danger in mine:
            try:
                with db.transaction():
                    take_in(danger)
            except Exception as error:
                failures.append(error)

    threads = [threading.Thread(target=run, args=([danger],)) for danger in dangers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    found = all_incidents()
    assert [(one.state, one.signal_count) for one in found] == [("confirmed", 64)]
