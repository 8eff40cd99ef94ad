"""Alembic's way into our database: one transaction, one migrating process at a time."""

from __future__ import annotations

from alembic import context
from sqlalchemy import create_engine, text

from backend.kernel.config import settings

# Any number that nobody else takes: two processes that start at once migrate one after the other.
LOCK = 0x5348_5557

config = context.config
url = config.attributes.get("url") or settings().database_url
target = None
if config.cmd_opts is not None:  # the command line compares and generates; a start only upgrades
    from migrations.tables import metadata

    target = metadata()

if context.is_offline_mode():
    raise SystemExit("migrations need a database: set DATABASE_URL, or start one with `make run`")

engine = create_engine(url)
with engine.connect() as connection:
    connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": LOCK})
    connection.commit()
    context.configure(connection=connection, target_metadata=target, compare_server_default=False)
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()
