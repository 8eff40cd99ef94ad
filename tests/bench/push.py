"""The push pipeline against pywebpush and npm web-push, and ten thousand phones through the whole outbox.

`python -m tests.bench.push` prints the figures as JSON."""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.bench.figures import ROOT, Figure, Table, at_least, at_most
from tests.sinks.browser import Browser

ROUNDS, IN_FLIGHT, DELAYED = 3, 64, 400
NPM = "web-push@3.6.7"
COUNTS = {"ours": 6_000, "pywebpush": 1_000, "pywebpush, one by one": 1_000, "npm web-push": 1_000}
NAMES = {"ours": "Shouwang", "pywebpush": "pywebpush, threads", "npm web-push": "npm web-push"}
CORES = sorted(os.sched_getaffinity(0))
PHONES = 10_000


def run() -> list[Table]:
    """The three tables; a peer that is not on this machine is left out and said to be."""
    with tempfile.TemporaryDirectory() as folder:
        npm = _npm(ROOT / "var" / "bench" / "npm")
        at_once = _compare(Path(folder), npm, 0.0, IN_FLIGHT)
        delayed = _compare(Path(folder), npm, 0.1, DELAYED)
    about = (
        "Encrypt 1,024 octets (RFC 8291), sign (RFC 8292), POST over TLS to a local sink that answers 201; sender and "
        "sink on a core each; per second of the sender's CPU. "
        f"Median of {ROUNDS} rounds in turn, {{}} requests in flight for every peer."
    )
    return [
        Table("Push pipeline, messages a second on one core", about.format(IN_FLIGHT), _figures(at_once, True)),
        Table(
            "Push pipeline with 100 ms of delay (80 to 120) at the service", about.format(DELAYED),
            _figures(delayed, False),
        ),
        phones(),
    ]  # fmt: skip


@dataclass(frozen=True)
class Rate:
    """Messages a second, by the clock and by the CPU time of the sender, which other work disturbs less."""

    clock: float
    cpu: float


def _compare(folder: Path, npm: Path | None, delay_s: float, in_flight: int) -> dict[str, Rate]:
    peers = ["ours", "pywebpush", *([] if delay_s else ["pywebpush, one by one"]), *(["npm web-push"] if npm else [])]
    rates: dict[str, list[Rate]] = {name: [] for name in peers}
    with sink(folder, delay_s) as (origin, ca):
        for _ in range(ROUNDS):
            for name in peers:
                took = _peer(name, origin, ca, in_flight, npm)
                rate = Rate(COUNTS[name] / took["seconds"], COUNTS[name] / took["cpu_s"])
                rates[name].append(rate)
                print(f"  {name}, delay {delay_s} s: {rate.clock:,.0f}/s, {rate.cpu:,.0f}/CPU s", file=sys.stderr)
    median = statistics.median
    return {name: Rate(median(r.clock for r in f), median(r.cpu for r in f)) for name, f in rates.items()}


@contextmanager
def sink(folder: Path, delay_s: float) -> Iterator[tuple[str, str]]:
    """The blind push service as a process on the first core: (origin, authority's file)."""
    command = ["-m", "tests.sinks.push", str(folder), str(delay_s)]
    process = subprocess.Popen(_on(CORES[0], sys.executable, *command), stdout=subprocess.PIPE, text=True, cwd=ROOT)
    try:
        assert process.stdout
        told = json.loads(process.stdout.readline())
        yield f"https://localhost:{told['port']}", told["ca"]
    finally:
        process.kill()
        process.wait(10)


def _peer(name: str, origin: str, ca: str, in_flight: int, npm: Path | None) -> dict[str, float]:
    core, count = CORES[-1], str(COUNTS[name])
    if name == "npm web-push":
        keys = json.dumps(Browser().subscription("")["keys"])
        script = str(ROOT / "tests/bench/peers/npm_web_push.mjs")
        command = _on(core, "node", script, str(npm), origin, ca, count, str(in_flight), keys, "1024")
    else:
        kind, lanes = name.partition(",")[0], 1 if "one by one" in name else in_flight
        module = "tests.bench.peers.push_peer"
        command = [sys.executable, "-m", module, kind, origin, ca, count, str(lanes), str(core)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300, cwd=ROOT)
    assert done.returncode == 0, done.stderr[-2000:]
    return dict(json.loads(done.stdout))


def _on(core: int, *command: str) -> list[str]:
    return ["taskset", "-c", str(core), *command] if shutil.which("taskset") else list(command)


def _npm(folder: Path) -> Path | None:
    """Where npm's web-push is installed, or None where npm or its registry cannot be reached."""
    if (folder / "node_modules" / "web-push").exists():
        return folder
    if not shutil.which("npm"):
        return None
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "package.json").write_text('{"private": true}')
    command = ["npm", "install", "--silent", "--no-audit", "--no-fund", NPM]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False, timeout=180)
    return folder if done.returncode == 0 else None


def _figures(rates: dict[str, Rate], has_bar: bool) -> list[Figure]:
    mine = rates["ours"]
    figures = [
        Figure("Shouwang (webpush, token cache, HTTP/2)", mine.cpu, "messages/CPU s"),
        Figure("the same by the clock", mine.clock, "messages/s"),
    ]
    for name, bar in (("pywebpush", 6), ("pywebpush, one by one", 6), ("npm web-push", 8)):
        what = NAMES.get(name, name)
        if name in rates:
            theirs, note = rates[name], f"by the clock {mine.clock / rates[name].clock:.1f} times"
            figures.append(Figure(what, theirs.cpu, "messages/CPU s", note=f"{theirs.clock:,.0f}/s by the clock"))
            ratio = mine.cpu / theirs.cpu
            is_bar = has_bar and name != "pywebpush, one by one"
            figure = at_least(f"times {what}", ratio, bar, "times", note)
            figures.append(figure if is_bar else Figure(f"times {what}", ratio, "times", note=note))
        elif name == "npm web-push":
            figures.append(Figure(what, 0, "not measured: npm or its registry is not here"))
    return figures


def phones() -> Table:
    """Commit to the last accepted push, for ten thousand phones, with the processes that `make run` starts."""
    from tests.bench import outbox

    took = outbox.measure(PHONES)
    about = (
        f"{PHONES:,} notices written by `notifications.send` in chunks of 500, as a ring does; the system as `make "
        "run` starts it delivers them over TLS to a local sink, all on the same cores."
    )
    figures = [
        at_most("last commit to last push accepted", took.last_s, 3, "s"),
        Figure("first commit to first push accepted", took.first_s, "s"),
        Figure("writing notices and deliveries", PHONES / took.writing_s, "people/s"),
        Figure("delivering", PHONES / took.delivering_s, "pushes/s"),
    ]
    return Table("Ten thousand phones", about, figures)


if __name__ == "__main__":
    print(json.dumps([asdict(table) for table in run()], ensure_ascii=False, indent=1))
