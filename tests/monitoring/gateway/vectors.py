"""The golden frames: public examples, captures and constructed ones of GB/T 26875.3 (see vectors.json)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

VECTORS: list[dict[str, Any]] = json.loads((Path(__file__).parent / "vectors.json").read_text())["vectors"]
BY_NAME = {v["name"]: v for v in VECTORS}


def raw(name: str) -> bytes:
    return bytes.fromhex(BY_NAME[name]["hex"])


def parts(vector: dict[str, Any]) -> list[bytes]:
    given = vector.get("parts") or [vector["hex"]]
    return [bytes.fromhex(part) for part in given]


GOOD = [v for v in VECTORS if v["valid"] and v["hex"]]
"""Vectors whose frame and body are sound."""
