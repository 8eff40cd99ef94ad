"""Telephone numbers: one spelling for each, so that the blind index finds it."""

from __future__ import annotations

import re
import unicodedata

_DECORATION = re.compile(r"[\s\-().·—–]+")
_CHINA = re.compile(r"1\d{10}")
_E164 = re.compile(r"\+[1-9]\d{6,14}")


def normalise(text: str) -> str | None:
    """The one spelling of a number: 11 digits for mainland China, else E.164 with its plus; None when it is neither.

    Spaces, hyphens, brackets, full-width digits and the prefixes +86, 0086 are understood. Source: ITU-T E.164
    (15 digits at most); mobile numbers of mainland China are 1 and ten digits.
    """
    if len(text) > 40:
        return None
    plain = _DECORATION.sub("", unicodedata.normalize("NFKC", text))
    if not plain.isascii():
        return None
    if plain.startswith("00"):
        plain = "+" + plain[2:]
    if plain.startswith("+86"):
        plain = plain[3:]
        return plain if _CHINA.fullmatch(plain) else None
    if _CHINA.fullmatch(plain) or _E164.fullmatch(plain):
        return plain
    return None
