"""Writes docs/openapi.json from the routes; a guard test compares them."""

from __future__ import annotations

import json
from pathlib import Path

from backend import create_app

FILE = Path(__file__).resolve().parents[1] / "docs" / "openapi.json"


def generate() -> str:
    """The OpenAPI document as committed: sorted, indented, with a line end."""
    with create_app().test_client() as client:
        document = client.get("/api/openapi.json").get_json()
    return json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(generate(), encoding="utf-8")
    print(f"wrote {FILE.name}")
