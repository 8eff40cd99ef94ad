"""CSV as people send it: encodings, headers, formulas, quotes, sizes; and what we write."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.kernel.errors import TooLarge
from backend.places.models import Kind
from backend.transfers import cells, layouts, sheets
from backend.transfers.problems import Problems, Wrong
from backend.transfers.sheets import NotText

PEOPLE = "手机号,姓名,身份,楼栋,户号\n10000000001,王小明,居民,1号楼,0301\n"


def _read(text: str, file: str = "people") -> tuple[list[sheets.Line], Problems]:
    problems = Problems()
    return sheets.read(file, text, problems), problems


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk"])
def test_files_of_any_office_are_read(encoding: str) -> None:
    lines, problems = _read(sheets.decode("people", PEOPLE.encode(encoding)))
    assert problems.total == 0
    assert lines[0].values == {
        "phone": "10000000001", "name": "王小明", "role": "resident", "building": "1号楼", "dwelling": "0301",
    }  # fmt: skip


@pytest.mark.parametrize("data", [b"PK\x03\x04\x00\x00\xff\xff", b"\x00" * 20, b"a,b\x00c", b"\xff\xfe\x00\x01"])
def test_what_is_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(NotText):
        sheets.decode("people", data)


def test_a_file_has_an_end() -> None:
    with pytest.raises(TooLarge):
        sheets.decode("people", b"a" * (sheets.MOST_BYTES + 1))
    rows = "\n".join(f"t{n},{n}" for n in range(layouts.MOST_ROWS["transmitters"] + 5))
    lines, problems = _read("name,source_address\n" + rows, "transmitters")
    assert len(lines) == layouts.MOST_ROWS["transmitters"] and problems.total == 1


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_any_separator_and_english_headers(separator: str) -> None:
    lines, problems = _read(separator.join(["Phone", "NAME"]) + "\r\n" + separator.join(["+447911123456", "Ann"]))
    assert problems.total == 0 and lines[0].values == {"phone": "+447911123456", "name": "Ann"}


def test_every_wrong_cell_is_named_by_row_and_column_and_not_quoted() -> None:
    text = "phone,name,role\n119,王,居民\n\n10000000002,,king\n10000000003,赵,物业管理人员\n"
    lines, problems = _read(text)
    assert [(p["row"], p["column"]) for p in problems.rows()] == [(2, "phone"), (4, "role")]
    assert [line.row for line in lines] == [5]
    assert all("119" not in p["zh"] + p["en"] for p in problems.rows())


@pytest.mark.parametrize(
    ("text", "row", "column"),
    [
        ("", 1, "phone"),
        ("手机号\n", 1, "name"),
        ("手机号,姓名,姓名\n", 1, "name"),
        ("手机号,姓名,密码\n", 1, "密码"),
        ("手机号,姓名\n10000000001,王,多余\n", 2, ""),
        ("手机号,姓名\n10000000001," + "王" * 6000 + "\n", 2, ""),
        ("手机号,姓名\n10000000001,\n", 2, "name"),
    ],
)
def test_a_wrong_shape_is_said(text: str, row: int, column: str) -> None:
    _, problems = _read(text)
    assert (row, column) in [(p["row"], p["column"]) for p in problems.rows()]


def test_only_a_thousand_problems_are_kept_and_all_are_counted() -> None:
    _, problems = _read("手机号,姓名\n" + "x,王\n" * 1500)
    assert problems.total == 1500 and len(problems.rows()) == 1000


@pytest.mark.parametrize("formula", ["=1+1", "+cmd", "-2+3", "@SUM(A1)", "\t=1", "  =1+1", "＝1", "'=1", "\r=1"])
def test_no_cell_we_write_is_computed(formula: str) -> None:
    assert cells.harmless(formula).startswith("'")
    assert cells.literal(cells.harmless(formula)) == formula


def test_a_formula_that_comes_in_is_only_a_text() -> None:
    lines, problems = _read("手机号,姓名\n10000000001,=1+1\n")
    assert problems.total == 0 and lines[0].get("name") == "=1+1"


def test_numbers_of_ours_stay_numbers() -> None:
    assert [cells.harmless(v) for v in (-1, 22.5, -113.25, None)] == ["-1", "22.5", "-113.25", ""]


@pytest.mark.parametrize(("language", "shown"), [("zh", ["楼栋", "车库", "是"]), ("en", ["building", "garage", "yes"])])
def test_words_are_those_of_the_reader_and_both_are_read_again(language: str, shown: list[str]) -> None:
    row = {"what": "building", "name": "地库", "kind": Kind.GARAGE, "lat": 1.0, "lon": 2.0, "is_refuge": True}
    text = sheets.write("estate", [row], language)
    assert set(shown) <= set(text.splitlines()[1].split(","))
    lines, problems = _read(text, "estate")
    assert problems.total == 0 and lines[0].get("what") == "building" and lines[0].get("is_refuge") is True
    assert cells.kind(lines[0].get("kind")) == "garage"


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=40))
def test_any_text_comes_back_and_is_harmless(text: str) -> None:
    written = sheets.write("people", [{"phone": "10000000001", "name": text}], "en")
    cell = next(iter(list(csv.reader(io.StringIO(written, newline="")))[1:]))[1]
    assert not cell or cell.startswith("'") or cell.lstrip()[:1] not in tuple(cells.FORMULA)
    stripped = text.strip(" \r\n")
    if stripped == text and text:
        lines, problems = _read(written)
        assert problems.total == 0 and lines[0].get("name") == text


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=300), st.sampled_from(sorted(layouts.LAYOUTS)))
def test_any_file_is_answered(text: str, file: str) -> None:
    lines, problems = _read(text, file)
    assert lines == [] or problems.total >= 0


@pytest.mark.parametrize(
    ("read", "cell", "value"),
    [
        (cells.flag, "是", True), (cells.flag, "no", False), (cells.ordinal, "-2", -2), (cells.kind, "高层", "tower"),
        (cells.kind, "garage", "garage"), (cells.several(9), "0101；0102 0103,0101", ["0101", "0102", "0103"]),
        (cells.names, "1 号楼; 2 号楼", ["1 号楼", "2 号楼"]), (cells.whole(0, 300), "0xFF", 255),
        (cells.network, "10.1.2.3/16", "10.1.0.0/16"), (cells.network, "port:26901", "port:26901"),
        (cells.plan, '{"stairs":[]}', {"stairs": []}), (cells.code((9, 12)), "440305004", "440305004"),
    ],
)  # fmt: skip
def test_cells(read: cells.Read, cell: str, value: object) -> None:
    assert read(cell) == value


@pytest.mark.parametrize(
    ("read", "cell"),
    [
        (cells.flag, "maybe"), (cells.ordinal, "0"), (cells.ordinal, "x"), (cells.kind, "castle"),
        (cells.decimal(-90, 90), "nan"), (cells.decimal(-90, 90), "91"), (cells.whole(0, 9), "1.5"),
        (cells.several(1), "a b"), (cells.network, "home"), (cells.network, "port:0"), (cells.plan, "[1]"),
        (cells.plan, "{"), (cells.code((9,)), "44030500x"), (cells.text(3), "abcd"), (cells.phone, "1"),
        (cells.whole(0, 9), "9" * 5000),
    ],
)  # fmt: skip
def test_wrong_cells(read: cells.Read, cell: str) -> None:
    with pytest.raises(Wrong):
        read(cell)
