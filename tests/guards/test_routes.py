"""Every operation of the API says who may call it, and is described."""

from __future__ import annotations

import ast
import re

import pytest

from backend.accounts.roles import ROLES
from backend.kernel.access import PUBLIC, SIGNED_IN
from tests.guards import source

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


def _declared(operation: ast.Call) -> set[int]:
    """The statuses that an operation is registered with."""
    given = {one.arg: one.value.value for one in operation.keywords if isinstance(one.value, ast.Constant)}
    return {given.get("status", 200), given.get("also", given.get("status", 200))}


def _answered(function: ast.FunctionDef) -> set[int]:
    """The statuses that it says beside its result: `return found, 201 if is_new else 200`."""
    returned = [node.value for node in ast.walk(function) if isinstance(node, ast.Return)]
    beside = [one.elts[1] for one in returned if isinstance(one, ast.Tuple) and len(one.elts) == 2]
    return {n.value for one in beside for n in ast.walk(one) if isinstance(n, ast.Constant) and type(n.value) is int}


def test_every_status_that_an_operation_answers_is_documented():
    found, missing = 0, []
    for file in source.files("backend", "notifications"):
        for function in ast.walk(source.tree(file)):
            for one in getattr(function, "decorator_list", ()):
                if isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute) and one.func.attr == "op":
                    statuses = _answered(function)
                    found += len(statuses)
                    missing += [f"{source.name(file)} {function.name} {n}" for n in statuses - _declared(one)]
    assert found >= 6
    assert not missing


def test_a_second_status_has_the_shape_of_the_first(client):
    paths = client.get("/api/openapi.json").get_json()["paths"]
    for path in ("/api/residencies", "/api/incidents", "/api/people"):
        answers = paths[path]["post"]["responses"]
        assert answers["200"]["content"] == answers["201"]["content"], path
