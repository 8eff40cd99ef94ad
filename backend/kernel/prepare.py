"""What must be there before the processes start: keys and an up-to-date database. As often as you like."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import psycopg

from backend.kernel import clock, crypt
from backend.kernel.config import settings

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 120.0  # a first start on a busy machine
NEW = 10  # the exit status that says: this database is a new one


def await_database(url: str, patience_s: float = PATIENCE_S) -> None:
    """Return when the database answers; end with one clear line when it does not within `patience_s` seconds."""
    end = clock.monotonic() + patience_s
    while True:
        try:
            psycopg.connect(url.replace("postgresql+psycopg://", "postgresql://"), connect_timeout=3).close()
            return
        except psycopg.OperationalError as error:
            if clock.monotonic() > end:
                raise SystemExit(f"the database does not answer: {str(error).strip()}") from None
            time.sleep(0.05)


def migrate(url: str) -> None:
    """Bring the database at `url` to the newest migration; two that come at once go one after the other."""
    from alembic import command  # here: half a second that a start with nothing to migrate does not wait for
    from alembic.config import Config

    config = Config(toml_file=ROOT / "pyproject.toml")
    config.attributes["url"] = url
    command.upgrade(config, "head")


def prepare() -> bool:
    """Keys, then migrations; says whether the database was a new one."""
    crypt.blind_index("")
    crypt.vapid_key()
    url = settings().database_url
    await_database(url)
    found = _revision(url)
    if found != (ROOT / "migrations/HEAD").read_text().strip():
        migrate(url)
    return found is None


def _revision(url: str) -> str | None:
    """The migration that the database is at, None for an empty one."""
    with psycopg.connect(url.replace("postgresql+psycopg://", "postgresql://")) as connection:
        exists = connection.execute("SELECT to_regclass('alembic_version') IS NOT NULL").fetchone()
        if exists is None or not exists[0]:
            return None
        found = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        return found[0] if found else None


if __name__ == "__main__":
    sys.exit(NEW if prepare() else 0)
