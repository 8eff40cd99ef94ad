"""Policies for the administrator, the audit trail for the auditor."""

from __future__ import annotations

from typing import Any

from backend.accounts import rules as book
from backend.accounts.schemas import (
    AuditEntryPage,
    AuditQuery,
    PoliciesSchema,
    PolicyPutSchema,
    PolicyRowSchema,
)
from backend.kernel import access
from backend.kernel.api import Blueprint
from backend.kernel.policy import Policy
from backend.kernel.refusals import language

rules = Blueprint("rules", __name__, url_prefix="/api", description="Policies and the audit trail", cli_group="auditor")


@rules.op("GET", "/policies", needs="policies.manage", out=PoliciesSchema)
def list_policies() -> dict[str, Any]:
    """All policies with their defaults and the rows of my scope."""
    return {"items": book.policies(access.actor(), language()), "next": None}


@rules.op("PUT", "/policies/<name>", needs="policies.manage", body=PolicyPutSchema, out=PolicyRowSchema)
def put_policy(body: dict[str, Any], name: str) -> Policy:
    """Set a policy for one scope of mine."""
    scope = body["scope"]
    return book.set_policy(access.actor(), name, scope["kind"], scope["id"], body["value"])


@rules.op("GET", "/audit", needs="audit.see", query=AuditQuery, out=AuditEntryPage)
def list_audit(query: dict[str, Any]) -> dict[str, Any]:
    """Who saw and did what: the append-only trail, newest first."""
    return book.trail(access.actor(), **query)
