"""Bounded waits for tests that look at other processes."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
PATIENCE_S = 60.0  # only ever waited for in full when something is broken


def until(ask: Callable[[], T], patience_s: float = PATIENCE_S, explain: Callable[[], str] = str) -> T:
    """Ask until the answer is true, and give it; fail with `explain()` when it has not become so in time."""
    end = time.monotonic() + patience_s
    while True:
        answer = ask()
        if answer:
            return answer
        assert time.monotonic() < end, f"not in {patience_s:.0f} s: {ask}\n{explain()}"
        time.sleep(0.02)


def is_alive(pid: int) -> bool:
    """Does the process run (a zombie does not)?"""
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False
