"""One way to write an operation: name its permission, its shapes in and out, and the function.

The way of a write: origin, session and permission are checked and the body is validated with no transaction open;
then one transaction runs the function and dumps its answer; the bell of its jobs rings after the commit.
A read is one transaction from its session to its answer, because a tower that opens the app at once is all reads.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from functools import wraps
from typing import Any

import flask_smorest
from flask import request

from backend.kernel import access, db, origin
from backend.kernel.access import PUBLIC, SIGNED_IN
from backend.kernel.errors import NotAllowed, NotSignedIn
from backend.kernel.running import shown_after, transacted
from backend.kernel.shapes import Answer, PageQuery, Schema, page, page_of

MAX_BODY = 1_000_000
__all__ = ["PUBLIC", "SIGNED_IN", "Answer", "Blueprint", "PageQuery", "Schema", "page", "page_of"]


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc]  # smorest has no types
    """A feature's operations. Deny by default: an operation without `needs` cannot be written."""

    def op(
        self,
        method: str,
        rule: str,
        *,
        needs: str,
        body: Any = None,
        query: Any = None,
        out: Any = None,
        status: int = 200,
        also: int | None = None,
        show: Callable[..., Any] | None = None,
        max_body: int = MAX_BODY,
        location: str = "json",
        content_type: str | None = None,
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Register `fn(body=…, query=…, **path)`; it returns what `out` dumps, or (that, status), or a Response.

        `also` is a second status of the same shape: 200 where asking again finds what is there. `show(**path)` makes
        the answer after the commit instead of `fn`: what many wait to hear of is not held up by a long answer to one.
        """
        is_write = method != "GET"

        def decorate(fn: Callable[..., Any]) -> Callable[..., Any]:
            shape = out() if isinstance(out, type) else out
            view = transacted(fn, None if show else shape, status, is_write)
            view = shown_after(view, show, shape, status) if show else view
            if body is not None:
                view = self.arguments(body, location=location, arg_name="body", content_type=content_type)(view)
            if query is not None:
                view = self.arguments(query, location="query", arg_name="query")(view)
            view = _guarded(view, needs, is_write, max_body)
            for code in {status, also or status}:
                view = self.alt_response(code, schema=out, success=True)(view)
            security: list[Any] = [] if needs == PUBLIC else [{"session": []}]
            view = self.doc(operationId=f"{self.name}.{fn.__name__}", security=security)(view)
            return self.route(rule, methods=[method])(view)  # type: ignore[no-any-return]  # smorest is untyped

        return decorate


def _guarded(view: Callable[..., Any], needs: str, is_write: bool, max_body: int) -> Callable[..., Any]:
    @wraps(view)
    def guarded(**kwargs: Any) -> Any:
        request.max_content_length = max_body
        # A read asks who it is in the transaction that answers it; a write may wait for its body, with none open.
        with nullcontext() if is_write else db.transaction(read_only=True), access.acting_as(_admit(needs, is_write)):
            return view(**kwargs)

    guarded.permission = needs  # type: ignore[attr-defined]  # the guard tests read it from the route table
    return guarded


def _admit(needs: str, is_write: bool) -> access.Actor | None:
    """The actor of this request; refuses foreign origins, strangers, and who lacks the permission everywhere."""
    if is_write:
        origin.check()
    someone = access.load(request)
    if needs == PUBLIC:
        return someone
    if someone is None:
        raise NotSignedIn()
    if needs != SIGNED_IN and not someone.can(needs):
        raise NotAllowed()
    return someone
