"""The five looks: they cover every pair of language, size, light and width."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Look:
    """How one phone or screen shows things. `width` in CSS pixels."""

    language: str
    size: str
    scheme: str
    width: int

    @property
    def name(self) -> str:
        return f"{self.language}-{self.size}-{self.scheme}-{self.width}"

    @property
    def height(self) -> int:
        return 844 if self.width < 1024 else 800

    @property
    def is_phone(self) -> bool:
        return self.width < 1024


# The smallest table that holds every pair of four two-valued things: the plain row and its four opposites but one.
LOOKS = (
    Look("zh", "standard", "light", 390),
    Look("zh", "large", "dark", 1280),
    Look("en", "standard", "dark", 1280),
    Look("en", "large", "light", 1280),
    Look("en", "large", "dark", 390),
)

# A Chinese desk by day: only for the chosen pictures, the table above holds its pairs already.
DESK = Look("zh", "standard", "light", 1280)


def pairs_missing() -> list[tuple[str, ...]]:
    """Pairs that no look covers; empty, or the table is wrong."""
    values = {
        "language": ("zh", "en"),
        "size": ("standard", "large"),
        "scheme": ("light", "dark"),
        "width": (390, 1280),
    }
    names = list(values)
    return [
        (f"{a}={x}", f"{b}={y}")
        for i, a in enumerate(names)
        for b in names[i + 1 :]
        for x in values[a]
        for y in values[b]
        if not any(getattr(look, a) == x and getattr(look, b) == y for look in LOOKS)
    ]
