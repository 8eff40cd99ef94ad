"""Keeps one process alive: `python -m backend.kernel.keep NAME [--stop SIGNAL] -- COMMAND ...`

What dies is started again after a pause that grows from 0.2 s to 5 s. A SIGTERM goes on to the child, and at the end
nothing of the child's process group is left. The keeper ends with its own parent, and with the run it is part of.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from pathlib import Path

from backend.kernel import clock, lock
from backend.kernel.config import data_dir

WATCHED = {signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP}
GRACE_S = 4.0  # honcho kills after 5
STEADY_S = 10.0  # who ran as long starts again with the shortest pause
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.2, 5.0
_PR_SET_PDEATHSIG = 1


class Keeper:
    """One kept process. `stop` is the signal that asks it to end."""

    def __init__(self, name: str, command: list[str], stop: signal.Signals = signal.SIGTERM) -> None:
        self.name, self.command, self.stop = name, command, stop
        self.parent = os.getppid()
        self.run_lock = data_dir() / lock.RUNNING
        self.is_part_of_run = lock.is_held(self.run_lock)
        self.pause_s = FIRST_PAUSE_S

    def run(self) -> None:
        """Start, start again, and return when asked to end."""
        signal.pthread_sigmask(signal.SIG_BLOCK, WATCHED)
        while True:
            started = clock.monotonic()
            try:
                child = subprocess.Popen(self.command, start_new_session=True, preexec_fn=_of_the_child)
            except OSError as error:  # a broken installation may be mended while we wait
                if self._rest(error, 0):
                    return
                continue
            is_asked_to_end = self._watch(child)
            if is_asked_to_end:
                child.send_signal(self.stop)
                self._await_end(child)
            _kill_group(child.pid)
            if is_asked_to_end or self._rest(child.wait(), clock.monotonic() - started):
                return

    def _watch(self, child: subprocess.Popen[bytes]) -> bool:
        """Wait until the child has died (False) or we are to end (True)."""
        while child.poll() is None:
            if self._is_asked_to_end(1.0):
                return True
        return False

    def _rest(self, code: int | OSError, ran_s: float) -> bool:
        """Pause before the next start; True when asked to end meanwhile."""
        self.pause_s = FIRST_PAUSE_S if ran_s >= STEADY_S else min(self.pause_s * 2, LONGEST_PAUSE_S)
        print(f"{self.name} ended ({code}) after {ran_s:.1f} s, starts again in {self.pause_s:.1f} s", flush=True)
        end = clock.monotonic() + self.pause_s
        while (left := end - clock.monotonic()) > 0:
            if self._is_asked_to_end(left):
                return True
        return False

    def _is_asked_to_end(self, within_s: float) -> bool:
        got = signal.sigtimedwait(WATCHED, within_s)
        if got is not None and got.si_signo != signal.SIGCHLD:
            return True
        return os.getppid() != self.parent or (self.is_part_of_run and not lock.is_held(self.run_lock))

    def _await_end(self, child: subprocess.Popen[bytes]) -> None:
        end = clock.monotonic() + GRACE_S
        while child.poll() is None and (left := end - clock.monotonic()) > 0:
            signal.sigtimedwait({signal.SIGCHLD}, left)


def _go_by(title: str) -> None:
    """Take all names out of our own line in the process list: who kills by a name means the child, not us."""
    try:
        fields = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
        start, end = int(fields[45]), int(fields[46])  # arg_start and arg_end of proc(5), counted from the state
        ctypes.memmove(start, title.encode()[: end - start - 1].ljust(end - start, b"\0"), end - start)
    except (OSError, IndexError):
        pass  # only a convenience


def _of_the_child() -> None:
    signal.pthread_sigmask(signal.SIG_UNBLOCK, WATCHED)
    # Should the keeper be killed with -9, the child must not go on alone beside its successor.
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _kill_group(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def main(arguments: list[str]) -> None:
    """Parse the command line and keep until told to end."""
    if "--" not in arguments:
        raise SystemExit(__doc__)
    cut = arguments.index("--")
    name, options, command = arguments[0], arguments[1:cut], arguments[cut + 1 :]
    stop = signal.Signals[f"SIG{options[1]}"] if options[:1] == ["--stop"] else signal.SIGTERM
    _go_by("shouwang keeper")
    Keeper(name, command, stop).run()


if __name__ == "__main__":
    main(sys.argv[1:])
