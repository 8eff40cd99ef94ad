"""Every feature has its tests, every module of it says what it is for."""

from __future__ import annotations

import ast

import backend
from tests.guards import source


def test_every_feature_has_its_tests():
    bare = [f.name for f in source.features() if not list((source.ROOT / "tests" / f.name).rglob("test_*.py"))]
    assert not bare


def test_every_feature_is_listed():
    listed = {name.rpartition(".")[2] for name in backend.FEATURES}
    # The demo is data and a player of transmitters: it has no operations.
    assert {f.name for f in source.features()} - {"demo"} == listed


def test_every_module_says_what_it_is():
    programs = source.files(*source.PROGRAM, "migrations", "scripts")
    assert not [source.name(f) for f in programs if f.read_text().strip() and not ast.get_docstring(source.tree(f))]


def test_the_project_stands_alone():
    shared = "." * 2 + "/shared"
    suffixes = (".py", ".ts", ".svelte", ".json", ".sh")
    folders = ("backend", "notifications", "tests", "scripts", "pwa/src")
    own = [file for suffix in suffixes for file in source.files(*folders, suffix=suffix)]
    assert not [source.name(f) for f in own if shared in f.read_text(encoding="utf-8", errors="ignore")]
