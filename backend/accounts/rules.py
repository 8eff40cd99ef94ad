"""Policies as the administrator sees them, and the audit trail as the auditor does."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import or_, select

from backend.accounts import scopes, service
from backend.accounts.errors import WrongPolicyValue
from backend.kernel import db, policy, scope
from backend.kernel.access import Actor
from backend.kernel.audit import AuditEntry
from backend.kernel.errors import NotFound
from backend.kernel.policy import Declared, Policy
from backend.kernel.shapes import page


@lru_cache(maxsize=1)
def chinese() -> dict[str, str]:
    """What each policy means, in Chinese; the English is where it is declared."""
    words: dict[str, str] = orjson.loads(Path(__file__).with_name("policies_zh.json").read_bytes())
    return words


def policies(actor: Actor, language: str) -> list[dict[str, Any]]:
    """Every known policy with its default, its meaning in this language, and the rows inside the actor's scope."""
    query = select(Policy).where(scope.within(Policy.scope_path, actor.paths("policies.manage")))
    rows: dict[str, list[Policy]] = {}
    for row in db.session().scalars(query.order_by(Policy.scope_path)):
        rows.setdefault(row.name, []).append(row)
    words = chinese() if language == "zh" else {}
    known = sorted(policy.declared.values(), key=lambda each: each.name)
    return [
        {"name": p.name, "default": p.default, "help": words.get(p.name, p.help), "rows": rows.get(p.name, [])}
        for p in known
    ]


def set_policy(actor: Actor, name: str, kind: str, scope_id: UUID | None, value: Any) -> Policy:
    """Set a policy for one scope inside the actor's own; the value must have the form of the default."""
    declared = policy.declared.get(name)
    paths = scopes.find(kind, scope_id).paths
    if declared is None or len(paths) != 1 or not actor.may("policies.manage", paths[0]):
        raise NotFound(name=name)
    if not fits(declared, value):
        raise WrongPolicyValue(name=name, default=declared.default)
    return policy.put(name, paths[0], value)


def fits(declared: Declared, value: Any) -> bool:
    """Whether a value may be set. A number beyond the limits would not change the alarm, it would stop it."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return alike(declared.default, value) and not (is_number and not declared.least <= value <= declared.most)


def alike(default: Any, value: Any) -> bool:
    """Whether `value` has the form of `default`: same kind, numbers not negative, the same keys in an object."""
    if isinstance(default, bool) or isinstance(value, bool):
        return isinstance(default, bool) and isinstance(value, bool)
    if isinstance(default, int | float):
        return isinstance(value, int if isinstance(default, int) else (int, float)) and 0 <= value < 1e9
    if isinstance(default, dict):
        same_keys = isinstance(value, dict) and set(value) == set(default)
        return same_keys and all(alike(default[k], v) for k, v in value.items())
    if isinstance(default, list):
        return isinstance(value, list) and all(alike(default[0], v) for v in value if default)
    return default is None or (isinstance(value, type(default)) and len(value) <= 2000)


def trail(actor: Actor, *, limit: int, after: UUID | None, **only: Any) -> dict[str, Any]:
    """A page of the audit trail in the actor's scope, narrowed by the columns in `only`."""
    paths = actor.paths("audit.see")
    mine = scope.within(AuditEntry.scope_path, paths)
    if scope.ROOT in paths:
        mine = or_(mine, AuditEntry.scope_path == "")
    query = select(AuditEntry).where(mine)
    for name, value in only.items():
        if value is not None:
            query = query.where(getattr(AuditEntry, name) == value)
    found = page(query, AuditEntry, limit, after)
    names = service.names_of({e.person_id for e in found["items"] if e.person_id})
    items = [{"entry": e, "person": _who(e, names)} for e in found["items"]]
    return {"items": items, "next": found["next"]}


def _who(entry: AuditEntry, names: dict[UUID, str]) -> dict[str, Any] | None:
    return {"id": entry.person_id, "name": names.get(entry.person_id, "")} if entry.person_id else None
