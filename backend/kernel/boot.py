"""One boot for every process: settings, log, file limit, contacts, reactions. Flask is not loaded here."""

from __future__ import annotations

import importlib
import resource

from backend.kernel import events, lock, log
from backend.kernel.config import settings

# Their import registers contacts, the actor loader and policies. Named as text: the kernel knows no feature.
REGISTERED = ("backend.accounts.contacts", "backend.reactions")
_booted: list[str] = []


def boot(process: str) -> None:
    """Make this process ready; wrong settings end it with one clear line."""
    if _booted:
        return
    _booted.append(process)
    settings()
    log.set_up(process)
    raise_file_limit()
    modules = [importlib.import_module(name) for name in REGISTERED]
    events.subscribe(modules[-1].REACTIONS)


def await_prepared() -> None:
    """Wait for a `make run` that is still at keys and migrations: it starts us early, as our imports take longer."""
    lock.pass_by(settings().data_dir / lock.PREPARING)


def raise_file_limit() -> None:
    """Thousands of sockets need as many files; the soft limit is often 1024."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = min(hard, 65536) if hard != resource.RLIM_INFINITY else 65536
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
