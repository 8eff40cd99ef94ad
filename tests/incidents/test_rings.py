"""Who hears when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from backend.incidents import clocks, jobs, spreading, verbs
from backend.incidents.models import Incident, RingStep
from backend.incidents.states import Verb
from backend.kernel import clock, db, policy
from backend.places.models import Area
from notifications.models import Notice
from tests.factories.accounts import create_grant, create_person
from tests.factories.incidents import Watch, create_incident, create_watch
from tests.factories.notifications import create_subscription
from tests.factories.places import create_building, create_estate, create_resident, find_dwelling
from tests.factories.stations import create_shift, create_station

T0 = datetime(2026, 1, 5, 3, 0, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("db_session")


def told(incident: Incident, step: str, kind: str | None = None) -> set[Any]:
    query = select(Notice.person_id).filter_by(subject_id=incident.id, step=step)
    with db.transaction() as session:
        return set(session.scalars(query.where(Notice.kind == kind) if kind else query))


def ids(watch: Watch, *names: str) -> set[Any]:
    return {watch.people[name].id for name in names}


def fresh(incident: Incident) -> Incident:
    with db.transaction() as session:
        return session.get_one(Incident, incident.id, populate_existing=True)


def say(watch: Watch, who: str, incident: Incident, verb: Verb, **body: Any) -> Incident:
    with db.transaction():
        return verbs.say(watch.actor(who), incident.id, verb, **body)


def test_who_is_on_shift_hears_and_nobody_on_shift_means_everybody() -> None:
    watch = create_watch()
    other = create_person("other desk")
    create_grant(other, "control_room", [watch.estate.scope_path], kind="estate", scope_id=watch.estate.id)
    create_shift("control_room", "estate", watch.estate.id, other.id)
    incident = create_incident(watch.tower, 3)
    assert watch.people["desk"].id not in told(incident, "ring0.0")
    assert other.id in told(incident, "ring0.0")
    assert ids(watch, "station", "leader", "property") <= told(incident, "ring0.0")


def test_ring_1_at_60_seconds_and_confirmed_at_120_when_nobody_answers() -> None:
    watch = create_watch()
    with clock.freeze(T0) as now:
        incident = create_incident(watch.tower, 3)
        now.tick(59)
        assert clocks.strike() == 0
        now.tick(1)
        assert clocks.strike() == 1
        assert told(incident, "ring1.0") == ids(watch, "leader", "property", "grid")
        now.tick(60)
        clocks.strike()
        assert (fresh(incident).state, fresh(incident).verified_by) == ("confirmed", "nobody")


def test_ring_1_hears_at_90_seconds_when_nobody_is_there_and_the_next_station_too() -> None:
    watch = create_watch()
    with clock.freeze(T0) as now:
        with db.transaction() as session:
            area = session.get_one(Area, watch.estate.area_id)
        elsewhere = create_estate(area=area)
        elsewhere_station = create_station("邻站", covers=[elsewhere])
        neighbour = create_person("next station")
        path = [elsewhere.scope_path]
        create_grant(neighbour, "station_member", path, kind="station", scope_id=elsewhere_station.id)
        incident = create_incident(watch.tower, 3)
        say(watch, "desk", incident, Verb.ACKNOWLEDGE)
        now.tick(89)
        assert clocks.strike() == 0
        now.tick(1)
        clocks.strike()
        assert ids(watch, "grid", "leader") | {neighbour.id} <= told(incident, "ring1.0")


def test_an_acknowledged_one_is_confirmed_at_240_and_mine_moves_it_to_300() -> None:
    watch = create_watch()
    with clock.freeze(T0) as now:
        incident = create_incident(watch.tower, 3, dwelling_id=find_dwelling(watch.tower, "301").id)
        say(watch, "desk", incident, Verb.ACKNOWLEDGE)
        say(watch, "station", incident, Verb.ARRIVE)
        say(watch, "home", incident, Verb.ANSWER, answer="mine")
        now.tick(299)
        clocks.strike()
        assert fresh(incident).state == "suspected"
        now.tick(1)
        clocks.strike()
        assert fresh(incident).verified_by == "nobody"


def test_a_limit_that_is_lengthened_while_it_runs_is_kept() -> None:
    watch = create_watch()
    with clock.freeze(T0) as now:
        incident = create_incident(watch.tower, 3)
        with db.transaction():
            policy.put("incidents.unacknowledged_s", watch.estate.scope_path, 180)
        now.tick(150)
        clocks.strike()
        assert fresh(incident).state == "suspected"
        now.tick(30)
        clocks.strike()
        assert fresh(incident).verified_by == "nobody"


def test_confirmed_tells_everybody_of_the_tower_with_the_words_for_their_floor() -> None:
    watch = create_watch()
    incident = create_incident(watch.tower, 3, evidence="confirm")
    staff = ids(watch, "desk", "property", "grid", "station", "leader", "police", "inspector")
    assert told(incident, "ring2.0") == staff
    jobs.expand_waiting()
    assert told(incident, "ring2.0") == staff, "the bell has two seconds before the sweeper does it"
    with db.transaction() as session:
        steps = list(session.scalars(select(RingStep.id)))
    for step in steps:
        jobs.expand(step)
    assert told(incident, "ring2.0", "incident.confirmed") == staff | ids(watch, "home", "neighbour", "upstairs")
    with db.transaction() as session:
        person = watch.people["upstairs"].id
        notice = session.scalars(select(Notice).filter_by(person_id=person)).one()
    assert notice.params["incident"]["words"]["zh"]["situation"] == "below"
    assert "楼下" in notice.params["advice"]["zh"]
    assert notice.params["verbs"] == ["safe", "help"]


def test_a_tower_is_told_in_chunks_nearest_floors_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreading, "CHUNK", 2)
    watch = create_watch()
    incident = create_incident(watch.tower, 3, evidence="confirm")
    with db.transaction() as session:
        step = session.scalars(select(RingStep).filter_by(what="confirmed")).one().id
    assert spreading.expand_chunk(step)
    assert ids(watch, "home", "neighbour") <= told(incident, "ring2.0")
    assert watch.people["upstairs"].id not in told(incident, "ring2.0")
    jobs.expand(step)
    assert watch.people["upstairs"].id in told(incident, "ring2.0")
    with db.transaction() as session:
        row = session.get_one(RingStep, step)
        assert (row.told, row.done_at is not None) == (3, True)


def test_a_garage_under_three_towers_tells_all_three_and_the_next_building_to_be_ready() -> None:
    watch = create_watch()
    garage = create_building("地下车库", watch.estate, floors=[-2, -1], flats=0, kind="garage", joined=[watch.tower])
    towers = [create_building(f"{n} 栋", watch.estate, joined=[garage]) for n in (2, 3)]
    apart = create_building("9 栋", watch.estate)
    lives = [create_resident(find_dwelling(tower, "201")).id for tower in towers]
    beside = create_resident(find_dwelling(apart, "201")).id
    create_incident(garage, -1)
    incident = create_incident(garage, -1)
    assert incident.state == "confirmed"
    with db.transaction() as session:
        steps = list(session.scalars(select(RingStep.id)))
    for step in steps:
        jobs.expand(step)
    residents = told(incident, "ring2.0", "incident.confirmed")
    assert set(lives) | ids(watch, "home", "neighbour", "upstairs") <= residents
    assert beside not in residents
    assert told(incident, "next.0", "incident.next") == {beside}
    with db.transaction() as session:
        notice = session.scalars(select(Notice).filter_by(person_id=lives[0])).one()
    assert notice.params["incident"]["words"]["zh"]["where"] == "在您家楼下，两楼相连"


def test_whoever_was_told_hears_the_end_once_and_again_after_it_was_opened_again() -> None:
    watch = create_watch()
    incident = create_incident(watch.tower, 3)
    rung = told(incident, "ring0.0")
    say(watch, "property", incident, Verb.DISMISS, reason="cooking", at_scene=True)
    with db.transaction() as session:
        jobs_of = list(session.scalars(select(RingStep.id)))
    for step in jobs_of:
        jobs.expand(step)
    assert told(incident, "end.0", "incident.false_alarm") == rung
    again = create_incident(watch.tower, 3)
    assert (again.id, again.round) == (incident.id, 1)
    assert told(again, "ring0.1") == rung
    say(watch, "property", incident, Verb.DISMISS, reason="cooking", at_scene=True)
    with db.transaction() as session:
        jobs_of = list(session.scalars(select(RingStep.id).where(RingStep.done_at.is_(None))))
    for step in jobs_of:
        jobs.expand(step)
    assert told(again, "end.1", "incident.false_alarm") == rung


def test_a_test_rings_ring_0_and_no_limit_runs() -> None:
    watch = create_watch()
    with clock.freeze(T0) as now:
        incident = create_incident(watch.tower, 3, is_test=True, evidence="confirm")
        now.tick(1000)
        assert clocks.strike() == 0
    assert (fresh(incident).state, fresh(incident).ring) == ("suspected", 0)


def test_the_watchman_tells_who_was_forgotten() -> None:
    watch = create_watch()
    incident = create_incident(watch.tower, 3)
    late = create_person("late")
    create_grant(late, "property", [watch.estate.scope_path], kind="estate", scope_id=watch.estate.id)
    assert clocks.reconcile() == 1
    assert late.id in told(incident, "ring0.0")
    assert clocks.reconcile() == 0


def test_after_an_absence_of_ours_ring_1_hears_and_limits_get_a_fresh_minute() -> None:
    from backend.kernel.beat import beat

    watch = create_watch()
    with clock.freeze(T0) as now:
        with db.transaction():
            beat("sweeper")
        incident = create_incident(watch.tower, 3)
        now.tick(600)
        with db.transaction():
            beat("sweeper")
        clocks.strike()
        assert (fresh(incident).state, fresh(incident).ring) == ("suspected", 1)
        now.tick(59)
        clocks.strike()
        assert fresh(incident).state == "suspected"
        now.tick(1)
        clocks.strike()
        assert fresh(incident).verified_by == "nobody"


def test_a_second_call_for_help_is_heard_too() -> None:
    """Twenty minutes after the first, by somebody else: ring 1 had been told of a help, and heard nothing."""
    watch = create_watch()
    incident = create_incident(watch.tower, 3, evidence="confirm")
    say(watch, "station", incident, Verb.ASK_FOR_HELP)
    first = told(incident, "help.0")
    say(watch, "station", incident, Verb.ASK_FOR_HELP)
    assert first and not told(incident, "help2.0"), "the same person says the same again"
    say(watch, "property", incident, Verb.ASK_FOR_HELP)
    assert told(incident, "help2.0") == first


def test_a_city_may_ring_police_at_ring_0() -> None:
    watch = create_watch()
    with db.transaction():
        policy.put("incidents.ring0_police", watch.estate.scope_path, True)
    assert watch.people["police"].id in told(create_incident(watch.tower, 3), "ring0.0")


def test_how_long_a_receipt_is_awaited_is_the_building_s_own_policy() -> None:
    watch = create_watch()
    desk = watch.people["desk"]
    create_subscription(desk.id, "https://push.example/desk", proved_at=clock.now())
    with db.transaction():
        policy.put("notices.fallback_s", watch.tower.scope_path, 77)
    incident = create_incident(watch.tower, 3)
    with db.transaction() as session:
        notice = session.scalars(select(Notice).filter_by(subject_id=incident.id, person_id=desk.id)).one()
    assert notice.fallback_at - notice.created_at == timedelta(seconds=77)


def words_of(incident: Incident, who: Any, step: str) -> str:
    with db.transaction() as session:
        params = session.scalars(select(Notice.params).filter_by(subject_id=incident.id, person_id=who.id, step=step))
        return str(params.one()["incident"]["words"]["zh"]["line"])


def test_a_confirmed_fire_that_comes_to_another_floor_tells_that_floor_anew() -> None:
    """They had been told that it burned floors below them, and heard nothing when it reached their own."""
    watch = create_watch()
    incident = create_incident(watch.tower, 3, evidence="confirm")
    with db.transaction() as session:
        row = session.scalars(select(RingStep.id).filter_by(incident_id=incident.id, step="ring2.0")).one()
    jobs.expand(row)
    create_incident(watch.tower, 8)
    assert told(incident, "floor8.0") == ids(watch, "upstairs")
    before, after = (words_of(incident, watch.people["upstairs"], step) for step in ("ring2.0", "floor8.0"))
    assert "楼下 5 层" in before and "您这一层着火" in after, (before, after)
    create_incident(watch.tower, 8)
    create_incident(watch.tower, 8, is_source_verified=False)
    create_incident(watch.tower, 9, is_source_verified=False)
    assert told(incident, "floor9.0") == set()


def test_the_own_detector_of_a_household_speaks_to_it_after_the_confirmation_too() -> None:
    watch = create_watch()
    incident = create_incident(watch.tower, 3, evidence="confirm")
    create_incident(watch.tower, 3, dwelling_id=find_dwelling(watch.tower, "302").id)
    assert told(incident, "own.0") == ids(watch, "neighbour")
