"""The database: one session a transaction, held in a context variable. Services never commit."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from contextvars import ContextVar
from functools import lru_cache

from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

from backend.kernel import pool
from backend.kernel.config import settings
from backend.kernel.tables import Base, Row

__all__ = ["Base", "Row"]

Hook = Callable[[], None]


_session: ContextVar[Session | None] = ContextVar("session", default=None)
_deferred: ContextVar[list[Hook] | None] = ContextVar("deferred", default=None)
_bound: tuple[Connection, int] | None = None


@lru_cache(maxsize=1)
def engine() -> Engine:
    return pool.connect(settings().database_url)


def session() -> Session:
    """The session of the running transaction; outside of one this is a programming error."""
    found = _session.get()
    if found is None:
        raise RuntimeError("no transaction is open: wrap the call in kernel.db.transaction()")
    return found


@contextmanager
def transaction(read_only: bool = False) -> Iterator[Session]:
    """Begin, yield, commit; roll back on any error. Inside another transaction it joins that one.

    Order at the end: before_commit hooks, commit, after_commit hooks (or, inside `deferring`, left to its caller).
    After a rollback the after_rollback hooks run, each in a short transaction of its own.
    """
    outer = _session.get()
    if outer is not None:
        yield outer
        return
    with closing(_open(read_only)) as current:
        token = _session.set(current)
        try:
            yield current
            for hook in current.info.pop("before_commit", {}).values():
                hook()
            current.commit()
        except BaseException:
            current.rollback()
            _session.reset(token)
            _run_alone(current.info.pop("after_rollback", []))
            raise
        _session.reset(token)
    _after(current.info.pop("after_commit", []))


def before_commit(key: str, hook: Hook) -> None:
    """Run `hook` once per transaction (by `key`), as its last work."""
    session().info.setdefault("before_commit", {}).setdefault(key, hook)


def after_commit(hook: Hook) -> None:
    session().info.setdefault("after_commit", []).append(hook)


def after_rollback(hook: Hook) -> None:
    """What must survive a refusal (a failed-login count, an audited look) runs in its own transaction after it."""
    session().info.setdefault("after_rollback", []).append(hook)


@contextmanager
def deferring() -> Iterator[list[Hook]]:
    """Collect after_commit hooks instead of running them; the caller runs them when its answer is made."""
    hooks: list[Hook] = []
    token = _deferred.set(hooks)
    try:
        yield hooks
    finally:
        _deferred.reset(token)


def bind_for_tests(connection: Connection | None) -> None:
    """Make every transaction of this thread a savepoint on `connection`; other threads would break in between two."""
    global _bound
    _bound = (connection, threading.get_ident()) if connection is not None else None


def _open(read_only: bool) -> Session:
    if _bound is not None and _bound[1] == threading.get_ident():
        return Session(bind=_bound[0], expire_on_commit=False, join_transaction_mode="create_savepoint")
    current = Session(bind=engine(), expire_on_commit=False)
    if read_only:
        current.connection(execution_options={"postgresql_readonly": True})
    return current


def _after(hooks: list[Hook]) -> None:
    collected = _deferred.get()
    if collected is not None:
        collected.extend(hooks)
        return
    for hook in hooks:
        hook()


def _run_alone(hooks: list[Hook]) -> None:
    for hook in hooks:
        with transaction():
            hook()
