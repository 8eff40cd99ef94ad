"""Some lines of the Procfile, run by honcho: `python -m backend.kernel.procs NAME ...`

Not by honcho's own command, because that gives each line another PORT, and PORT is the web server's setting.
"""

from __future__ import annotations

import sys
from pathlib import Path

from honcho.environ import parse_procfile
from honcho.manager import Manager
from honcho.printer import Printer

ROOT = Path(__file__).resolve().parents[2]

# Not in the Procfile: only a demo estate needs somebody who plays its transmitters.
DEMO = "exec python -m backend.kernel.keep demo -- python -m backend.demo beat"


def lines() -> dict[str, str]:
    """Each process's name and command, in the Procfile's order, and the demo's."""
    return {**parse_procfile((ROOT / "Procfile").read_text()).processes, "demo": DEMO}


def main(names: list[str]) -> None:
    """Run the named lines until one ends or a signal comes."""
    manager = Manager(Printer(sys.stdout, colour=sys.stdout.isatty()))
    for name in names:
        manager.add_process(name, lines()[name], cwd=str(ROOT))
    manager.loop()
    sys.exit(manager.returncode)


if __name__ == "__main__":
    main(sys.argv[1:])
