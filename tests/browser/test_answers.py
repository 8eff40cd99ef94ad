"""What the running system answers to each role is what its description says: the app's types are made from that."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest

from backend.demo.devices import CALL_POINT
from tests.browser.fires import Fires
from tests.stack import Person, Stack

SCREENS = ("/api/home", "/api/me", "/api/incidents/{incident_id}", "/api/buildings/{building_id}")
ROLES = ("resident", "property", "control_room", "station_leader", "administrator")
LISTS = {"transmitter_id": "/api/transmitters", "device_id": "/api/devices", "person_id": "/api/people"}


def _found(person: Person, incident: str) -> dict[str, str]:
    """Real ids for the path parameters, as far as this person may see some."""
    ids = {"incident_id": incident, "building_id": person.get(f"/api/incidents/{incident}").json()["building"]["id"]}
    for name, path in LISTS.items():
        answer = person.get(path)
        if answer.ok and answer.json()["items"]:
            ids[name] = answer.json()["items"][0]["id"]
    return ids


def _flaws(shape: dict[str, Any], document: dict[str, Any], body: Any) -> list[str]:
    validator = jsonschema_rs.Draft202012Validator({**shape, "components": document["components"]})
    return [f"{list(flaw.instance_path)}: {flaw.message[:200]}" for flaw in validator.iter_errors(body)]


@pytest.mark.parametrize("role", ROLES)
def test_answers_are_as_described(role: str, stack: Stack, fires: Fires) -> None:
    person = stack.sign_in("19900000102" if role == "resident" else stack.phone_of(role))  # 7 号楼 1804
    incident = fires.burning("7", CALL_POINT, 15)
    document, ids, looked = person.get("/api/openapi.json").json(), _found(person, incident), set()
    for path, operations in document["paths"].items():
        address = path
        for name, value in ids.items():
            address = address.replace(f"{{{name}}}", value)
        content = operations.get("get", {}).get("responses", {}).get("200", {}).get("content", {})
        if "application/json" not in content or "{" in address or path == "/api/openapi.json":
            continue
        answer = person.get(address)
        if answer.status_code == 200:
            assert _flaws(content["application/json"]["schema"], document, answer.json()) == [], address
            looked.add(path)
    assert looked >= set(SCREENS)
