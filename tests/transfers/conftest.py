"""The transfers API with accounts below it, and an administrator of one area."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

import backend.accounts
import backend.transfers
from backend.accounts import actors, contacts, cookies
from backend.kernel import access, web
from backend.places.models import Area
from backend.transfers import service
from tests.factories.accounts import create_grant, create_person, create_session
from tests.factories.places import create_area

Import = Callable[..., dict[str, Any]]


@pytest.fixture(scope="session")
def app() -> Flask:
    made = Flask("transfers")
    api = web.set_up(made)
    backend.accounts.register(api)
    backend.transfers.register(api)
    return made


@pytest.fixture(autouse=True)
def _registered(monkeypatch: pytest.MonkeyPatch, data_dir: object) -> None:
    assert contacts.resolve
    monkeypatch.setattr(access, "_loader", actors.load)


@pytest.fixture
def area(db_session: object) -> Area:
    return create_area()


@pytest.fixture
def administrator(app: Flask, area: Area) -> FlaskClient:
    person = create_person("管理员")
    create_grant(person, "administrator", [area.scope_path], kind="area", scope_id=area.id)
    browser = app.test_client()
    browser.set_cookie(cookies.NAME, create_session(person))
    return browser


@pytest.fixture
def bring_in(administrator: FlaskClient) -> Import:
    """Upload texts by file name, let the background work run, and give the import as the API shows it then."""

    def send(estate_id: object = None, **texts: str) -> dict[str, Any]:
        data = {name: (io.BytesIO(text.encode()), f"{name}.csv") for name, text in texts.items()}
        url = "/api/imports" + (f"?estate_id={estate_id}" if estate_id else "")
        asked = administrator.post(url, data=data, content_type="multipart/form-data")
        assert asked.status_code == 202, asked.text
        assert asked.json["state"] == "queued"
        service.run(asked.json["id"])
        shown: dict[str, Any] = administrator.get(f"/api/imports/{asked.json['id']}").json
        return shown

    return send
