"""The committed description of the API is the one that the routes give."""

from __future__ import annotations

import json

from scripts import openapi


def test_the_committed_document_equals_the_generated_one(app):
    assert openapi.FILE.exists(), "run `make openapi` and commit docs/openapi.json"
    committed = json.loads(openapi.FILE.read_text(encoding="utf-8"))
    assert committed == json.loads(openapi.document(app)), "run `make openapi` and commit docs/openapi.json"
