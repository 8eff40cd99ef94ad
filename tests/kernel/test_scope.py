"""Paths: what lies under what, the same in memory and in SQL."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from backend.kernel import db, scope

BUILDING = "/44/4403/e1/b1/"


def test_ancestors_are_all_prefixes_and_itself():
    assert scope.ancestors(BUILDING) == ["/", "/44/", "/44/4403/", "/44/4403/e1/", BUILDING]
    assert scope.ancestors("/") == ["/"]
    assert scope.parent(BUILDING) == "/44/4403/e1/"
    assert scope.child("/44/", 4403) == "/44/4403/"


CASES = [
    (["/44/4403/"], BUILDING, True),
    ([BUILDING], BUILDING, True),
    (["/44/4403/e1/b1/d9/"], BUILDING, False),
    (["/44/4403/e2/"], BUILDING, False),
    (["/44/4403/e2/", "/44/"], BUILDING, True),
    (["/44/440%/"], BUILDING, False),
    (["/44/440_/"], BUILDING, False),
    ([], BUILDING, False),
]


@pytest.mark.parametrize(("held", "path", "is_inside"), CASES)
def test_memory_and_sql_agree(db_session, held, path, is_inside):
    from sqlalchemy import literal, select

    assert scope.covers(held, path) is is_inside
    with db.transaction() as session:
        column = literal(path)
        assert bool(session.scalar(select(text("1")).where(scope.within(column, held)))) is is_inside
