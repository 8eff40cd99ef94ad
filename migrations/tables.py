"""All tables of all features, for autogenerate and for the guard against drift."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

from sqlalchemy import MetaData

import backend
import backend.kernel
import notifications
from backend.kernel.db import Base

# Kernel modules that define a table; importing all of the kernel would import Flask.
KERNEL = ("audit", "beat", "egress", "idempotency", "policy", "stream")


def metadata() -> MetaData:
    """Import every `models` module, and give what they declared."""
    for name in KERNEL:
        importlib.import_module(f"backend.kernel.{name}")
    for name in _models():
        importlib.import_module(name)
    return Base.metadata


def _models() -> Iterator[str]:
    for package in (backend, notifications):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if module.name.rpartition(".")[2] == "models":
                yield module.name
