"""Every operation of the API says who may call it, and is described."""

from __future__ import annotations

import re

import pytest

from backend.accounts.roles import ROLES
from backend.kernel.access import PUBLIC, SIGNED_IN

# The API's own description, made by flask-smorest: public and without data.
DESCRIPTION = ("api-docs.",)


@pytest.fixture
def rules(app):
    found = (rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/"))
    return [rule for rule in found if not rule.endpoint.startswith(DESCRIPTION)]


def known_permissions() -> set[str]:
    return {p for role in ROLES.values() for p in role.permissions | role.building_permissions}


def test_every_operation_names_a_permission_that_some_role_holds(app, rules):
    assert rules
    known = known_permissions() | {PUBLIC, SIGNED_IN}
    views = {rule.endpoint: app.view_functions[rule.endpoint] for rule in rules}
    nameless = [endpoint for endpoint, view in views.items() if not _permissions(view)]
    assert not nameless
    unknown = {endpoint: _permissions(view) - known for endpoint, view in views.items() if _permissions(view) - known}
    assert not unknown


def _permissions(view) -> set[str]:
    single = getattr(view, "permission", None)
    methods = getattr(getattr(view, "view_class", None), "methods", None) or ()
    several = {getattr(getattr(view.view_class, m.lower()), "permission", None) for m in methods}
    return ({single} | several) - {None}


def test_operation_ids_are_there_and_unique(client):
    document = client.get("/api/openapi.json").get_json()
    operations = [op for path in document["paths"].values() for op in path.values() if "operationId" in op]
    ids = [operation["operationId"] for operation in operations]
    assert len(ids) == len(set(ids)) and all(re.fullmatch(r"[\w-]+\.\w+", one) for one in ids)
    assert not [op["operationId"] for op in operations if not op.get("summary")]


def test_every_path_is_documented(client, rules):
    document = client.get("/api/openapi.json").get_json()
    described = {re.sub(r"{\w+}", "{}", path) for path in document["paths"]}
    missing = [r.rule for r in rules if re.sub(r"<[^>]+>", "{}", r.rule) not in described]
    assert not missing
