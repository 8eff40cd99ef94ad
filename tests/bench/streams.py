"""Two thousand phones: open streams and their memory, and an acknowledge that must reach all screens meanwhile."""

from __future__ import annotations

import asyncio
import json
import random
import tempfile
from pathlib import Path
from uuid import UUID

from backend.kernel import clock
from tests.bench.figures import Figure, Table, at_most, percentile
from tests.bench.memory import rss_mb
from tests.bench.phones import Screen, get, sign_in_all
from tests.stack import Stack

PHONES = 2000
OPEN_S = 10.0
PAGES = ("/api/me", "/api/home")  # what a resident's app asks before its stream


def run() -> list[Table]:
    with tempfile.TemporaryDirectory(prefix="sw-") as folder, Stack(Path(folder)).running() as stack:
        return [asyncio.run(_measure(stack))]


async def _measure(stack: Stack) -> Table:
    cookies = sign_in_all(stack, _residents(stack))
    guard = sign_in_all(stack, [_guard(stack)])[0]
    incident = await _fire(stack, guard)
    before = rss_mb(stack.pids("gunicorn"))
    screens = [Screen(stack, cookie) for cookie in cookies]
    watching = [asyncio.create_task(screen.watch()) for screen in screens]
    await _until_open(screens)
    each_kb = (rss_mb(stack.pids("gunicorn")) - before) * 1024 / PHONES
    quiet = await _acknowledge(stack, guard, incident, "acknowledge", screens)
    opening = [asyncio.create_task(_open(stack, cookie)) for cookie in cookies]
    await asyncio.sleep(OPEN_S / 2)
    busy = await _acknowledge(stack, guard, incident, "arrive", screens)
    opened = await asyncio.gather(*opening)
    for task in watching:
        task.cancel()
    await asyncio.gather(*watching, return_exceptions=True)
    return Table(
        f"{PHONES} phones",
        f"{PHONES} live streams of residents of the demo estate, then the same phones open the app within "
        f"{OPEN_S:.0f} s (the two API calls of its first screen each) while a responder acts. Clients and server share "
        "the cores, so these are upper bounds.",
        [
            at_most("memory of one open stream", each_kb, 35, "KB"),
            Figure("a tap to the screens, quiet, p50", percentile(quiet, 0.5) * 1000, "ms"),
            Figure("a tap to the screens, quiet, p99", percentile(quiet, 0.99) * 1000, "ms"),
            at_most("a tap to the screens while all open the app, p99", percentile(busy, 0.99), 1, "s"),
            Figure("screens that got it", len(busy), f"of {len(quiet)} whom it concerns"),
            Figure("opening the app (two calls), p99", percentile([t for t in opened if t], 0.99), "s"),
            Figure("openings that failed", sum(t == 0 for t in opened), f"of {PHONES}"),
        ],
    )


def _residents(stack: Stack) -> list[UUID]:
    rows = stack.sql(
        "SELECT DISTINCT g.person_id FROM grants g JOIN buildings b ON g.building_paths @> ARRAY[b.scope_path] "
        "WHERE g.role = 'resident' AND g.ended_at IS NULL LIMIT %s",
        PHONES,
    )
    people = [row[0] for row in rows]
    return (people * (PHONES // max(1, len(people)) + 1))[:PHONES]


def _guard(stack: Stack) -> UUID:
    found: UUID = stack.sql("SELECT person_id FROM grants WHERE role = 'control_room' AND ended_at IS NULL LIMIT 1")[0][
        0
    ]
    return found


async def _fire(stack: Stack, guard: str) -> str:
    """A call from the garage that three towers share, so that many screens see it."""
    (building,) = stack.sql("SELECT id FROM buildings WHERE kind = 'garage' LIMIT 1")[0]
    body = {"category": "fire", "place": {"building_id": str(building)}, "note": "bench"}
    status, answer = await get(stack, "/api/incidents", guard, "POST", body)
    assert status in (200, 201), answer
    return str(json.loads(answer)["id"])


async def _until_open(screens: list[Screen]) -> None:
    end = clock.monotonic() + 60
    while not all(screen.is_open for screen in screens):
        assert clock.monotonic() < end, f"only {sum(s.is_open for s in screens)} streams are open"
        await asyncio.sleep(0.2)


async def _acknowledge(stack: Stack, guard: str, incident: str, verb: str, screens: list[Screen]) -> list[float]:
    """Tap, and wait at most 10 s; the time from the tap to each screen that shows it."""
    for screen in screens:
        screen.arrived.clear()
    start = clock.monotonic()
    status, answer = await get(stack, f"/api/incidents/{incident}/{verb}", guard, "POST", {})
    assert status == 200, answer
    while clock.monotonic() < start + 10 and not all(screen.arrived for screen in screens):
        await asyncio.sleep(0.05)
    return [min(screen.arrived.values()) - start for screen in screens if screen.arrived] or [10.0]


async def _open(stack: Stack, cookie: str) -> float:
    """What the app asks at its start; seconds, or 0 when one of the calls failed."""
    await asyncio.sleep(random.uniform(0, OPEN_S))  # a load, not a secret
    start = clock.monotonic()
    for page in PAGES:
        try:
            status, _ = await asyncio.wait_for(get(stack, page, cookie), 30)
        except (OSError, TimeoutError):
            return 0
        if status != 200:
            return 0
    return clock.monotonic() - start
