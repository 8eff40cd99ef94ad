"""Signing in and out, and what a person sees and sets of the own account."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, request
from sqlalchemy import select

from backend.accounts import actors, cookies, scopes, signing_in
from backend.accounts.models import Grant, Person
from backend.accounts.schemas import (
    CodeAskSchema,
    CodeSentSchema,
    MeEditSchema,
    MeSchema,
    SessionsSchema,
    SignInSchema,
)
from backend.kernel import access, db, origin
from backend.kernel.access import Actor
from backend.kernel.api import PUBLIC, SIGNED_IN, Blueprint
from backend.kernel.config import settings
from backend.kernel.errors import DomainError
from backend.kernel.jsonable import respond
from backend.kernel.refusals import language, refuse

auth = Blueprint("auth", __name__, url_prefix="/api/auth", description="Sign-in by phone number and one-time code")
me = Blueprint("me", __name__, url_prefix="/api/me", description="The own account")


@auth.op("POST", "/codes", needs=PUBLIC, body=CodeAskSchema, out=CodeSentSchema, status=202)
def send_code(body: dict[str, Any]) -> dict[str, int]:
    """Send a one-time code to a phone."""
    return {"retry_after_s": signing_in.send_code(body["phone"], origin.address(), language())}


@auth.op("POST", "/sessions", needs=PUBLIC, body=SignInSchema, out=MeSchema, status=201)
def sign_in(body: dict[str, Any]) -> Response:
    """Sign in with the code; answers like GET /api/me and sets the session's cookie."""
    agent = request.user_agent.string
    result = signing_in.sign_in(body["phone"], body["code"], origin.address(), agent)
    if isinstance(result, DomainError):
        return refuse(result)  # an answer, not a raise: the count of wrong guesses is committed with it
    answer = respond(_account(result.person, actors.actor_for(result.person.id)), MeSchema, 201)
    answer.set_cookie(value=result.token, **cookies.rules(settings().is_https or request.is_secure))
    return answer


@auth.op("GET", "/sessions", needs=SIGNED_IN, out=SessionsSchema)
def list_sessions() -> dict[str, Any]:
    """Where I am signed in."""
    who = access.actor()
    rows = signing_in.sessions_of(who.person_id)
    names = ("id", "created_at", "seen_at", "user_agent")
    items = [{n: getattr(r, n) for n in names} | {"is_current": r.id == who.session_id} for r in rows]
    return {"items": items, "next": None}


@auth.op("DELETE", "/sessions/current", needs=SIGNED_IN, status=204)
def sign_out() -> Response:
    """Sign out on this phone."""
    who = access.actor()
    if who.session_id:
        signing_in.end_session(who.person_id, who.session_id)
    answer = Response(status=204)
    answer.delete_cookie(cookies.NAME, path="/")
    return answer


@auth.op("DELETE", "/sessions/<uuid:session_id>", needs=SIGNED_IN, status=204)
def end_session(session_id: UUID) -> None:
    """Sign out another phone of mine."""
    signing_in.end_session(access.actor().person_id, session_id)


@me.op("GET", "", needs=SIGNED_IN, out=MeSchema)
def show() -> dict[str, Any]:
    """Who I am, my roles and my homes."""
    who = access.actor()
    return _account(db.session().get_one(Person, who.person_id), who)


@me.op("PATCH", "", needs=SIGNED_IN, body=MeEditSchema, out=MeSchema)
def edit(body: dict[str, Any]) -> dict[str, Any]:
    """Change my name, language or text size."""
    person = db.session().get_one(Person, access.actor().person_id)
    for name, value in body.items():
        setattr(person, name, value)
    db.session().flush()
    return _account(person, access.actor())


def _account(person: Person, actor: Actor | None) -> dict[str, Any]:
    names = ("id", "name", "phone_masked", "language", "is_large", "confirmed_at")
    query = select(Grant).where(Grant.person_id == person.id, Grant.ended_at.is_(None)).order_by(Grant.id)
    return {n: getattr(person, n) for n in names} | {
        "roles": list(db.session().scalars(query)),
        "permissions": sorted(actor.scopes) if actor else [],
        "homes": scopes.homes_of(person.id),
    }
