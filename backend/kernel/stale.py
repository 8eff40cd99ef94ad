"""What a killed PostgreSQL leaves behind, and what must not hinder the next start."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from backend.kernel import clock

PATIENCE_S = 10.0


def clear(data: Path, sockets: Path) -> None:
    """End a server of `data` that lost its keeper, and remove pid files that name nobody or a stranger."""
    pid_file = data / "postmaster.pid"
    if pid_file.exists():
        pid = int((pid_file.read_text().split() or ["0"])[0])
        for sign in (signal.SIGINT, signal.SIGKILL):
            if _is_server_of(pid, data):
                os.kill(pid, sign)
                _await_end(pid, data)
        pid_file.unlink(missing_ok=True)
    for left in sockets.glob(".s.PGSQL.*"):
        left.unlink(missing_ok=True)


def _is_server_of(pid: int, data: Path) -> bool:
    # PostgreSQL works in its data folder; after a restart of the machine the pid may be somebody else's.
    try:
        return pid > 0 and Path(f"/proc/{pid}/cwd").samefile(data)
    except OSError:
        return False


def _await_end(pid: int, data: Path) -> None:
    end = clock.monotonic() + PATIENCE_S
    while _is_server_of(pid, data) and clock.monotonic() < end:
        time.sleep(0.05)
