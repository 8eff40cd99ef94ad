"""A job for the worker's test, at module level because RQ finds it by its name."""

from __future__ import annotations

from pathlib import Path


def leave_word(path: str, word: str) -> None:
    with Path(path).open("a") as file:
        file.write(word + "\n")
