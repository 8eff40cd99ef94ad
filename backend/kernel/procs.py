"""Some lines of the Procfile, run by honcho: `python -m backend.kernel.procs NAME ...`

Not by honcho's own command, because that gives each line another PORT, and PORT is the web server's setting.
"""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

from honcho.environ import parse_procfile
from honcho.manager import Manager
from honcho.printer import Printer

ROOT = Path(__file__).resolve().parents[2]
# Longer than the keepers' own patience (4 s) and honcho's (5 s).
END_S = 12.0

# Not in the Procfile: only a demo estate needs somebody who plays its transmitters.
DEMO = "exec python -m backend.kernel.keep demo -- python -m backend.demo beat"


def lines() -> dict[str, str]:
    """Each process's name and command, in the Procfile's order, and the demo's."""
    return {**parse_procfile((ROOT / "Procfile").read_text()).processes, "demo": DEMO}


class Group:
    """Some lines of the Procfile under one honcho, in a session of its own: Ctrl-C is for us, who end them in order."""

    def __init__(self, *names: str) -> None:
        self.names = names
        self.process = self._start()

    def check(self) -> None:
        """A keeper that died took its group along: start it again. A honcho that was killed left orphans: end all."""
        code = self.process.poll()
        if code is not None and code < 0:
            raise SystemExit(f"the process that runs {', '.join(self.names)} was killed: ending")
        if code is not None:
            print(f"starting {', '.join(self.names)} again", flush=True)
            self.process = self._start()

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(END_S)
        except subprocess.TimeoutExpired:
            self.process.kill()  # the keepers notice, and end by themselves

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-m", "backend.kernel.procs", *self.names], start_new_session=True)


def main(names: list[str]) -> None:
    """Run the named lines until one ends or a signal comes."""
    manager = Manager(Printer(sys.stdout, colour=sys.stdout.isatty()))
    ours = shlex.quote(str(Path(sys.executable).parent))  # the Procfile says python, and means this one
    for name in names:
        manager.add_process(name, f'export PATH={ours}:"$PATH"; {lines()[name]}', cwd=str(ROOT))
    manager.loop()
    sys.exit(manager.returncode)


if __name__ == "__main__":
    main(sys.argv[1:])
