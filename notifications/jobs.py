"""What the bell wakes and what the sweeper does by itself. The deliveries are the truth; both find the same rows."""

from __future__ import annotations

import os
import threading
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import structlog

from backend.kernel import clock, crypt, jobs
from backend.kernel.config import settings
from backend.kernel.jobs import Periodic
from notifications import outbox, service

if TYPE_CHECKING:
    from notifications.fanout import Fanout

log = structlog.get_logger(__name__)
BELL_GRACE_S = 2.0  # what the bell did not wake in this time the sweeper delivers by itself
_sweeping = threading.Lock()


def deliver() -> int:
    """Deliver all that is due. Rung after a commit; how often does not matter."""
    return _fanout(os.getpid(), threading.get_ident()).run()


def sweep() -> None:
    """Deliver what the bell did not wake, due retries and ended leases; returns at once, a thread does it."""
    grace_s = BELL_GRACE_S if jobs.redis() else 0.0
    if outbox.is_due(grace_s) and _sweeping.acquire(blocking=False):
        threading.Thread(target=_sweep, args=(grace_s,), name="deliveries", daemon=True).start()


def _sweep(grace_s: float) -> None:
    try:
        _fanout(os.getpid(), 0).run(grace_s)
    except Exception as error:  # the next second tries again
        log.error("sweep failed", exc_info=error)
    finally:
        _sweeping.release()


def fall_back() -> None:
    """SMS for notices whose receipt did not come in time."""
    outbox.fall_back()


def expire() -> None:
    """Give up deliveries that are too old to be of use."""
    outbox.expire()


@lru_cache(maxsize=4)
def _fanout(pid: int, thread: int) -> Fanout:
    """This process's loop: it keeps its connections and tokens warm, and is made anew after a fork.
    Imported here, so that processes that never deliver do not load libcurl."""
    from notifications.channels.sender import Sender
    from notifications.channels.webpush import Sealer, Vapid
    from notifications.fanout import Fanout
    from notifications.lanes import Lanes

    vapid = Vapid(crypt.vapid_key(), contact(), clock.now)
    return Fanout(Sender(settings().push_ca_file), Sealer(vapid), Lanes())


def contact() -> str:
    """Whom a push service may ask about us (RFC 8292 2.1): our site, or an address at it when it has no https."""
    url = settings().public_url
    return url if url.startswith("https://") else f"mailto:duty@{urlsplit(url).hostname}"


PERIODIC = [Periodic(sweep, 1.0), Periodic(fall_back, 1.0), Periodic(expire, 60.0), Periodic(service.forget, 600.0)]
