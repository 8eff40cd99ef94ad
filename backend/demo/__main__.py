"""`python -m backend.demo load|beat|drill`: the demo estate, its heartbeats, and the exercise of the whole path."""

from __future__ import annotations

import argparse
import sys

from backend.kernel import clock
from backend.kernel.boot import boot


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m backend.demo", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    loading = verbs.add_parser("load", help="load the demo estate into an empty database")
    loading.add_argument("--if-empty", action="store_true", help="do nothing, quietly, when there is something")
    chosen = parser.parse_args(arguments)
    boot("demo")
    return _load(chosen.if_empty)


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
    print(f"the database was empty, so the demo estate 晨光里 was loaded in {clock.monotonic() - start:.1f} s: {words}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
