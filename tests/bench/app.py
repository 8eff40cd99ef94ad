"""The app's weight and its Lighthouse marks on a slow phone, against the system as `make run` starts it.

`python -m tests.bench.app` prints the figures, and to stderr what Lighthouse found.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backend.demo.devices import CALL_POINT, planned
from backend.kernel import clock
from tests.bench import npm
from tests.bench.figures import ROOT, Figure, Table, at_least, at_most, markdown
from tests.browser import chromium
from tests.rehearsal import Panels
from tests.stack import Person, Stack
from tests.waiting import until

ROUNDS, RUN_S = 3, 240
WARM = 20  # times, since each of its processes must have answered
CALM_S, LOOK_S, BUSY = 120, 2.0, 0.3  # so long at most we wait for a machine that is less busy than this
VERSION = "13.5.0"
PWA = ROOT / "pwa"
NODE = PWA / "node_modules" / ".bin" / "node"  # Lighthouse needs a newer one than Debian's
RESIDENT = "19900000102"  # lives in 7 号楼, three floors above the fire
TOWER, FLOOR = "7", 15
ROUTES = {"sign-in": "/sign-in/", "home": "/", "fire": "/fire/[id]/"}
KB = 1024
BUDGET_KB, WORKER_KB = 60, 4
CORES = sorted(os.sched_getaffinity(0))
SLOW = "a phone on slow 4G (1.6 Mbit/s, 150 ms) with a quarter of this machine's speed"


def run() -> list[Table]:
    """Weight from the build; marks, or the word why there are none."""
    weight = Table(
        "The app: first load",
        "Script that a page needs before it can be used, each file with gzip -9; `pwa/scripts/sizes.mjs` on the build.",
        list(_weights()),
    )
    lighthouse, browser = npm.installed("lighthouse", VERSION), chromium.path()
    if not lighthouse or not browser:
        print("no Lighthouse: npm's registry or a Chromium is missing", file=sys.stderr)
        return [weight]
    return [weight, _marked(lighthouse, browser)]


def _weights() -> Iterator[Figure]:
    command = [str(NODE), "scripts/sizes.mjs"]
    told = subprocess.run(command, cwd=PWA, capture_output=True, text=True, check=False, timeout=60).stdout
    routes = {path: float(kb) for kb, path in re.findall(r"([\d.]+) KB +\d+ files +(/\S*)", told)}
    for name, path in ROUTES.items():
        yield at_most(name, routes[path], BUDGET_KB, "KB gzip")
    heaviest = max((path for path in routes if "(staff)" not in path), key=lambda path: routes[path])
    yield at_most(f"the heaviest page for everybody, {heaviest}", routes[heaviest], BUDGET_KB, "KB gzip")
    [worker] = re.findall(r"([\d.]+) KB +service worker", told)
    yield at_most("service worker", float(worker), WORKER_KB, "KB gzip")


@dataclass(frozen=True)
class Look:
    """What one run of Lighthouse gave."""

    performance: float
    accessibility: float
    lcp_s: float
    tbt_ms: float
    kb: float
    pace: float
    misses: tuple[str, ...]


def _marked(lighthouse: Path, browser: str) -> Table:
    with tempfile.TemporaryDirectory(prefix="sw-") as name, _two_cores():
        folder, looks = Path(name), {}
        phone = _phone(folder, browser)
        with Stack(folder).running() as stack:
            person = stack.sign_in(RESIDENT)
            for page, path, who in _pages(stack, person):
                _warm(person, path)
                looks[page] = _look(lighthouse, phone, stack, path, who)
    figures = [figure for name, runs in looks.items() for figure in _figures(name, runs)]
    pace = statistics.median(look.pace for runs in looks.values() for look in runs)
    figures.append(Figure("Lighthouse's own measure of this machine", pace, "(a desktop: 1,500 to 2,000)"))
    return Table(
        "The app: Lighthouse, mobile",
        f"Lighthouse {VERSION} in this machine's Chromium, first visits (nothing cached, no worker yet) "
        "to a server that has answered before; throttling "
        f"method `simulate`: {SLOW} is reckoned from the load as it was seen. Home and fire as a resident, fire with a "
        "confirmed incident below the own floor. The page's own process has a core for itself, as no phone runs the "
        "server and Lighthouse too; they and the browser's frame share the other. Each run waits for a quiet "
        f"machine, {CALM_S} s at most. Median of {ROUNDS} runs; accessibility is the lowest.",
        figures,
    )


@contextmanager
def _two_cores() -> Iterator[None]:
    """All that is started here runs on the first core, except what `_phone` puts on the last."""
    os.sched_setaffinity(0, CORES[:1])
    try:
        yield
    finally:
        os.sched_setaffinity(0, CORES)


def _phone(folder: Path, browser: str) -> str:
    """The browser, its pages on the last core. Lighthouse counts how long a task took by the clock: a task that waits
    for the server's turn on the same core counts as the page's own work, four times."""
    if not shutil.which("taskset"):
        return browser
    script = folder / "browser"
    script.write_text(f'#!/bin/sh\nexec "{browser}" "$@" --renderer-cmd-prefix="taskset -c {CORES[-1]}"\n')
    script.chmod(0o700)
    return str(script)


def _pages(stack: Stack, person: Person) -> Iterator[tuple[str, str, Person | None]]:
    """One after the other: home is calm, and then it burns."""
    yield "sign-in", "/sign-in", None
    yield "home", "/", person
    yield "fire", f"/fire/{_burn(stack, person)}", person


def _warm(person: Person, path: str) -> None:
    """A server that has just started loads code and plans while the page waits; one that runs does not."""
    asked = ["/api/me", "/api/home", "/api/incidents?state=open"]
    if path.startswith("/fire/"):
        asked.append(f"/api/incidents/{path.removeprefix('/fire/')}")
    for address in asked * WARM:
        assert person.get(address).ok, address


def _burn(stack: Stack, person: Person) -> str:
    point = next(p for p in planned() if (p.building, p.component, p.ordinal) == (TOWER, CALL_POINT, FLOOR))

    async def press() -> None:
        panels = Panels(stack)
        await panels.report(point)
        await panels.close()

    asyncio.run(press())

    def confirmed() -> str | None:
        found = person.get("/api/incidents?state=open").json()["items"]
        return next((str(one["id"]) for one in found if one["state"] == "confirmed"), None)

    return str(until(confirmed))


def _look(lighthouse: Path, browser: str, stack: Stack, path: str, who: Person | None) -> list[Look]:
    looks = []
    for _ in range(ROUNDS):
        _wait_for_calm()
        looks.append(_once(lighthouse, browser, stack, path, who))
        print(f"  {path}: {looks[-1]}", file=sys.stderr, flush=True)
    return looks


def _wait_for_calm() -> None:
    """What else this machine does makes every task of the page longer, and four times so in the reckoning."""
    end = clock.monotonic() + CALM_S
    while clock.monotonic() < end:
        before = _cpu()
        time.sleep(LOOK_S)
        spent, idle = (after - was for after, was in zip(_cpu(), before, strict=True))
        if idle > (1 - BUSY) * spent:
            return


def _cpu() -> tuple[int, int]:
    """Ticks of all cores since the start: all, and idle."""
    ticks = [int(one) for one in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    return sum(ticks), ticks[3] + ticks[4]


def _once(lighthouse: Path, browser: str, stack: Stack, path: str, who: Person | None) -> Look:
    headers = {"Cookie": "; ".join(f"{one.name}={one.value}" for one in who.cookies)} if who else {}
    flags = ["--headless=new", "--accept-lang=zh-CN", *chromium.ARGS]
    command = [
        *(str(NODE), str(lighthouse / "cli" / "index.js"), stack.base + path),
        *("--quiet", "--output=json", "--output-path=stdout", "--no-enable-error-reporting"),
        *("--only-categories=performance,accessibility", "--form-factor=mobile", "--throttling-method=simulate"),
        *("--disable-storage-reset", f"--extra-headers={json.dumps(headers)}", f"--chrome-flags={' '.join(flags)}"),
    ]
    env = os.environ | {"CHROME_PATH": browser, "CI": "1", "NO_UPDATE_NOTIFIER": "1"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=RUN_S, env=env)
    assert done.returncode == 0, done.stderr[-2000:]
    return _read(json.loads(done.stdout), path)


def _read(report: dict[str, Any], path: str) -> Look:
    assert "runtimeError" not in report, report["runtimeError"]
    assert report["finalDisplayedUrl"].endswith(path), f"asked for {path}, saw {report['finalDisplayedUrl']}"
    audits = report["audits"]
    scripts = [one for one in audits["network-requests"]["details"]["items"] if one["resourceType"] == "Script"]
    marks = {name: category["score"] * 100 for name, category in report["categories"].items()}
    return Look(
        *(marks["performance"], marks["accessibility"]),
        *(audits["largest-contentful-paint"]["numericValue"] / 1000, audits["total-blocking-time"]["numericValue"]),
        *(sum(one["transferSize"] for one in scripts) / KB, report["environment"]["benchmarkIndex"]),
        tuple(sorted(_misses(audits))),
    )


def _misses(audits: dict[str, dict[str, Any]]) -> Iterator[str]:
    for name, audit in audits.items():
        if audit["score"] is not None and audit["score"] < 1 and audit["scoreDisplayMode"] != "informative":
            yield f"{name} {audit['score']:.2f} {audit.get('displayValue', '')}".strip()


def _figures(name: str, runs: Sequence[Look]) -> list[Figure]:
    def median(of: str) -> float:
        return statistics.median(getattr(one, of) for one in runs)

    each = ", ".join(f"{one.performance:.0f}" for one in runs)
    return [
        at_least(f"{name}: performance", median("performance"), 95, "points", f"the runs: {each}"),
        at_least(f"{name}: accessibility", min(one.accessibility for one in runs), 100, "points"),
        Figure(f"{name}: largest paint", median("lcp_s"), "s"),
        Figure(f"{name}: blocked by script", median("tbt_ms"), "ms"),
        Figure(f"{name}: script over the wire, what comes after the first paint too", median("kb"), "KB"),
    ]


if __name__ == "__main__":
    for table in run():
        print(markdown(table))
