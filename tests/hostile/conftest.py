"""A world to attack: an estate with a fire, its people signed in, and another estate that is none of theirs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from backend.accounts import actors, contacts, cookies
from backend.accounts.models import Grant, Person, SignIn
from backend.kernel import access, db
from backend.monitoring import strangers
from backend.places import qr
from backend.places.models import Residency, ResidencyState
from backend.transfers import service as transfers
from notifications import contacts as addressed
from notifications.models import Notice, PushSubscription
from tests.factories import monitoring as m
from tests.factories.accounts import create_grant, create_person, create_session
from tests.factories.incidents import Watch, create_incident, create_watch
from tests.factories.notifications import create_subscription
from tests.factories.places import create_resident, find_dwelling, find_floor
from tests.factories.units import create_unit


@dataclass
class World:
    """`ids` are the path parameters by their names in the API; `app` answers for all of it."""

    app: Flask
    watch: Watch
    ids: dict[str, Any]

    def browser(self, who: str | None) -> FlaskClient:
        """A browser with a fresh session of this person, or with none."""
        made = self.app.test_client()
        if who:
            made.set_cookie(cookies.NAME, create_session(self.watch.people[who]))
        return made

    @property
    def tower(self) -> UUID:
        return self.watch.tower.id


@pytest.fixture
def _registered(monkeypatch: pytest.MonkeyPatch) -> None:
    """What boot registers, whatever other tests left."""
    monkeypatch.setattr(access, "_loader", actors.load)
    monkeypatch.setattr(addressed, "_resolver", contacts.resolve)


@pytest.fixture
def world(app: Flask, committed_db: str, _registered: None) -> World:
    """Committed, so that threads and several connections see the same."""
    watch = create_watch(range(1, 9))
    box = m.create_transmitter(building=watch.tower)
    floor = find_floor(watch.tower, 3)
    device = m.create_device(box, 1, building=watch.tower, floor=floor)
    m.create_device(box, 2, building=watch.tower, floor=floor)
    incident = create_incident(watch.tower, 3, device_id=device.id, transmitter_id=box.id)
    m.arrive(m.component(999_999, 1), peer="198.51.100.9")
    administrator = create_person("管理员")
    create_grant(administrator, "administrator", [watch.estate.scope_path.rsplit("/", 2)[0] + "/"], kind="area")
    watch.people["administrator"] = administrator
    ids = {"building_id": watch.tower.id, "estate_id": watch.estate.id, "transmitter_id": box.id,
           "device_id": device.id, "incident_id": incident.id, "station_id": watch.station.id, "floor_id": floor.id,
           "unit_id": create_unit(watch.tower).id, "dwelling_id": find_dwelling(watch.tower, "301").id,
           "key": strangers.key_of("198.51.100.9", 999_999)}  # fmt: skip
    with db.transaction():
        ids["token"] = qr.token(watch.tower)
    return World(app, watch, ids | _owned(watch, administrator))


def _owned(watch: Watch, administrator: Person) -> dict[str, Any]:
    """Rows that belong to people."""
    asked = create_resident(find_dwelling(watch.tower, "101"), state=ResidencyState.ASKED)
    create_subscription(watch.people["home"].id, "https://push.example/home")
    create_session(watch.people["desk"])
    with db.transaction() as session:
        actor = actors.actor_for(administrator.id)
        assert actor is not None
        of = watch.people["desk"].id
        return {
            "person_id": asked.id,
            "residency_id": session.scalars(select(Residency.id).where(Residency.person_id == asked.id)).one(),
            "grant_id": session.scalars(select(Grant.id).where(Grant.person_id == of)).one(),
            "session_id": session.scalars(select(SignIn.id).where(SignIn.person_id == of)).first(),
            "notice_id": session.scalars(select(Notice.id)).first(),
            "subscription_id": session.scalars(select(PushSubscription.id)).first(),
            "export_id": transfers.ask_export(actor, watch.estate.id, "核对", False).id,
            "import_id": transfers.ask_import(actor, watch.estate.id, {"people": "phone,name\n"}).id,
        }
