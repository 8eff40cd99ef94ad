"""Idempotency keys: the same key and body of one person get the same answer for 24 h, another body 422.

The key row is written in the transaction of the work, so an answer exists exactly when its work was committed;
a second request with the same key waits on the row's unique index until the first has committed.
Answers are encrypted and bodies only known by a keyed hash: both may hold a phone number or a code.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import orjson
from flask import Response, request
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from backend.kernel import access, clock, crypt, db
from backend.kernel.errors import Invalid, KeyReused
from backend.kernel.kept_answers import IdempotencyKey


@dataclass
class Kept:
    answer: Response | None = None


@contextmanager
def once(is_write: bool) -> Iterator[Kept]:
    """Yield what is kept for this request's Idempotency-Key, or an empty place for the answer to keep."""
    key = request.headers.get("Idempotency-Key") if is_write else None
    if not key:
        yield Kept()
        return
    if len(key) > 64:
        raise Invalid(header="Idempotency-Key")
    who = access.current()
    owner = f"{who.person_id if who else ''} {request.method} {request.path}"
    digest = crypt.blind_index(_digest())
    fresh = db.session().execute(
        insert(IdempotencyKey)
        .values(owner=owner, key=key, digest=digest, at=clock.now())
        .on_conflict_do_nothing()
        .returning(IdempotencyKey.key)
    )
    if fresh.scalar() is None:
        yield Kept(_kept(owner, key, digest))
        return
    kept = Kept()
    yield kept
    if kept.answer is not None and not kept.answer.is_streamed:
        row = db.session().get_one(IdempotencyKey, (owner, key))
        row.status, row.answer = kept.answer.status_code, _packed(kept.answer)


def _digest() -> str:
    """Of all that was asked: the query and the body; of a form its fields and files, as browsers draw its boundary."""
    told = hashlib.sha256(request.query_string)
    if request.mimetype != "multipart/form-data":
        told.update(b"\0" + request.get_data(cache=True))
        return told.hexdigest()
    for name, text in sorted(request.form.items(multi=True)):
        told.update(orjson.dumps([name, text]))
    for name, file in sorted(request.files.items(multi=True), key=lambda named: named[0]):
        told.update(orjson.dumps([name, hashlib.sha256(file.stream.read()).hexdigest()]))
        file.stream.seek(0)
    return told.hexdigest()


def _kept(owner: str, key: str, digest: bytes) -> Response:
    row = db.session().scalars(select(IdempotencyKey).filter_by(owner=owner, key=key)).one()
    if row.digest != digest:
        raise KeyReused()
    if row.answer is None:
        return Response(status=row.status)
    cookies, body = orjson.loads(crypt.decrypt(row.answer))
    answer = Response(body, status=row.status, mimetype="application/json")
    for cookie in cookies:
        answer.headers.add("Set-Cookie", cookie)
    return answer


def _packed(answer: Response) -> bytes:
    """Body and cookies, encrypted: who signs in over a bad network and asks again gets the session as well."""
    return crypt.encrypt(orjson.dumps([answer.headers.getlist("Set-Cookie"), answer.get_data(as_text=True)]).decode())
