"""A part of a transaction that may fail by itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy

from sqlalchemy.orm import Session

from backend.kernel import db


@contextmanager
def savepoint() -> Iterator[Session]:
    """Yield within a savepoint; an error rolls it back and goes on to the caller, whose transaction still stands.

    What was collected inside (events of the stream, jobs, hooks) goes with its rows: nobody shall hear of what is not
    there. What must survive a refusal (db.after_rollback) stays.
    """
    current = db.session()
    before = {name: copy(kept) for name, kept in current.info.items()}
    try:
        with current.begin_nested():
            yield current
    except BaseException:
        surviving = current.info.get("after_rollback")
        current.info.clear()
        current.info.update(before | ({"after_rollback": surviving} if surviving else {}))
        raise
