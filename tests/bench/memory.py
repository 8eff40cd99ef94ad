"""Memory of processes, read from the kernel."""

from __future__ import annotations

import re
from pathlib import Path


def rss_mb(pids: list[int]) -> float:
    """Resident memory of these processes together, in MB; shared pages count once for each."""
    return sum(_kb(pid) for pid in pids) / 1024


def _kb(pid: int) -> int:
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(found.group(1)) if found else 0
