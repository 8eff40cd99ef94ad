"""Health: a load balancer asks /health, a person and the app ask /health/ready."""

from __future__ import annotations

from typing import Any

import structlog
from flask import Blueprint, Response
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from backend.kernel import beat, db, jobs
from backend.kernel.jsonable import dumps

log = structlog.get_logger(__name__)
health = Blueprint("health", __name__)
PROCESSES = ("gateway", "sweeper", "alarms", "bulk")


@health.get("/health")
def alive() -> Response:
    """200, or 503 when the database does not answer."""
    is_up, _ = _database()
    return _answer({"ok": is_up}, is_up)


@health.get("/health/ready")
def ready() -> Response:
    """All components with state and age in seconds; 503 when one is down. Redis may be absent: alarms still go out."""
    is_up, ages = _database()
    components: dict[str, Any] = {
        "database": {"state": "up" if is_up else "down"},
        "redis": {"state": _redis()},
    }
    for name in PROCESSES:
        age = ages.get(name)
        state = "up" if age is not None and age <= beat.STALE_S else "down"
        components[name] = {"state": state, "age_s": None if age is None else round(age, 1)}
    return _answer({"components": components}, all(c["state"] in ("up", "none") for c in components.values()))


def _database() -> tuple[bool, dict[str, float]]:
    try:
        with db.transaction(read_only=True) as session:
            session.execute(text("SELECT 1"))
            return True, beat.ages()
    except SQLAlchemyError as error:
        log.warning("the database does not answer", error=str(error))
        return False, {}


def _redis() -> str:
    connection = jobs.redis()
    if connection is None:
        return "none"
    try:
        connection.ping()
        return "up"
    except RedisError:
        return "down"


def _answer(body: dict[str, Any], is_up: bool) -> Response:
    return Response(dumps(body), status=200 if is_up else 503, mimetype="application/json")
