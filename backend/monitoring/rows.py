"""Many rows at once: COPY for what only grows, one INSERT from arrays for what is updated in place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import text

from backend.kernel import db


def copy(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """COPY rows into `table` within the running transaction. JSON columns take text."""
    connection = db.session().connection().connection.dbapi_connection
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as out:  # type: ignore[union-attr]  # psycopg's own connection
        for row in rows:
            out.write_row(row)


def upsert(table: str, key: Sequence[str], types: dict[str, str], rows: Sequence[dict[str, Any]]) -> None:
    """Insert or update by `key`; `types` gives each column with its SQL type. Keys must not repeat within `rows`."""
    if not rows:
        return
    columns = list(types)
    arrays = ", ".join(f"CAST(:{name} AS {types[name]}[])" for name in columns)
    sets = ", ".join(f"{name} = excluded.{name}" for name in columns if name not in key)
    statement = text(  # all names are ours, values are bound
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT * FROM unnest({arrays}) "  # noqa: S608  # as above
        f"ON CONFLICT ({', '.join(key)}) DO UPDATE SET {sets}"
    )
    db.session().execute(statement, {name: [row[name] for row in rows] for name in columns})
