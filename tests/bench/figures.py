"""What a bench gives: figures with their bars, and how they are written down."""

from __future__ import annotations

import platform
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Figure:
    """One measured value. `bar` is what the issue asked for, as text; `is_met` is None where there is no bar."""

    what: str
    value: float
    unit: str
    bar: str = ""
    is_met: bool | None = None
    note: str = ""


@dataclass(frozen=True)
class Table:
    """Figures of one run, whose ratios may be compared."""

    title: str
    about: str
    figures: Sequence[Figure]


def at_most(what: str, value: float, bar: float, unit: str, note: str = "") -> Figure:
    return Figure(what, value, unit, f"≤ {bar:g}", value <= bar, note)


def at_least(what: str, value: float, bar: float, unit: str, note: str = "") -> Figure:
    return Figure(what, value, unit, f"≥ {bar:g}", value >= bar, note)


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` (0 to 1) of the values lie; nearest rank."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered)) - 1))]


def markdown(table: Table) -> str:
    lines = [f"## {table.title}", "", table.about, "", "| what | figure | bar | met |", "|---|---|---|---|"]
    for one in table.figures:
        met = {True: "yes", False: "**no**", None: ""}[one.is_met]
        note = f"<br>{one.note}" if one.note else ""
        lines.append(f"| {one.what}{note} | {_number(one.value)} {one.unit} | {one.bar} | {met} |")
    return "\n".join(lines) + "\n"


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def head() -> str:
    """Machine, date and commit of this run."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    model = next((line.split(":")[1].strip() for line in _cpu() if line.startswith("model name")), platform.machine())
    return (
        "# Benchmarks\n\nWritten by `make bench`; figures as measured, also the bad ones. Ratios within one table come "
        "from one run.\n\n"
        f"- date: {date.today().isoformat()}, commit `{commit.stdout.strip() or 'none'}`\n"
        f"- machine: {len([1 for line in _cpu() if line.startswith('processor')])} cores of {model}, "
        f"Python {platform.python_version()}\n"
    )


def _cpu() -> list[str]:
    return Path("/proc/cpuinfo").read_text().splitlines()
