"""The sweeper: every second it does what is due, and what no bell woke. `python -m backend.kernel.sweep`"""

from __future__ import annotations

import time
from collections.abc import Callable

import structlog
from sqlalchemy.exc import OperationalError

from backend.kernel import beat, clock, db, jobs
from backend.kernel.boot import await_prepared, boot
from backend.kernel.jobs import Periodic

log = structlog.get_logger(__name__)
ROUND_S = 1.0


class Sweeper:
    """All periodic work of all features, the most frequent first; what fails does not hold up the rest."""

    def __init__(self, work: list[Periodic]) -> None:
        self.work = sorted(work, key=lambda one: one.every_s)
        self.due_at = [0.0] * len(self.work)

    def sweep(self) -> None:
        """One round. The heartbeat comes first, so that the timers already see a gap of ours."""
        self._do(_beat)
        for index, one in enumerate(self.work):
            started = clock.monotonic()
            if started >= self.due_at[index]:
                # A little early rather than one round late: rounds are not exactly a second apart.
                self.due_at[index] = started + one.every_s - ROUND_S / 10
                self._do(one.run)

    def run(self) -> None:
        while True:
            started = clock.monotonic()
            self.sweep()
            time.sleep(max(0.0, ROUND_S - (clock.monotonic() - started)))

    def _do(self, run: Callable[[], object]) -> None:
        name = getattr(run, "__qualname__", str(run))
        try:
            run()
        except OperationalError as error:
            log.warning("the database is away", job=name, error=str(error.orig).splitlines()[0])
        except Exception as error:  # one feature's fault must not stop the others' alarms
            log.error("periodic work failed", job=name, exc_info=error)


def _beat() -> None:
    with db.transaction():
        beat.beat("sweeper")


if __name__ == "__main__":
    boot("sweeper")
    sweeper = Sweeper(jobs.periodic())
    await_prepared()
    sweeper.run()
