"""`python -m backend.demo load|beat|drill`: the demo estate, its heartbeats, and the exercise of the whole path."""

from __future__ import annotations

import argparse
import asyncio
import sys

from backend.demo.scenarios import SCENARIOS
from backend.kernel import clock
from backend.kernel.boot import await_prepared, boot


def main(arguments: list[str] | None = None) -> int:
    chosen = _parser().parse_args(arguments)
    boot("demo")
    if chosen.verb == "load":
        return _load(chosen.if_empty)
    if chosen.verb == "beat":
        from backend.demo import beat

        await_prepared()
        asyncio.run(beat.run())
        return 0
    from backend.demo.drill import drill

    drill(chosen.only or [], chosen.fast)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m backend.demo", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    loading = verbs.add_parser("load", help="load the demo estate into an empty database")
    loading.add_argument("--if-empty", action="store_true", help="do nothing, quietly, when there is something")
    verbs.add_parser("beat", help="keep the demo's transmitters alive until ended")
    drilling = verbs.add_parser("drill", help="let them report fires, faults and silence")
    names = [scenario.name for scenario in SCENARIOS]
    drilling.add_argument("--only", action="append", choices=names, help="this scenario; may be given several times")
    drilling.add_argument("--fast", action="store_true", help="a tenth of the pauses")
    return parser


def _load(if_empty: bool) -> int:
    from backend.demo.load import NotEmpty, load

    start = clock.monotonic()
    try:
        counts = load()
    except NotEmpty:
        if not if_empty:
            print("the database is not empty: the demo is loaded only into an empty one", file=sys.stderr)
        return 0 if if_empty else 1
    words = ", ".join(f"{counts[name]} {name}" for name in ("buildings", "dwellings", "people", "devices"))
    took = clock.monotonic() - start
    print(f"the database was empty, so the demo estate 晨光里 was loaded in {took:.1f} s: {words}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
