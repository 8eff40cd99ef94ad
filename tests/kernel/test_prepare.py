"""Preparing twice is preparing once; two at a time do not collide."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from backend.kernel import crypt, prepare

ROOT = Path(__file__).resolve().parents[2]


def revision(url: str) -> object:
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        return connection.execute("SELECT version_num FROM alembic_version").fetchall()


def test_keys_are_made_once_and_private(data_dir: Path):
    crypt.vapid_key()
    before = crypt.blind_index("13800000000")
    files = {path.name: path.read_bytes() for path in (data_dir / "keys").iterdir()}
    crypt._root.cache_clear()
    crypt.vapid_key.cache_clear()
    crypt.vapid_key()
    assert crypt.blind_index("13800000000") == before
    assert {path.name: path.read_bytes() for path in (data_dir / "keys").iterdir()} == files
    assert (data_dir / "keys").stat().st_mode & 0o777 == 0o700
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in (data_dir / "keys").iterdir())


def test_twice_is_once(committed_db: str):
    first = revision(committed_db)
    prepare.prepare()
    prepare.prepare()
    assert revision(committed_db) == first == [((ROOT / "migrations/HEAD").read_text().strip(),)]


def test_two_at_once_on_an_empty_database(servers):
    url = servers.create("bare", None)
    try:
        code = f"from backend.kernel import prepare; prepare.migrate({url!r})"
        both = [subprocess.Popen([sys.executable, "-c", code], cwd=ROOT) for _ in range(2)]
        assert [one.wait(60) for one in both] == [0, 0]
        assert revision(url) == [((ROOT / "migrations/HEAD").read_text().strip(),)]
    finally:
        servers.drop("bare")


def test_a_database_that_is_not_there_is_named_in_one_line(tmp_path: Path):
    with pytest.raises(SystemExit, match="the database does not answer"):
        prepare.await_database(f"postgresql+psycopg://nobody@/nothing?host={tmp_path}", patience_s=0.1)
