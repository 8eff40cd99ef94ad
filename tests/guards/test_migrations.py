"""Migrations are numbered and linear, and lead to exactly the tables that the models describe."""

from __future__ import annotations

import re

from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from migrations.tables import metadata
from tests.guards import source


def script() -> ScriptDirectory:
    return ScriptDirectory.from_config(Config(toml_file=source.ROOT / "pyproject.toml"))


def test_they_are_numbered_without_a_gap_and_linear():
    found = list(script().walk_revisions())[::-1]
    numbers = [one.revision for one in found]
    assert numbers == [f"{n:04d}" for n in range(1, len(found) + 1)]
    assert [one.down_revision for one in found] == [None, *numbers[:-1]]
    names = [path.name for path in source.files("migrations/versions")]
    assert all(re.fullmatch(r"\d{4}_[a-z_]+\.py", one) for one in names)
    assert [one[:4] for one in names] == numbers


def test_the_head_is_noted_so_that_two_branches_collide_in_git():
    assert (source.ROOT / "migrations/HEAD").read_text().strip() == script().get_current_head()


def test_models_and_migrated_database_are_the_same(database):
    engine = create_engine(database)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": _is_ours})
        difference = compare_metadata(context, metadata())
    engine.dispose()
    assert not difference, "\n".join(map(str, difference))


def _is_ours(_object, name, kind, is_reflected, _compared) -> bool:
    # Partitions are made day by day, by the job that keeps them.
    return not (kind == "table" and is_reflected and re.search(r"_\d{8}$|_default$", name or ""))


def test_foreign_keys_lead_downward():
    order = "kernel notifications accounts places units stations monitoring incidents transfers"
    rank = {name: number for number, name in enumerate(order.split())}
    owner = {
        mapper.local_table.name: _feature(mapper.class_.__module__)
        for mapper in _mappers()
        if _feature(mapper.class_.__module__) in rank
    }
    upward = [
        f"{table.name}.{key.parent.name} -> {key.column.table.name}"
        for table in metadata().sorted_tables
        for key in table.foreign_keys
        if table.name in owner and key.column.table.name in owner
        if rank[owner[table.name]] < rank[owner[key.column.table.name]]
    ]
    assert not upward


def _mappers():
    from backend.kernel.db import Base

    metadata()
    return Base.registry.mappers


def _feature(module: str) -> str:
    parts = module.split(".")
    return parts[0] if parts[0] == "notifications" else parts[1]
