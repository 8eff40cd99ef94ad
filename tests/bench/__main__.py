"""`make bench`: run all benches (or those named) and write docs/benchmarks.md. Everything stays on loopback."""

from __future__ import annotations

import importlib
import sys
import traceback
from pathlib import Path

from tests.bench.figures import ROOT, Table, head, markdown

BENCHES = ("push", "gateway", "system", "streams", "app")
KEPT = ROOT / "var" / "bench"


def main(names: list[str]) -> None:
    """Tables of benches that are not named keep the figures of their last run on this machine."""
    KEPT.mkdir(parents=True, exist_ok=True)
    for name in names or BENCHES:
        print(f"== {name}", flush=True)
        try:
            tables: list[Table] = importlib.import_module(f"tests.bench.{name}").run()
        except Exception:
            traceback.print_exc()
            print(f"bench {name} failed; its last figures stay", flush=True)
            continue
        text = "\n".join(markdown(table) for table in tables)
        print(text, flush=True)
        (KEPT / f"{name}.md").write_text(text)
    parts = [(KEPT / f"{name}.md") for name in BENCHES]
    written = "\n".join(part.read_text() for part in parts if part.exists())
    Path(ROOT / "docs" / "benchmarks.md").write_text(f"{head()}\n{written}")


if __name__ == "__main__":
    main(sys.argv[1:])
