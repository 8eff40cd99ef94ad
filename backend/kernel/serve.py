"""gunicorn's configuration. Live streams are open for hours, so requests are greenlets, not threads."""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()  # before anything else is imported: the application is loaded once, by the master

import os  # noqa: E402  # see above
from contextlib import suppress  # noqa: E402  # see above

from sqlalchemy.exc import SQLAlchemyError  # noqa: E402  # see above

from backend.kernel.config import settings  # noqa: E402  # see above

bind = f"{settings().host}:{settings().port}"
worker_class = "gevent"
preload_app = True  # half the time to start, and memory that the workers share
workers = min(4, os.cpu_count() or 1)
worker_connections = 10_000
backlog = 4096
timeout = 60
graceful_timeout = 3  # open streams end with us, their clients come back by themselves
keepalive = 30
forwarded_allow_ips = ""  # TRUSTED_PROXIES decides whom we believe, in kernel/web
errorlog = "-"
loglevel = "warning"


def post_worker_init(_worker: object) -> None:
    """Reading the stream from the start, every answer can say up to which event it knows."""
    from backend.kernel.hub import hub

    with suppress(SQLAlchemyError):  # without a database there are no answers yet; the first stream starts it then
        hub.start()
