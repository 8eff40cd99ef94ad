"""The project's own source, as the guards read it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ("backend", "notifications")


def files(*folders: str, suffix: str = ".py") -> list[Path]:
    """All files with this suffix below the folders, generated and installed ones left out."""
    skipped = {"node_modules", "__pycache__", ".svelte-kit", "build", "paraglide"}
    found = [path for folder in folders for path in (ROOT / folder).rglob(f"*{suffix}")]
    return sorted(path for path in found if not skipped & set(path.relative_to(ROOT).parts))


@lru_cache(maxsize=512)
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Name and length in lines of each function of a file; decorators and docstrings do not count."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            documented = node.body[0] if ast.get_docstring(node) else None
            words = documented.end_lineno - documented.lineno + 1 if documented and documented.end_lineno else 0
            yield f"{name(path)}:{node.lineno} {node.name}", (node.end_lineno or node.lineno) - node.lineno + 1 - words


def features() -> list[Path]:
    """The feature packages: all of backend but the kernel, and notifications."""
    inside = sorted(path for path in (ROOT / "backend").iterdir() if (path / "__init__.py").exists())
    return [path for path in inside if path.name != "kernel"] + [ROOT / "notifications"]
