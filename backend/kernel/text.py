"""Small rules for people's text."""

from __future__ import annotations


def mask_phone(phone: str) -> str:
    """`+8613800001234` or `13800001234` gives `138****1234`; other countries keep their last four digits."""
    digits = phone.removeprefix("+86")
    if len(digits) == 11 and digits.isdigit():
        return f"{digits[:3]}****{digits[-4:]}"
    return "****" + digits[-4:]


def mask_name(name: str) -> str:
    """The family name stays: 王建国 gives 王**, Wang gives W***."""
    return name[:1] + "*" * max(len(name) - 1, 0)
