"""What a role on a scope may do, and where: the matrix of every role against own, inner, outer and foreign places."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.accounts import actors, service
from backend.accounts.actors import ACTION_HEADER, shortest
from backend.accounts.roles import PERMISSIONS, ROLES
from backend.kernel import access, clock, crypt, db, scope
from backend.kernel.ids import new_id
from tests.factories.accounts import (
    BUILDING,
    CITY,
    DWELLING,
    ESTATE,
    create_actor,
    create_grant,
    create_member,
    create_person,
    create_session,
)

pytestmark = pytest.mark.usefixtures("db_session")

FOREIGN = "/44/4403/440305/440305004/440305004011/e2/"
NEIGHBOUR = BUILDING + "d2/"
PATHS = st.lists(st.sampled_from("ab1"), max_size=4).map(lambda parts: "".join(f"/{p}" for p in parts) + "/")


@pytest.mark.parametrize("role", sorted(r for r, row in ROLES.items() if not row.building_permissions))
def test_a_role_reaches_its_scope_and_what_lies_under_it_and_nothing_else(role: str) -> None:
    actor = create_actor(role, ESTATE)
    held = ROLES[role].permissions
    for permission in PERMISSIONS:
        for inside in (ESTATE, BUILDING, DWELLING):
            assert actor.may(permission, inside) == (permission in held)
        for outside in (CITY, "/", FOREIGN, FOREIGN + "b1/", ESTATE[:-1] + "1/"):
            assert not actor.may(permission, outside)


@pytest.mark.parametrize("role", sorted(r for r, row in ROLES.items() if row.building_permissions))
def test_a_role_at_home_reaches_the_own_door_and_sees_the_tower(role: str) -> None:
    actor = create_actor(role, DWELLING)
    row = ROLES[role]
    for permission in PERMISSIONS:
        assert actor.may(permission, DWELLING) == (permission in row.permissions | row.building_permissions)
        for around in (BUILDING, NEIGHBOUR):
            assert actor.may(permission, around) == (permission in row.building_permissions)
        for outside in (ESTATE, CITY, FOREIGN):
            assert not actor.may(permission, outside)


@pytest.mark.parametrize("role", sorted(ROLES))
def test_people_with_agrees_with_what_an_actor_may(role: str) -> None:
    person = create_member(role, DWELLING if ROLES[role].building_permissions else ESTATE)
    with db.transaction():
        actor = actors.actor_for(person.id)
        held = sorted(ROLES[role].permissions | ROLES[role].building_permissions)
        for permission in held[::3] + sorted(PERMISSIONS - set(held))[::6]:
            for path in (ESTATE, DWELLING, NEIGHBOUR, FOREIGN):
                assert (person.id in service.people_with(permission, path)) == actor.may(permission, path)


def test_people_with_is_narrowed_by_roles_and_names_each_once() -> None:
    guard, leader = create_member("control_room"), create_member("station_leader")
    create_grant(guard, "property", [ESTATE])
    with db.transaction():
        everybody = service.people_with("incidents.respond", BUILDING)
        assert everybody.count(guard.id) == 1 and leader.id in everybody
        assert service.people_with("incidents.respond", BUILDING, roles=["station_leader"]) == [leader.id]
        assert service.people_with("incidents.respond", BUILDING, roles=[]) == []


def test_somebody_without_roles_may_nothing_and_nobody_is_nobody() -> None:
    assert create_actor().scopes == {}
    with db.transaction():
        assert actors.actor_for(new_id()) is None
        assert actors.actor_of("") is None


def test_several_roles_add_up() -> None:
    person = create_member("resident", DWELLING)
    create_grant(person, "station_member", [ESTATE, FOREIGN])
    with db.transaction():
        actor = actors.actor_for(person.id)
    assert actor.may("incidents.respond", FOREIGN) and actor.may("incidents.answer", DWELLING)
    assert not actor.may("incidents.answer", NEIGHBOUR)
    assert actor.paths("places.see") == (ESTATE, FOREIGN)


def test_a_role_that_ended_is_gone_at_once() -> None:
    person = create_person()
    granted = create_grant(person, "property")
    with db.transaction() as session:
        service.end_grant(session.merge(granted))
    with db.transaction():
        assert actors.actor_for(person.id).scopes == {}
        assert person.id not in service.people_with("incidents.see", ESTATE)


def test_rescope_moves_all_who_hold_the_scope() -> None:
    station = new_id()
    person = create_person()
    create_grant(person, "station_member", [ESTATE], scope_id=station)
    with db.transaction():
        service.rescope("station", station, [ESTATE, FOREIGN])
        assert person.id in service.people_with("incidents.respond", FOREIGN)


@settings(max_examples=150, deadline=None)
@given(st.lists(PATHS, max_size=8))
def test_shortest_covers_the_same_with_fewer(paths: list[str]) -> None:
    kept = shortest(paths)
    assert all(scope.covers(kept, p) for p in paths)
    assert all(not scope.covers([a], b) for a in kept for b in kept if a != b)


def _request(token: str, verb: str, incident: object, method: str = "POST") -> SimpleNamespace:
    return SimpleNamespace(
        headers={ACTION_HEADER: token}, cookies={}, method=method, path=f"/api/incidents/{incident}/{verb}"
    )


def test_a_buttons_token_opens_its_verb_on_its_incident_for_half_an_hour() -> None:
    person, incident = create_member("property"), new_id()
    with clock.freeze(clock.now()) as time:
        token = actors.action_token(person.id, "acknowledge", incident)
        actor = actors.load(_request(token, "acknowledge", incident))
        assert actor and actor.person_id == person.id and actor.only == ("acknowledge", str(incident))
        assert actor.may("incidents.respond", ESTATE)
        for other in (
            _request(token, "close", incident),
            _request(token, "acknowledge", new_id()),
            _request(token, "acknowledge", incident, "GET"),
            _request(token[:-2] + "AA", "acknowledge", incident),
            _request(crypt.sign("receipt", {"person": person.id}, 60), "acknowledge", incident),
        ):
            assert actors.load(other) is None
        time.tick(1801)
        assert actors.load(_request(token, "acknowledge", incident)) is None


def test_on_a_phone_of_two_people_the_button_acts_for_the_one_who_was_told() -> None:
    told, signed_in, incident = create_member("property"), create_person(), new_id()
    request = _request(actors.action_token(told.id, "arrive", incident), "arrive", incident)
    request.cookies = {"session": create_session(signed_in)}
    assert actors.load(request).person_id == told.id


def test_the_loader_is_registered() -> None:
    assert access._loader is actors.load
