"""Route × role × scope, from the route table itself: a new route without a rule fails here.

There are two estates. Whoever holds a role in the one is asked for everything of the other, and finds nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from backend.accounts import actors, cookies
from backend.accounts.models import Grant, Person, SignIn
from backend.accounts.roles import ROLES
from backend.kernel import access, db
from backend.kernel.access import PUBLIC, SIGNED_IN
from backend.kernel.ids import new_id
from backend.places.models import Building, Residency, ResidencyState
from backend.transfers import service as transfers
from notifications.models import Notice, PushSubscription
from tests.factories.accounts import create_grant, create_person, create_session
from tests.factories.incidents import Watch, create_incident, create_watch
from tests.factories.monitoring import create_device, create_transmitter
from tests.factories.notifications import create_subscription
from tests.factories.places import create_building, create_estate, create_resident, find_dwelling, find_floor
from tests.factories.units import create_unit

NAMES = [*sorted(r.name for r in ROLES.values() if r.is_offered or r.name == "auditor"), None]
# Never ends by itself; its scope is tested with the stream.
ENDLESS = {"/api/stream"}
# A write that needs a body to be understood, so that the scope is what refuses it.
BODIES: dict[str, dict[str, Any]] = {
    "/api/buildings/<building_id>": {"name": "换名"},
    "/api/estates/<estate_id>": {"name": "换名"},
    "/api/estates/<estate_id>/outside": {"gates": [], "hydrants": []},
    "/api/dwellings/<dwelling_id>": {"household": 2, "needs": []},
    "/api/transmitters/<transmitter_id>": {"name": "换名"},
    "/api/transmitters/<transmitter_id>/test": {"minutes": 5},
    "/api/people/<person_id>/grants": {"role": "property", "scope": {"kind": "estate", "id": str(new_id())}},
    "/api/people/<person_id>/phone": {"reason": "核实"},
    "/api/incidents/<incident_id>/dismiss": {"reason": "cooking", "at_scene": True},
    "/api/incidents/<incident_id>/answer": {"answer": "mine"},
    "/api/incidents/<incident_id>/silence": {"device_id": str(new_id()), "minutes": 5},
    "/api/incidents/<incident_id>/roll-call": {"status": "safe"},
}
# Shows only the notice of a test of the asker's own phone, which needs a push service.
TESTED_WITH_PUSH = {"/api/push/test/<notice_id>"}
# What somebody of another scope may rightly learn: all roles and area names above the own place.
COMMON = {"/api/roles", "/api/transmitters/profiles", "/api/imports/layouts", "/api/push/key"}


@dataclass(frozen=True)
class Operation:
    method: str
    rule: str
    permission: str

    @property
    def plain(self) -> str:
        return re.sub(r"<\w+:", "<", self.rule)

    @property
    def ids(self) -> list[str]:
        return re.findall(r"<(\w+)>", self.plain)

    def path(self, **ids: object) -> str:
        return re.sub(r"<(\w+)>", lambda m: str(ids.get(m.group(1), new_id())), self.plain)

    def send(self, browser: FlaskClient, **ids: object) -> Any:
        body = BODIES.get(self.plain, {}) if self.method in ("POST", "PUT", "PATCH") else None
        return browser.open(self.path(**ids), method=self.method, json=body)


def operations(app: Flask) -> list[Operation]:
    """Every operation of the API with its permission."""
    return [found for rule in app.url_map.iter_rules() for found in _of(app, rule)]


def _of(app: Flask, rule: Any) -> Iterator[Operation]:
    if not rule.rule.startswith("/api/") or rule.rule in ENDLESS or rule.endpoint.startswith("api-docs."):
        return
    view = app.view_functions[rule.endpoint]
    for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
        own = getattr(getattr(view, "view_class", None), method.lower(), view)
        yield Operation(method, rule.rule, own.permission)


@pytest.fixture(autouse=True)
def _loader(app: Flask, monkeypatch: pytest.MonkeyPatch, db_session: object) -> None:
    monkeypatch.setattr(access, "_loader", actors.load)


def _signed_in(app: Flask, person: Person) -> FlaskClient:
    browser = app.test_client()
    browser.set_cookie(cookies.NAME, create_session(person))
    return browser


def _member(role: str, building: Building) -> Person:
    """A person with one role, on the building's area, estate or one dwelling, as the role is held."""
    if ROLES[role].building_permissions:
        dwelling = find_dwelling(building)
        if role == "resident":
            return create_resident(dwelling)
        person = create_person(role)
        create_grant(person, role, [dwelling.scope_path], kind="dwelling", scope_id=dwelling.id)
        return person
    person = create_person(role)
    path = building.scope_path.rsplit("/", 3)[0] + "/"  # the area's, over all its estates
    create_grant(person, role, [path])
    return person


@dataclass
class World:
    """Everything of one estate that has an id of its own; `ids` are named as the routes name them."""

    watch: Watch
    ids: dict[str, UUID]

    @property
    def secrets(self) -> set[str]:
        people = {str(p.id) for p in self.watch.people.values()}
        return people | {str(i) for i in self.ids.values()} | {str(self.watch.tower.id), str(self.watch.estate.id)}


