"""How an operation runs: its work in one transaction, the answer with it or after it, the bells at the end."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Response, request
from psycopg.errors import DeadlockDetected
from sqlalchemy.exc import IntegrityError, OperationalError

from backend.kernel import db, idempotency
from backend.kernel.errors import Conflict
from backend.kernel.hub import hub
from backend.kernel.jsonable import respond


def transacted(fn: Callable[..., Any], out: Any, status: int, is_write: bool) -> Callable[..., Any]:
    """Run in one transaction, answer, and only then ring for its jobs."""

    @wraps(fn)
    def view(*_: Any, **kwargs: Any) -> Response:
        stands = hub.stands  # before anything is read: what the stream tells up to here, the answer knows
        with db.deferring() as bells:
            answer = _answer(fn, kwargs, out, status, is_write)
        for bell in bells:
            bell()
        if stands is not None and not is_write:
            answer.headers["Last-Event-ID"] = str(stands)
        return answer

    return view


def shown_after(view: Callable[..., Any], show: Callable[..., Any], out: Any, status: int) -> Callable[..., Any]:
    """The same request with the same key is shown anew: how it stands then."""

    @wraps(view)
    def shown(*args: Any, **kwargs: Any) -> Response:
        view(*args, **kwargs)
        with db.transaction(read_only=True):
            return respond(show(**(request.view_args or {})), out, status)

    return shown


def _answer(fn: Callable[..., Any], kwargs: dict[str, Any], out: Any, status: int, is_write: bool) -> Response:
    """In one transaction; once more when the database broke a ring of waits by rolling this one back."""
    try:
        return _once(fn, kwargs, out, status, is_write)
    except OperationalError as error:
        if not isinstance(error.orig, DeadlockDetected):
            raise
        return _once(fn, kwargs, out, status, is_write)


def _once(fn: Callable[..., Any], kwargs: dict[str, Any], out: Any, status: int, is_write: bool) -> Response:
    try:
        with db.transaction(read_only=not is_write):
            with idempotency.once(is_write) as kept:
                if kept.answer is None:
                    kept.answer = respond(fn(**kwargs), out, status)
            return kept.answer
    except IntegrityError as error:
        raise Conflict() from error
