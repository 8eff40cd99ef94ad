"""Work of incidents outside of requests: a tower told in chunks, limits that pass, the watchman's look each minute."""

from __future__ import annotations

from uuid import UUID

import structlog
from sqlalchemy.exc import OperationalError

from backend.incidents import clocks, spreading
from backend.kernel.jobs import Periodic

log = structlog.get_logger(__name__)


def expand(step_id: str | UUID) -> None:
    """Tell everybody of one step, chunk by chunk; another worker on the same step makes this one stop."""
    while spreading.expand_chunk(UUID(str(step_id))):
        pass


def expand_waiting() -> None:
    """Steps that no bell woke: alarms go out without Redis."""
    for step_id in spreading.waiting_steps():
        try:
            expand(step_id)
        except OperationalError:  # the database is away: so it is for all
            raise
        except Exception:  # one tower's fault must not keep another from hearing
            log.exception("a step could not be told, it is tried again", step=str(step_id))


PERIODIC = [
    Periodic(clocks.strike, every_s=1),
    Periodic(expand_waiting, every_s=1),
    Periodic(clocks.reconcile, every_s=60),
]
