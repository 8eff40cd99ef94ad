"""Programs from npm that only the bench needs: pinned, in var/bench, never in the app's own packages."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

from tests.bench.figures import ROOT

INSTALL_S = 600


def installed(package: str, version: str) -> Path | None:
    """The folder of this package, or None where npm or its registry cannot be reached. No install script runs."""
    folder = ROOT / "var" / "bench" / f"npm-{package}"
    found = folder / "node_modules" / package
    if _version(found) == version:
        return found
    if not shutil.which("npm"):
        return None
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "package.json").write_text('{"private": true}')
    command = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", f"{package}@{version}"]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False, timeout=INSTALL_S)
    return found if done.returncode == 0 else None


def _version(package: Path) -> str:
    told = package / "package.json"
    return str(json.loads(told.read_text())["version"]) if told.exists() else ""
