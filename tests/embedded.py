"""One PostgreSQL for a whole test run: the embedded one in a fresh folder, or the one that TEST_DATABASE_URL names.

The process that collects owns it (with xdist the controller). It holds a migrated template and a copy per worker.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import psycopg
from sqlalchemy import make_url

from backend.kernel import embedded, postgres_server, prepare

# Durability is what makes a database slow, and no test outlives its server.
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "wal_level=minimal", "max_wal_senders=0")


class Servers:
    """The database server of a run whose files lie in `root`. Names are known before it is started."""

    def __init__(self, root: Path, given: str | None) -> None:
        self.root, self.given = root, given
        self.prefix = f"test_{root.name.rpartition('-')[2]}"
        self._process: subprocess.Popen[bytes] | None = None
        self._made: list[str] = []

    @classmethod
    def fresh(cls) -> Servers:
        return cls(Path(tempfile.mkdtemp(prefix="shouwang-tests-")), os.environ.get("TEST_DATABASE_URL"))

    def url(self, name: str) -> str:
        """SQLAlchemy's URL of the run's database `name`."""
        base = self.given or embedded.database_url(self.root)
        base = "postgresql+psycopg://" + base.split("://", 1)[1]
        return make_url(base).set(database=f"{self.prefix}_{name}").render_as_string(hide_password=False)

    def start(self) -> None:
        """Start the server and migrate the template; once."""
        if self._made:
            return
        if not self.given:
            place = postgres_server.cluster(self.root)
            postgres_server.ensure(place, sync=False)
            log = (self.root / "postgres.log").open("wb")
            self._process = subprocess.Popen(place.command(*FAST), stdout=log, stderr=log, cwd="/")
        prepare.await_database(self._server_url())
        self.create("template", None)
        prepare.migrate(self.url("template"))

    def create(self, name: str, template: str | None = "template") -> str:
        """A database of its own, a copy of the migrated template; gives its URL."""
        copied = f' TEMPLATE "{self.prefix}_{template}"' if template else ""
        self._run(f'CREATE DATABASE "{self.prefix}_{name}"{copied}')
        self._made.append(name)
        return self.url(name)

    def drop(self, name: str) -> None:
        self._run(f'DROP DATABASE IF EXISTS "{self.prefix}_{name}" WITH (FORCE)')

    def stop(self) -> None:
        """End the server and remove its files; a server that was given loses only our databases."""
        if self.given and self._made:
            for (name,) in self._run("SELECT datname FROM pg_database WHERE datname LIKE %s", f"{self.prefix}\\_%"):
                self._run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        if self._process:
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait(10)
            home = postgres_server.cluster(self.root)
            shutil.rmtree(home.sockets, ignore_errors=True)
            shutil.rmtree(home.data, ignore_errors=True)
        shutil.rmtree(self.root, ignore_errors=True)

    def _server_url(self) -> str:
        base = self.given or embedded.database_url(self.root)
        return "postgresql://" + base.split("://", 1)[1]

    def _run(self, statement: str, *values: str) -> list[tuple[str]]:
        with psycopg.connect(self._server_url(), autocommit=True) as connection:
            done = connection.execute(statement, values or None)  # type: ignore[arg-type]  # names are our own
            return done.fetchall() if done.description else []
