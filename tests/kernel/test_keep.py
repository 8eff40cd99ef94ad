"""The keeper: what dies is started again, what is told to end ends whole."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from backend.kernel import lock
from backend.kernel.config import settings
from tests.waiting import is_alive, until

ROOT = Path(__file__).resolve().parents[2]
# Writes its pid, ignores nothing, and stays.
CHILD = "import os,sys,time; open(sys.argv[1],'a').write(f'{os.getpid()}\\n'); time.sleep(600)"
# The same, with a child of its own that ignores SIGTERM.
PARENT = """
import subprocess, sys
deaf = "import signal; signal.signal(15, signal.SIG_IGN); " + sys.argv[2]
subprocess.Popen([sys.executable, "-c", deaf, sys.argv[1]]).wait()
"""


@pytest.fixture
def keep(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    started: list[subprocess.Popen[bytes]] = []

    def start(*command: str, through: tuple[str, ...] = ()) -> subprocess.Popen[bytes]:
        line = [*through, sys.executable, "-m", "backend.kernel.keep", "it", *command]
        started.append(subprocess.Popen(line, cwd=ROOT))
        return started[-1]

    yield start
    for process in started:
        process.terminate()
        process.wait(20)


def pids(file: Path) -> list[int]:
    return [int(line) for line in file.read_text().splitlines()] if file.exists() else []


def test_what_is_killed_is_started_again(keep, tmp_path):
    keep("--", sys.executable, "-c", CHILD, str(tmp_path / "pids"))
    first = until(lambda: pids(tmp_path / "pids"))[0]
    os.kill(first, signal.SIGKILL)
    second = until(lambda: pids(tmp_path / "pids")[1:])[0]
    assert not is_alive(first) and is_alive(second)


def test_sigterm_ends_the_child_and_its_whole_group(keep, tmp_path):
    keeper = keep("--", sys.executable, "-c", PARENT, str(tmp_path / "pids"), CHILD)
    (grandchild,) = until(lambda: pids(tmp_path / "pids"))
    keeper.terminate()
    assert keeper.wait(20) == 0
    until(lambda: not is_alive(grandchild))


def test_the_child_gets_the_signal_it_wants(keep, tmp_path):
    got = str(tmp_path / "got")
    waits = f"import signal,time; signal.signal(2, lambda *_: (open({got!r},'w').write('INT'), exit(0)))"
    ready = f"open({str(tmp_path / 'ready')!r},'w'); time.sleep(600)"
    keeper = keep("--stop", "INT", "--", sys.executable, "-c", f"{waits}; {ready}")
    until((tmp_path / "ready").exists)
    keeper.terminate()
    keeper.wait(20)
    assert (tmp_path / "got").read_text() == "INT"


def test_the_parent_ends_and_so_does_the_child(keep, tmp_path):
    between = "import subprocess,sys; subprocess.Popen(sys.argv[1:]).wait()"
    parent = keep("--", sys.executable, "-c", CHILD, str(tmp_path / "pids"), through=(sys.executable, "-c", between))
    (child,) = until(lambda: pids(tmp_path / "pids"))
    parent.kill()
    until(lambda: not is_alive(child))


def test_a_killed_keeper_leaves_no_child(keep, tmp_path):
    keeper = keep("--", sys.executable, "-c", CHILD, str(tmp_path / "pids"))
    (child,) = until(lambda: pids(tmp_path / "pids"))
    keeper.kill()
    until(lambda: not is_alive(child))


def test_the_run_ends_and_so_does_the_keeper(keep, tmp_path):
    held = lock.hold(settings().data_dir / "run.lock")
    assert held is not None
    keeper = keep("--", sys.executable, "-c", CHILD, str(tmp_path / "pids"))
    (child,) = until(lambda: pids(tmp_path / "pids"))
    held.close()
    assert keeper.wait(20) == 0
    assert not is_alive(child)


def test_a_command_that_is_not_there_is_tried_again(keep, tmp_path):
    command = tmp_path / "later"
    keep("--", str(command), str(tmp_path / "pids"))
    command.write_text('#!/bin/sh\necho $$ >>"$1"\nexec sleep 600\n')
    command.chmod(0o755)
    assert until(lambda: pids(tmp_path / "pids"))


def test_who_kills_by_name_does_not_hit_the_keeper(keep, tmp_path):
    keeper = keep("--", sys.executable, "-c", CHILD, str(tmp_path / "pids"))
    until(lambda: pids(tmp_path / "pids"))
    title = Path(f"/proc/{keeper.pid}/cmdline").read_bytes().rstrip(b"\0")
    assert title == b"shouwang keeper"


def test_one_holder_at_a_time(tmp_path):
    file = tmp_path / "run.lock"
    assert not lock.is_held(file)
    held = lock.hold(file)
    assert held is not None
    assert lock.is_held(file) and lock.hold(file) is None
    held.close()
    assert not lock.is_held(file)
