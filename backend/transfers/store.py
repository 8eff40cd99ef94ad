"""The files of a transfer while it lasts: encrypted, because they hold phone numbers, and gone a day later."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from uuid import UUID

from backend.kernel import crypt, files


def keep(transfer_id: UUID, texts: Mapping[str, str]) -> None:
    """Write the texts by file name."""
    for name, text in texts.items():
        files.write(_folder(transfer_id) / f"{name}.csv.enc", crypt.encrypt(text))


def load(transfer_id: UUID, name: str) -> str | None:
    """One text, or None when it is gone."""
    path = _folder(transfer_id) / f"{name}.csv.enc"
    return crypt.decrypt(path.read_bytes()) if path.exists() else None


def drop(transfer_id: UUID) -> None:
    files.remove("transfers", str(transfer_id))


def _folder(transfer_id: UUID) -> Path:
    return files.folder("transfers", str(transfer_id))
