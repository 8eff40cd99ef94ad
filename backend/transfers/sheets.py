"""CSV in and out: bounded, in UTF-8 or GB18030, with Chinese or English headers."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from backend.kernel.errors import Invalid, TooLarge
from backend.transfers import cells
from backend.transfers.layouts import LAYOUTS, MOST_ROWS, Column
from backend.transfers.problems import Problems, Wrong

MOST_BYTES = 5_000_000
MOST_IN_CELL = 5_000


class NotText(Invalid):
    zh = "文件“{file}”不是 UTF-8 或 GB18030 编码的 CSV，请另存为 CSV 再上传。"
    en = '"{file}" is no CSV in UTF-8 or GB18030. Save it as CSV and upload it again.'


@dataclass(frozen=True, slots=True)
class Line:
    """One row: its number as the spreadsheet counts (the header is 1), and the values of the cells that are filled."""

    row: int
    values: Mapping[str, Any]

    def get(self, name: str, default: Any = None) -> Any:
        return self.values.get(name, default)


def decode(file: str, data: bytes) -> str:
    """The text of an uploaded file; raises TooLarge, NotText."""
    if len(data) > MOST_BYTES:
        raise TooLarge(file=file, most_bytes=MOST_BYTES)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise NotText(file=file)


def read(file: str, text: str, problems: Problems) -> list[Line]:
    """The rows of one file; what is wrong goes into `problems` and its row is left out."""
    found: list[Line] = []
    records = _records(file, text, problems)
    columns = _columns(file, next(records, (1, []))[1], problems)
    if columns is None:
        return []
    for row, record in records:
        if not any(cell.strip() for cell in record):
            continue
        if len(found) >= MOST_ROWS[file]:
            problems.add(file, row, "", f"最多 {MOST_ROWS[file]} 行", f"at most {MOST_ROWS[file]} rows")
            break
        line = _line(file, row, record, columns, problems)
        if line:
            found.append(line)
    return found


def write(file: str, rows: Iterable[Mapping[str, Any]], language: str) -> str:
    """The rows as CSV with headers in the reader's language; no cell of it is computed by a spreadsheet."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    columns = LAYOUTS[file]
    writer.writerow([c.name if language == "en" else c.zh for c in columns])
    for row in rows:
        writer.writerow([cells.harmless(c.shown(row.get(c.name), language)) for c in columns])
    return out.getvalue()


def _records(file: str, text: str, problems: Problems) -> Iterator[tuple[int, list[str]]]:
    head = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=head.count)  # some spreadsheets save "CSV" with semicolons or tabs
    csv.field_size_limit(MOST_IN_CELL)
    row = 0
    try:
        for row, record in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), 1):
            yield row, record
    except csv.Error:
        problems.add(
            file, row + 1, "", "这一行无法读取：引号不配对或单元格太长", "unreadable: unmatched quotes or too long"
        )


def _columns(file: str, header: list[str], problems: Problems) -> list[Column | None] | None:
    known = {name: c for c in LAYOUTS[file] for name in (c.name, c.zh)}
    found = [known.get(cell.strip().lower()) for cell in header]
    before = problems.total
    for cell, column in zip(header, found, strict=True):
        if column is None and cell.strip():
            problems.add(file, 1, cell.strip()[:40], "没有这一列", "no such column")
    named = [c.name for c in found if c]
    for name in {n for n in named if named.count(n) > 1}:
        problems.add(file, 1, name, "这一列出现了两次", "this column is there twice")
    for column in LAYOUTS[file]:
        if "" in column.needed and column.name not in named:
            problems.add(file, 1, column.name, f"缺少“{column.zh}”列", f"the column {column.name} is missing")
    return found if problems.total == before else None


def _line(file: str, row: int, record: list[str], columns: list[Column | None], problems: Problems) -> Line | None:
    values: dict[str, Any] = {}
    before = problems.total
    for column, cell in zip(columns, map(cells.literal, record), strict=False):
        if column is None or not cell:
            continue
        try:
            values[column.name] = column.read(cell)
        except Wrong as wrong:
            problems.add(file, row, column.name, wrong.zh, wrong.en)
    if any(cell.strip() for cell in record[len(columns) :]):
        problems.add(file, row, "", "这一行的单元格比表头多", "more cells than the header has")
    if problems.total == before:
        for column in columns_needed(file, str(values.get("what", ""))):
            if column.name not in values:
                problems.add(file, row, column.name, f"“{column.zh}”必须填写", f"{column.name} must be filled in")
    return Line(row, values) if problems.total == before else None


def columns_needed(file: str, what: str) -> list[Column]:
    """The columns that a row of this kind must fill."""
    return [c for c in LAYOUTS[file] if "" in c.needed or (what and what in c.needed)]
