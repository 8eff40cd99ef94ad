"""Every TRANSITIONS covers its states, leads only to states, and reaches all of them."""

from __future__ import annotations

import importlib
import re
from enum import Enum

import pytest

from tests.guards import source


def modules() -> list[str]:
    """The modules that define a TRANSITIONS, not those that import one."""
    defining = re.compile(r"^TRANSITIONS\b.*=", re.MULTILINE)
    files = [file for file in source.files(*source.PROGRAM) if defining.search(file.read_text(encoding="utf-8"))]
    return [source.name(file).removesuffix(".py").replace("/", ".") for file in files]


def test_there_are_some():
    assert modules()


@pytest.mark.parametrize("name", modules())
def test_all_states_are_named_and_reachable(name):
    module = importlib.import_module(name)
    table = module.TRANSITIONS
    first = next(iter(table))
    if isinstance(first, Enum):
        assert set(table) == set(type(first)), "a state is missing in TRANSITIONS"
    assert {to for ways in table.values() for to in ways} <= set(table)
    initial = set(getattr(module, "INITIAL", None) or {first})
    reached = set(initial)
    while more := {to for state in reached for to in table[state]} - reached:
        reached |= more
    assert reached == set(table), f"never reached: {set(table) - reached}"
