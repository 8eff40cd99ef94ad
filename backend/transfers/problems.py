"""What is wrong in which row, in words that the person at the spreadsheet can act on."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

MOST_SHOWN = 1000


class Wrong(Exception):
    """A cell that cannot be taken. Never quotes the cell: it may hold a phone number."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


@dataclass(frozen=True, slots=True)
class Problem:
    """`row` counts as the spreadsheet does: the header is 1; 0 stands for the whole file."""

    file: str
    row: int
    column: str
    zh: str
    en: str


@dataclass
class Problems:
    """All problems of an import; the first thousand are kept in words, all are counted."""

    shown: list[Problem] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, file: str, row: int, column: str, zh: str, en: str) -> None:
        self.counts[file] += 1
        if len(self.shown) < MOST_SHOWN:
            self.shown.append(Problem(file, row, column, zh, en))

    @property
    def total(self) -> int:
        return self.counts.total()

    def rows(self) -> list[dict[str, Any]]:
        """Plain values for the database, in the order of files and rows."""
        return [asdict(each) for each in sorted(self.shown, key=lambda p: (p.file, p.row))]


class Refused(Exception):
    """The import is refused as a whole; its transaction rolls back."""

    def __init__(self, problems: Problems) -> None:
        super().__init__(f"{problems.total} wrong rows")
        self.problems = problems
