"""`make run`: refuses in one line what cannot work."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from backend.kernel import greeting, lock
from backend.kernel.boot import await_prepared
from backend.kernel.config import Settings, settings

ROOT = Path(__file__).resolve().parents[2]


def run(data_dir: Path, **own: str) -> subprocess.CompletedProcess[str]:
    env = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "REDIS_URL")}
    command = [sys.executable, "-m", "backend.kernel.run"]
    env |= {"DATA_DIR": str(data_dir)} | own
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60, check=False)


def test_a_second_run_says_that_it_runs_already(tmp_path: Path):
    held = lock.hold(tmp_path / "run.lock")
    assert held is not None
    done = run(tmp_path)
    assert done.returncode == 1
    assert "runs already" in done.stderr and len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("name", ["PORT", "GATEWAY_PORT"])
def test_a_taken_port_is_named(tmp_path: Path, name: str):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = run(tmp_path, **{name: str(taken.getsockname()[1])})
    assert done.returncode == 1
    assert f"set {name}" in done.stderr and len(done.stderr.splitlines()) == 1


def test_a_wrong_setting_is_named(tmp_path: Path):
    done = run(tmp_path, PORT="eighty")
    assert done.returncode == 1
    assert "PORT" in done.stderr and len(done.stderr.splitlines()) == 1


def test_the_greeting_names_one_person_of_each_role(data_dir: Path):
    data_dir.mkdir()
    people = [
        {"name": "甲", "phone": "19900000001", "roles": ["resident"]},
        {"name": "乙", "phone": "19900000002", "roles": ["resident"]},
        {"name": "丙", "phone": "19900000003", "roles": [{"role": "control_room"}]},
    ]
    (data_dir / "demo.json").write_text(json.dumps({"people": people, "transmitters": []}))
    text = greeting.text(settings())
    assert "19900000001" in text and "19900000003" in text and "19900000002" not in text
    assert settings().public_url in text


@pytest.mark.parametrize(
    ("host", "address"),
    [("0.0.0.0", "http://127.0.0.1:8000"), ("::", "http://[::1]:8000"), ("192.168.1.5", "http://192.168.1.5:8000")],
)
def test_the_address_from_this_machine(host: str, address: str):
    config: Settings = replace(settings(), host=host, port=8000)
    assert greeting.local_address(config) == address


def test_who_is_started_early_waits_until_all_is_prepared(data_dir: Path):
    preparing = lock.hold(settings().data_dir / lock.PREPARING)
    assert preparing is not None
    code = "from backend.kernel.boot import await_prepared; print('loaded', flush=True); await_prepared()"
    env = os.environ | {"DATA_DIR": str(settings().data_dir)}
    waiting = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True)
    assert waiting.stdout is not None and waiting.stdout.readline() == "loaded\n"
    with pytest.raises(subprocess.TimeoutExpired):
        waiting.wait(0.5)
    preparing.close()
    assert waiting.wait(20) == 0


def test_nobody_waits_where_nobody_prepares(data_dir: Path):
    await_prepared()
