"""Who acts: from a cookie or an action token to an Actor with the paths of each permission, in one query."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, bindparam, select, update

from backend.accounts import cookies
from backend.accounts.models import Grant, Person, SignIn
from backend.accounts.roles import ROLES
from backend.kernel import clock, crypt, db
from backend.kernel.access import Actor

SEEN_EVERY = timedelta(minutes=10)
ACTION_HEADER = "X-Action-Token"


def load(request: Any) -> Actor | None:
    """The actor of a request: anything with cookies, headers, method and path. Opens its own transaction."""
    action = request.headers.get(ACTION_HEADER)
    if action:
        return _by_action(request, action)
    token = request.cookies.get(cookies.NAME)
    if not token:
        return None
    with db.transaction(read_only=True):
        return actor_of(token)


def actor_of(token: str) -> Actor | None:
    """The person behind a live session's token, or None."""
    now = clock.now()
    rows = db.session().execute(OF_TOKEN, {"token_hash": cookies.token_hash(token), "now": now}).all()
    if not rows:
        return None
    session_id, seen_at = rows[0][-2:]
    if seen_at < now - SEEN_EVERY:
        db.after_commit(lambda: _note_seen(session_id))
    return _actor(rows, session_id)


def actor_for(person_id: UUID) -> Actor | None:
    """The person as an actor without a session: for jobs and tests."""
    rows = db.session().execute(_with_grants().where(Person.id == person_id)).all()
    return _actor(rows, None) if rows else None


def _with_grants(*more: Any) -> Select[Any]:
    columns = (Person.id, Person.name, Person.language, Grant.role, Grant.paths, Grant.building_paths, *more)
    live = (Grant.person_id == Person.id) & Grant.ended_at.is_(None)
    return select(*columns).select_from(Person).outerjoin(Grant, live)


# Made once: each request asks it, and to build it costs as much as to run it.
OF_TOKEN = (
    _with_grants(SignIn.id, SignIn.seen_at)
    .join(SignIn, SignIn.person_id == Person.id)
    .where(
        SignIn.token_hash == bindparam("token_hash"), SignIn.ended_at.is_(None), SignIn.expires_at > bindparam("now")
    )
)


def _actor(rows: Iterable[Row[Any]], session_id: UUID | None, only: tuple[str, str] | None = None) -> Actor:
    rows = list(rows)
    held: dict[str, set[str]] = {}
    for row in rows:
        role = ROLES.get(row.role) if row.role else None
        if role is None:
            continue
        for permission in role.permissions:
            held.setdefault(permission, set()).update(row.paths)
        for permission in role.building_permissions:
            held.setdefault(permission, set()).update(row.building_paths)
    scopes = {permission: shortest(paths) for permission, paths in held.items()}
    first = rows[0]
    return Actor(first.id, session_id, first.name, first.language, scopes, only)


def shortest(paths: Iterable[str]) -> tuple[str, ...]:
    """The paths without those that lie under another of them."""
    kept: list[str] = []
    for path in sorted(paths):
        if not kept or not path.startswith(kept[-1]):
            kept.append(path)
    return tuple(kept)


def _note_seen(session_id: UUID) -> None:
    """The session was used: it lives on from now."""
    now = clock.now()
    with db.transaction() as session:
        values = {"seen_at": now, "expires_at": now + cookies.LIFE}
        session.execute(update(SignIn).where(SignIn.id == session_id).values(values))


def action_token(person_id: UUID, verb: str, incident_id: UUID, valid_s: float = 1800) -> str:
    """What a notice's button carries: this person, this verb, this incident, for 30 minutes."""
    return crypt.sign("action", {"person": str(person_id), "verb": verb, "incident": str(incident_id)}, valid_s)


def _by_action(request: Any, token: str) -> Actor | None:
    """A button's token opens exactly one address: POST /api/incidents/{its incident}/{its verb}.

    It wins over a cookie: on a phone of two people the button is pressed by the one who was told.
    """
    claims = crypt.verify("action", token)
    if not claims or request.method != "POST":
        return None
    verb, incident = claims["verb"], claims["incident"]
    if request.path != f"/api/incidents/{incident}/{verb}":
        return None
    with db.transaction(read_only=True):
        rows = db.session().execute(_with_grants().where(Person.id == UUID(claims["person"]))).all()
    return _actor(rows, None, (verb, incident)) if rows else None
