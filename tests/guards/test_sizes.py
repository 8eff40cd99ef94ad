"""Small things stay small: architecture's measure of things."""

from __future__ import annotations

from statistics import median

from tests.guards import source

FILE, KERNEL_FILE, FUNCTION, USUAL_FUNCTION, COMPONENT = 300, 120, 40, 15, 200


def lines(path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_python_files_are_short():
    long = {source.name(f): lines(f) for f in source.files(*source.PROGRAM, "tests", "migrations") if lines(f) > FILE}
    assert not long


def test_kernel_files_are_shorter():
    long = {source.name(f): lines(f) for f in source.files("backend/kernel") if lines(f) > KERNEL_FILE}
    assert not long


def test_functions_fit_on_a_screen():
    found = [one for file in source.files(*source.PROGRAM) for one in source.functions(file)]
    assert not {name: length for name, length in found if length > FUNCTION}


def test_nine_of_ten_functions_are_small():
    lengths = sorted(length for file in source.files(*source.PROGRAM) for _, length in source.functions(file))
    assert lengths[int(len(lengths) * 0.9)] <= USUAL_FUNCTION
    assert median(lengths) <= 8


def test_svelte_components_are_short():
    long = {source.name(f): lines(f) for f in source.files("pwa/src", suffix=".svelte") if lines(f) > COMPONENT}
    assert not long


def test_no_file_is_a_burden_to_every_clone():
    """Half a megabyte: the largest is a picture of a quarter. A package once put its program beside its sources."""
    found = [
        path for folder in ("pwa", "docs", "tests", "scripts", "migrations") for path in source.files(folder, suffix="")
    ]
    assert [source.name(path) for path in found if path.is_file() and path.stat().st_size > 500_000] == []
