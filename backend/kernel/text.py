"""Small rules for people's text."""

from __future__ import annotations

import re

# Where Chinese meets figures or Latin letters: 1503 燃气报警, 18 层.
_SEAM = re.compile("(?<=[\u4e00-\u9fff])(?=[0-9A-Za-z])|(?<=[0-9A-Za-z])(?=[\u4e00-\u9fff])")


def spaced(text: str) -> str:
    """A space between Chinese and figures or Latin letters, as Chinese typesetting has it."""
    return _SEAM.sub(" ", text)


def pair(zh: str, en: str) -> dict[str, str]:
    """A text in both languages; what has no English name keeps its Chinese one."""
    return {"zh": spaced(zh), "en": en or zh}


def mask_phone(phone: str) -> str:
    """`+8613800001234` or `13800001234` gives `138****1234`; other countries keep their last four digits."""
    digits = phone.removeprefix("+86")
    if len(digits) == 11 and digits.isdigit():
        return f"{digits[:3]}****{digits[-4:]}"
    return "****" + digits[-4:]


def mask_name(name: str) -> str:
    """The family name stays: 王建国 gives 王**, Wang gives W***."""
    return name[:1] + "*" * max(len(name) - 1, 0)
