"""Writes docs/openapi.json from the routes; a guard test compares them."""

from __future__ import annotations

import json
from pathlib import Path

from flask import Flask

from backend import create_app

FILE = Path(__file__).resolve().parents[1] / "docs" / "openapi.json"


def document(app: Flask) -> str:
    """The OpenAPI document as committed: sorted, indented, with a line end."""
    described = app.test_client().get("/api/openapi.json").get_json()
    return json.dumps(described, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(document(create_app()), encoding="utf-8")
    print(f"wrote docs/{FILE.name}")