@pytest.fixture
def there() -> World:
    """An estate with a fire, a transmitter, a device, a unit, somebody at the door, and what its people own."""
    watch = create_watch(range(1, 4 + 5))
    tower = watch.tower
    transmitter = create_transmitter(building=tower)
    device = create_device(transmitter, 1, building=tower, floor=find_floor(tower, 3))
    incident = create_incident(tower, 3, device_id=device.id, transmitter_id=transmitter.id)
    guard = watch.people["desk"]
    create_session(guard)
    asked = create_resident(find_dwelling(tower, "101"), state=ResidencyState.ASKED)
    administrator = create_person("那边的管理员")
    create_grant(administrator, "administrator", [watch.estate.scope_path])
    watch.people["administrator"] = administrator
    with db.transaction() as session:
        actor = actors.actor_for(administrator.id)
        assert actor is not None
        export = transfers.ask_export(actor, watch.estate.id, "核对", False)
        brought = transfers.ask_import(actor, watch.estate.id, {"people": "phone,name\n"})
        ids = {
            "building_id": tower.id, "estate_id": watch.estate.id, "dwelling_id": find_dwelling(tower, "301").id,
            "transmitter_id": transmitter.id, "device_id": device.id, "incident_id": incident.id,
            "person_id": watch.people["home"].id, "export_id": export.id, "import_id": brought.id,
            "unit_id": create_unit(tower).id, "station_id": watch.station.id,
            "grant_id": session.scalars(select(Grant.id).where(Grant.person_id == guard.id)).first(),
            "session_id": session.scalars(select(SignIn.id).where(SignIn.person_id == guard.id)).first(),
            "residency_id": session.scalars(select(Residency.id).where(Residency.person_id == asked.id)).first(),
            "notice_id": session.scalars(select(Notice.id).where(Notice.person_id == guard.id)).first(),
            "subscription_id": _subscription(guard),
        }  # fmt: skip
    return World(watch, {name: found for name, found in ids.items() if found})


def _subscription(person: Person) -> UUID | None:
    create_subscription(person.id, f"https://push.example/{person.id}")
    return db.session().scalars(select(PushSubscription.id).where(PushSubscription.person_id == person.id)).first()


@pytest.fixture
def here() -> Building:
    return create_building("本楼", create_estate("本苑"))


def test_strangers_are_asked_to_sign_in_everywhere_but_where_it_is_public(app: Flask) -> None:
    stranger = app.test_client()
    wrong = [op for op in operations(app) if (op.send(stranger).status_code == 401) == (op.permission == PUBLIC)]
    assert {op.rule for op in wrong} <= {"/api/auth/sessions"}, "there a 401 means a wrong code"


@pytest.mark.parametrize("role", NAMES)
def test_a_role_does_what_its_permissions_say(app: Flask, here: Building, role: str | None) -> None:
    browser = _signed_in(app, _member(role, here) if role else create_person())
    held = ROLES[role].permissions | ROLES[role].building_permissions if role else frozenset()
    for op in operations(app):
        if "current" in op.rule:
            continue  # would end this very session
        answer = op.send(browser)
        assert answer.status_code < 500, op
        if op.permission not in held | {PUBLIC, SIGNED_IN}:
            assert answer.status_code == 403, op
            assert answer.json["code"] == "NotAllowed", op
        else:
            assert answer.status_code != 401 or op.rule == "/api/auth/sessions", op


@pytest.mark.parametrize("role", NAMES)
def test_nothing_of_another_scope_is_found(app: Flask, here: Building, there: World, role: str | None) -> None:
    browser = _signed_in(app, _member(role, here) if role else create_person())
    held = ROLES[role].permissions | ROLES[role].building_permissions if role else frozenset()
    for op in operations(app):
        if set(op.ids) & set(there.ids) and op.permission != PUBLIC:
            answer = op.send(browser, **there.ids, name="people")
            allowed = {404} if op.permission in held else {403, 404}
            assert answer.status_code in allowed, f"{op}: {answer.status_code} {answer.text[:300]}"
        elif op.method == "GET" and not op.ids and op.rule not in COMMON:
            text = op.send(browser).text
            leaked = {secret for secret in there.secrets if secret in text}
            assert not leaked, f"{op}: {leaked}"


def test_every_id_in_a_route_is_tried(app: Flask, there: World) -> None:
    unknown = {name for op in operations(app) for name in op.ids} - set(there.ids)
    assert unknown <= {"name", "token", "key"}, "give the world above a row for it"


def test_the_own_people_do_find_it(app: Flask, there: World) -> None:
    """Else the refusals above would prove nothing."""
    people = [_signed_in(app, person) for person in there.watch.people.values()]
    missed = []
    for op in operations(app):
        is_one = op.method == "GET" and set(op.ids) & set(there.ids) and "<name>" not in op.plain
        is_one = is_one and op.plain not in TESTED_WITH_PUSH
        if is_one and not any(op.send(browser, **there.ids).status_code == 200 for browser in people):
            missed.append(op)
    assert not missed
