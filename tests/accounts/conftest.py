"""The accounts API alone, with phones whose messages can be read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event

import backend.accounts
from backend.accounts import actors, contacts, cookies, scopes
from backend.accounts.models import Person
from backend.kernel import access, web
from notifications import sms
from tests.factories.accounts import create_session

Outbox = list[tuple[str, str]]
SignInAs = Callable[[Person], FlaskClient]


@pytest.fixture(scope="session")
def app() -> Flask:
    """Only accounts, so that these tests do not wait for the features above."""
    made = Flask("accounts")
    api = web.set_up(made)
    backend.accounts.register(api)
    return made


@pytest.fixture(autouse=True)
def _registered(monkeypatch: pytest.MonkeyPatch) -> None:
    assert contacts.resolve
    monkeypatch.setattr(access, "_loader", actors.load)
    monkeypatch.setattr(scopes, "_resolvers", {})


@pytest.fixture
def outbox(monkeypatch: pytest.MonkeyPatch) -> Outbox:
    """Every message (phone, text) that left; the provider itself has tests of its own."""
    sent: Outbox = []
    monkeypatch.setattr(sms, "send_now", lambda phone, text: sent.append((phone, text)))
    return sent


@pytest.fixture
def signed_in(app: Flask, db_session: object) -> SignInAs:
    """A browser in which this person is signed in."""

    def make(person: Person) -> FlaskClient:
        browser = app.test_client()
        browser.set_cookie(cookies.NAME, create_session(person))
        return browser

    return make


@pytest.fixture
def query_count() -> Callable[[], AbstractContextManager[list[str]]]:
    """`with query_count() as statements` collects what is sent to the database."""

    @contextmanager
    def counting() -> Iterator[list[str]]:
        statements: list[str] = []

        def note(_c: object, _u: object, statement: str, *_: object) -> None:
            if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
                statements.append(statement)

        event.listen(Engine, "before_cursor_execute", note)
        try:
            yield statements
        finally:
            event.remove(Engine, "before_cursor_execute", note)

    return counting
