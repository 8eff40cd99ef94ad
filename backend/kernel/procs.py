"""Some lines of the Procfile, run by honcho: `python -m backend.kernel.procs servers` (or `others`, `others+demo`).

Not by honcho's own command, because that gives each line another PORT, and PORT is the web server's setting. And not by
the lines' names, so that who kills `gateway` by its name does not hit what runs it.
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
SERVERS = ("postgres", "redis")
# Not in the Procfile: only a demo estate needs somebody who plays its transmitters. It lets the others start first.
DEMO = "exec nice -n 10 python -m backend.kernel.keep demo -- python -m backend.demo beat"
# Longer than the keepers' own patience (4 s) and honcho's (5 s).
END_S = 12.0


def lines(group: str) -> dict[str, str]:
    """Name and command of each process of the group, in the Procfile's order."""
    found: dict[str, str] = parse_procfile((ROOT / "Procfile").read_text()).processes
    if group == "servers":
        return {name: found[name] for name in SERVERS}
    others = {name: line for name, line in found.items() if name not in SERVERS}
    return others | ({"demo": DEMO} if group == "others+demo" else {})


class Group:
    """Some lines of the Procfile under one honcho, in a session of its own: Ctrl-C is for us, who end them in order."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.process = self._start()

    def check(self) -> None:
        """A keeper that died took its group along: start it again. A honcho that was killed left orphans: end all."""
        code = self.process.poll()
        if code is not None and code < 0:
            raise SystemExit(f"the process that runs {', '.join(lines(self.name))} was killed: ending")
        if code is not None:
            print(f"starting {', '.join(lines(self.name))} again", flush=True)
            self.process = self._start()

    def stop(self) -> None:
        """Ask to end, and see to it."""
        self.process.terminate()
        try:
            self.process.wait(END_S)
        except subprocess.TimeoutExpired:
            self.process.kill()  # the keepers notice, and end by themselves

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-m", "backend.kernel.procs", self.name], start_new_session=True)


def main(group: str) -> None:
    """Run the group's lines until one ends or a signal comes."""
    manager = Manager(Printer(sys.stdout, colour=sys.stdout.isatty()))
    ours = shlex.quote(str(Path(sys.executable).parent))  # the Procfile says python, and means this one
    for name, line in lines(group).items():
        manager.add_process(name, f'export PATH={ours}:"$PATH"; {line}', cwd=str(ROOT))
    manager.loop()
    sys.exit(manager.returncode)


if __name__ == "__main__":
    main(sys.argv[1])
