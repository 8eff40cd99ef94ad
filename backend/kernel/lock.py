"""One `make run` per DATA_DIR, and nobody before it is prepared: file locks, which end with their holder."""

from __future__ import annotations

import fcntl
import time
from contextlib import suppress
from pathlib import Path
from typing import IO

RUNNING, PREPARING = "run.lock", "prepare.lock"


def hold(path: Path, attempts: int = 5) -> IO[str] | None:
    """Take the lock until the returned file is closed; None when somebody else has it."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = path.open("a")
    for _ in range(attempts):  # `is_held` holds it for an instant
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return file
        except BlockingIOError:
            time.sleep(0.05)
    file.close()
    return None


def is_held(path: Path) -> bool:
    """Does somebody hold the lock now?"""
    try:
        with path.open() as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            return False
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True


def pass_by(path: Path) -> None:
    """Return as soon as nobody holds the lock."""
    with suppress(FileNotFoundError), path.open() as file:
        fcntl.flock(file, fcntl.LOCK_SH)
