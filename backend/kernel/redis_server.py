"""The `redis` line of the Procfile: the embedded Redis, with its file written each second, on a unix socket only."""

from __future__ import annotations

import os
import signal

from backend.kernel import embedded
from backend.kernel.config import settings


def command() -> list[str] | None:
    """The server's command line; None where there is no redis-server, or where REDIS_URL names another one."""
    data_dir, binary = settings().data_dir, embedded.redis_binary()
    if binary is None or settings().redis_url != embedded.redis_url(data_dir):
        return None
    data = data_dir / "redis"
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    sockets = embedded.folder(data_dir)
    sockets.mkdir(mode=0o700, exist_ok=True)
    socket = ("--port", "0", "--unixsocket", str(sockets / "redis.sock"), "--unixsocketperm", "700")
    kept = ("--appendonly", "yes", "--appendfsync", "everysec", "--save", "", "--maxmemory-policy", "noeviction")
    log = ("--loglevel", "warning", "--logfile", str(data / "redis.log"))
    return [str(binary), *socket, *kept, *log, "--dir", str(data), "--daemonize", "no"]


def main() -> None:
    """Become the server, or wait beside the others when there is nothing to run."""
    server = command()
    if server is None:
        print("no Redis of our own: REDIS_URL names one, or none is installed (all alarms go out without)", flush=True)
        signal.pause()
    else:
        os.execv(server[0], server)


if __name__ == "__main__":
    main()
