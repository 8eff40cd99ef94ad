"""Stored files: the only place that touches DATA_DIR's contents. Folders 0700, files 0600."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from backend.kernel.config import settings


def folder(*parts: str) -> Path:
    """A folder below DATA_DIR, made when missing; names may not climb out."""
    root = settings().data_dir
    path = root.joinpath(*parts)
    if not path.resolve().is_relative_to(root.resolve()):
        raise ValueError("a stored file must lie below DATA_DIR")
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def remove(*parts: str) -> None:
    """Remove a folder below DATA_DIR with all that is in it."""
    shutil.rmtree(folder(*parts), ignore_errors=True)


def key(name: str, fresh: Callable[[], bytes]) -> bytes:
    """The key file's bytes; made once by `fresh`, also when several processes start at the same moment."""
    path = folder("keys") / name
    if not path.exists():
        draft = path.with_name(f".{name}.{os.getpid()}")
        write(draft, fresh())
        try:
            os.link(draft, path)  # atomic, and fails when another process was first
        except FileExistsError:
            pass
        draft.unlink()
    return path.read_bytes()


def write(path: Path, data: bytes) -> None:
    """Write and flush to the disk, readable for the owner alone."""
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())


def replace(path: Path, data: bytes) -> None:
    """Write so that a reader sees the old bytes or the new, never half of them."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    write(draft, data)
    os.replace(draft, path)


def append_line(path: Path, line: bytes) -> None:
    """Append one line whole, also with several writing processes."""
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as out:
        fcntl.flock(out, fcntl.LOCK_EX)
        out.write(line + b"\n")
