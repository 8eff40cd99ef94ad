"""What `make run` prints when all is up: one address, and whom to sign in as when it runs the demo."""

from __future__ import annotations

import json
import unicodedata
from typing import Any

from backend.kernel.config import Settings


def local_address(config: Settings) -> str:
    """The web server's address as seen from this machine."""
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(config.host, config.host)  # noqa: S104  # compared, not bound
    return f"http://{f'[{host}]' if ':' in host and host[0] != '[' else host}:{config.port}"


def text(config: Settings) -> str:
    """The address; below it, with a demo estate, one person of each role and where the one-time codes appear."""
    lines = ["", f"  守望 Shouwang: {config.public_url}", ""]
    file = config.data_dir / "demo.json"
    if file.exists():
        people = _one_of_each(json.loads(file.read_text())["people"])
        width = max(_columns(role) for role, _ in people)
        lines += ["  This is the demo estate. Sign in as:"]
        lines += [f"    {role}{' ' * (width - _columns(role))}  {p['phone']}  {p['name']}" for role, p in people]
        lines += [f"  The one-time codes are written to {config.data_dir / 'sms.jsonl'}", ""]
    else:
        lines += ["  The first administrator: .venv/bin/flask admin create PHONE", ""]
    return "\n".join(lines)


def _one_of_each(people: list[dict[str, Any]]) -> list[tuple[str, dict[str, Any]]]:
    found: dict[str, dict[str, Any]] = {}
    for person in people:
        for role in person["roles"] or ["nobody yet"]:
            found.setdefault(role if isinstance(role, str) else role["role"], person)
    return list(found.items())


def _columns(word: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in word)
