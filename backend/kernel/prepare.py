"""What must be there before the processes start: keys and an up-to-date database. As often as you like."""

from __future__ import annotations

import time
from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config

from backend.kernel import clock, crypt
from backend.kernel.config import settings

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 30.0


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
    config = Config(toml_file=ROOT / "pyproject.toml")
    config.attributes["url"] = url
    command.upgrade(config, "head")


def prepare() -> None:
    """Keys, then migrations."""
    crypt.blind_index("")
    crypt.vapid_key()
    await_database(settings().database_url)
    migrate(settings().database_url)


if __name__ == "__main__":
    prepare()
