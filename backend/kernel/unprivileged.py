"""How a server that refuses root is run by root, without making a user or changing the mode of any folder.

First in a user namespace, where root goes by another name: it works below a 0700 home. Where namespaces are forbidden
(many containers), as an unprivileged user, with data and binaries in a folder of its own that this user can reach.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Home:
    """Where the server's data and binaries are, the prefix of its command line, and who owns its sockets' folder."""

    data: Path
    install: Path
    prefix: tuple[str, ...]
    uid: int


def home(data: Path, install: Path) -> Home:
    """A home for the server whose data would best be at `data` and whose binaries are at `install`."""
    if os.geteuid() != 0:
        return Home(data, install, (), os.geteuid())
    own = _own_folder(data)
    if not own.exists() and _works(_namespace()):
        return Home(data, install, _namespace(), 0)
    return _apart(own, install)


def _apart(own: Path, install: Path) -> Home:
    user = _somebody()
    own.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.chown(own, user.pw_uid, user.pw_gid)
    prefix = ("setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups", "--")
    if not _works((*prefix, str(install / "bin/postgres"), "--version")):
        install = _copied(install, own)
    return Home(own / "data", install, prefix, user.pw_uid)


def _copied(install: Path, own: Path) -> Path:
    # The venv lies where the user cannot reach it. The wheel's libraries stand beside its package.
    package, target = install.parent, own / install.parent.name
    shutil.copytree(install, target / install.name, dirs_exist_ok=True)
    libraries = package.with_name(package.name + ".libs")
    shutil.copytree(libraries, own / libraries.name, dirs_exist_ok=True)
    for path in own.rglob("*"):
        if "data" not in path.relative_to(own).parts[:1]:
            path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
    return target / install.name


def _own_folder(data: Path) -> Path:
    return Path("/var/lib") / f"shouwang-{hashlib.sha256(str(data).encode()).hexdigest()[:12]}"


def _somebody() -> pwd.struct_passwd:
    # initdb wants a user with a name.
    users = {entry.pw_name: entry for entry in pwd.getpwall()}
    return users.get("postgres") or users["nobody"]


def _namespace() -> tuple[str, ...]:
    # Inside, root goes by this name; outside nothing is this user's.
    user = _somebody()
    return ("unshare", "--user", f"--map-user={user.pw_uid}", f"--map-group={user.pw_gid}", "--")


def _works(command: tuple[str, ...]) -> bool:
    try:
        probe = command if "--version" in command else (*command, "true")
        return subprocess.run(probe, capture_output=True, cwd="/", check=False).returncode == 0
    except FileNotFoundError:
        return False
