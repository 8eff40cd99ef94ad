"""The readable page of the API."""

from __future__ import annotations

import base64
import hashlib
import re


def test_every_operation_stands_on_the_page_with_its_permission(client):
    spec = client.get("/api/openapi.json").json
    page = client.get("/api").text
    for path, operations in spec["paths"].items():
        for method in set(operations) - {"parameters"}:
            assert f"{method.upper()} {path}</code>" in page
    assert "transmitters.manage" in page
    for name in spec["components"]["schemas"]:
        assert f"id='{name}'" in page


def test_links_lead_somewhere_and_no_script_runs(client):
    answer = client.get("/api")
    targets = set(re.findall(r"href='#([^']+)'", answer.text))
    assert targets <= set(re.findall(r"id='([^']+)'", answer.text))
    style = re.search(r"<style>(.*?)</style>", answer.text, re.S)
    digest = base64.b64encode(hashlib.sha256(style.group(1).encode()).digest()).decode()
    assert f"'sha256-{digest}'" in answer.headers["Content-Security-Policy"]
    assert "<script" not in answer.text
