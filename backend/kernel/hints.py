"""What a page will ask for, told with the page itself: a slow phone fetches all of it at once, not one after another.

The build lists it for each of its pages (`hints.json`); here it becomes the page's Link header (RFC 8288).
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from flask import request

from backend.kernel.refusals import language

LANGUAGE = "language"  # the app's cookie: what was chosen in it, however the browser is set


class Hint(NamedTuple):
    """One page of the app; `path` knows its addresses."""

    path: re.Pattern[str]
    files: str
    data: list[str]


def links(build: Path, path: str) -> str:
    """The Link header for this request of the page at `path` (no slash in front); empty where nothing is known."""
    listed = build / "hints.json"
    if not listed.is_file():
        return ""
    for hint in _read(listed, listed.stat().st_mtime_ns):
        if found := hint.path.fullmatch(path):
            return ", ".join(filter(None, (_data(hint, found), hint.files)))
    return ""


def _data(hint: Hint, found: re.Match[str]) -> str:
    """For who has a session. The browser asks in its own language: not where another one was chosen in the app."""
    chosen = request.cookies.get(LANGUAGE)
    is_own = chosen in (None, language())
    if not is_own or not (set(request.cookies) - {LANGUAGE}):
        return ""
    return ", ".join(f"<{found.expand(one)}>; rel=preload; as=fetch; crossorigin" for one in hint.data)


@lru_cache(maxsize=1)
def _read(listed: Path, _changed_ns: int) -> tuple[Hint, ...]:
    return tuple(map(_hint, json.loads(listed.read_bytes())))


def _hint(told: dict[str, Any]) -> Hint:
    files = [f"<{one}>; rel=modulepreload" for one in told["scripts"]]
    files += [f"<{one}>; rel=preload; as=style" for one in told["styles"]]
    pattern = re.sub(r"\\\[\w+\\\]", r"([\\w-]+)", re.escape(told["path"].strip("/")))
    return Hint(re.compile(pattern), ", ".join(files), [re.sub(r"\[\w+\]", r"\\1", one) for one in told["data"]])
