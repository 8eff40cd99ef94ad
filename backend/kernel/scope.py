"""Scope: every place row carries a materialised path, `/44/4403/<estate>/<building>/`; a grant is a set of paths."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, any_, false, literal
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

ROOT = "/"


def child(path: str, segment: object) -> str:
    """The path of what lies directly under `path`."""
    return f"{path}{segment}/"


def ancestors(path: str) -> list[str]:
    """All paths above and including `path`: `/a/b/` gives `/`, `/a/`, `/a/b/`."""
    parts = [p for p in path.split("/") if p]
    return [ROOT] + ["/" + "/".join(parts[: n + 1]) + "/" for n in range(len(parts))]


def parent(path: str) -> str:
    return ancestors(path)[-2] if path != ROOT else ROOT


def covers(paths: Iterable[str], path: str) -> bool:
    """Whether `path` lies at or under one of `paths`; the same test as `within`, in memory."""
    return any(path.startswith(p) for p in paths)


def within(column: Any, paths: Iterable[str]) -> ColumnElement[bool]:
    """SQL: the row's path lies at or under one of `paths`. No paths: no row."""
    patterns = [p.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%" for p in paths]
    if not patterns:
        return false()
    if len(patterns) == 1:
        return column.like(patterns[0])  # type: ignore[no-any-return]  # columns are untyped here
    return column.like(any_(literal(patterns, ARRAY(Text))))  # type: ignore[no-any-return]  # as above
