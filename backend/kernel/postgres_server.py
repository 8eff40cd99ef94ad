"""The `postgres` line of the Procfile: the embedded PostgreSQL, made on its first start.

It listens on a unix socket only, in a folder that nobody else may enter, and so asks for no password.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

from backend.kernel import embedded, stale, unprivileged
from backend.kernel.config import settings

# The server ends with the process that keeps it, even when that one is killed; INT is PostgreSQL's fast shutdown.
_WITH_KEEPER = ("setpriv", "--pdeathsig", "INT", "--")
_MAJOR = "18"


@dataclass(frozen=True)
class Cluster:
    """One server: its data, its sockets' folder, its binaries and how they are started as a user PostgreSQL takes."""

    data: Path
    sockets: Path
    install: Path
    prefix: tuple[str, ...] = ()

    def tool(self, name: str, *arguments: str) -> list[str]:
        return [*self.prefix, str(self.install / "bin" / name), *arguments]

    def command(self, *options: str) -> list[str]:
        """The server's command line; `options` are more settings, as `fsync=off`."""
        fixed = (f"unix_socket_directories={self.sockets}", "listen_addresses=", "unix_socket_permissions=0700")
        tuned = ("max_connections=200", "shared_buffers=128MB", "timezone=UTC", "jit=off")
        # One sync of the file system instead of opening every file: back in a second after a kill.
        quick = ("recovery_init_sync_method=syncfs",)
        logged = ("log_timezone=UTC", "log_checkpoints=off")
        chosen = [part for option in (*fixed, *tuned, *quick, *logged, *options) for part in ("-c", option)]
        return [*self.prefix, *_WITH_KEEPER, str(self.install / "bin/postgres"), "-D", str(self.data), *chosen]


def cluster(data_dir: Path) -> Cluster:
    """The cluster of this DATA_DIR for the user and the rights that we have."""
    home = unprivileged.home(data_dir.resolve() / "postgres", embedded.postgres_install())
    return Cluster(home.data, embedded.make_folder(data_dir, home.uid), home.install, home.prefix)


def ensure(place: Cluster, *, sync: bool = True) -> None:
    """Make the cluster and its database if they are not there, and clear what a killed server left behind."""
    version = place.data / "PG_VERSION"
    if not version.exists():
        _create(place, sync)
    elif version.read_text().strip() != _MAJOR:
        raise SystemExit(f"{place.data} was made by PostgreSQL {version.read_text().strip()}, this one is {_MAJOR}")
    stale.clear(place.data, place.sockets)


def _create(place: Cluster, sync: bool) -> None:
    # Made beside and renamed, so that a kill in the middle leaves nothing that looks finished.
    fresh = place.data.with_name("postgres.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    locale = ("--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C")
    more = ("--auth=trust", "--no-instructions", *(() if sync else ("--no-sync",)))
    _run(place.tool("initdb", "-D", str(fresh), "-U", embedded.ROLE, *locale, *more))
    _run(place.tool("postgres", "--single", "-D", str(fresh), "postgres"), f"CREATE DATABASE {embedded.ROLE};\n")
    fresh.rename(place.data)


def _run(command: list[str], text: str = "") -> None:
    done = subprocess.run(command, input=text, capture_output=True, text=True, cwd="/", check=False)
    if done.returncode:
        raise SystemExit(f"PostgreSQL could not be set up: {(done.stderr or done.stdout).strip()}")


def main() -> None:
    """Become the server; with a DATABASE_URL of the operator's there is nothing to run, and this only waits."""
    if settings().database_url != embedded.database_url(settings().data_dir):
        print("DATABASE_URL is set: no server of our own", flush=True)
        signal.pause()
    place = cluster(settings().data_dir)
    ensure(place)
    command = place.command()
    os.execvp(command[0], command)


if __name__ == "__main__":
    main()
