"""Who may read the clock, the environment, files and providers."""

from __future__ import annotations

import ast
import re
from itertools import pairwise
from pathlib import Path

import pytest

from tests.guards import source

# What asks the time, as a dotted name; sleeping asks nothing.
TIME = {
    "time.time", "time.time_ns", "time.monotonic", "time.monotonic_ns", "datetime.now", "datetime.utcnow",
    "datetime.datetime.now", "datetime.datetime.utcnow", "date.today", "datetime.date.today", "datetime.today",
}  # fmt: skip
ENVIRONMENT = {"os.environ", "os.getenv", "os.putenv", "os.environb"}
FILES = {"open", "os.open", "os.unlink", "os.replace", "shutil.rmtree", "shutil.move"}
# They set up the servers, which keep files of their own beside ours.
SET_UP = ("unprivileged", "postgres_server", "stale", "lock", "keep", "greeting", "procs", "run", "embedded")
WEB_ONLY = {"service", "models", "jobs"}


def dotted(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def uses(names: set[str], but: tuple[str, ...]) -> list[str]:
    found = []
    for file in source.files(*source.PROGRAM):
        if source.name(file) in but:
            continue
        for node in ast.walk(source.tree(file)):
            if isinstance(node, ast.Attribute | ast.Name) and dotted(node) in names:
                found.append(f"{source.name(file)}:{node.lineno} {dotted(node)}")
    return found


def imports(file) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(source.tree(file)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def test_only_the_clock_asks_what_time_it_is():
    assert not uses(TIME, ("backend/kernel/clock.py",))


def test_only_config_reads_the_environment():
    assert not uses(ENVIRONMENT, ("backend/kernel/config.py",))
    readers = [source.name(f) for f in source.files(*source.PROGRAM) if imports(f) & {"environs", "dotenv"}]
    assert readers == ["backend/kernel/config.py"]


def test_only_files_touches_stored_files():
    allowed = ("backend/kernel/files.py", *(f"backend/kernel/{name}.py" for name in SET_UP))
    assert not uses(FILES, allowed)


@pytest.mark.parametrize("provider", ["pycurl", "webpush", "firebase_admin"])
def test_only_channels_know_the_providers(provider):
    known = [f for f in source.files(*source.PROGRAM) if provider in {name.split(".")[0] for name in imports(f)}]
    assert not [source.name(f) for f in known if not source.name(f).startswith("notifications/channels/")]


def test_services_models_and_jobs_know_nothing_of_http():
    web = {"flask", "flask_smorest", "webargs"}
    guilty = [
        source.name(file)
        for file in source.files(*source.PROGRAM)
        if file.stem in WEB_ONLY and {name.split(".")[0] for name in imports(file)} & web
    ]
    assert not guilty


def test_names_that_say_nothing_are_not_used():
    empty = re.compile(r"(^|_)(utils?|helpers?|manager)(_|$)")
    verbs = re.compile(r"^_?(handle|process)_")
    programs = source.files(*source.PROGRAM)
    assert not [source.name(f) for f in programs if empty.search(f.stem)]
    named = [name for f in programs for name, _ in source.functions(f)]
    assert not [name for name in named if verbs.match(name.split()[-1])]


def test_nothing_is_left_for_later():
    marks = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|NotImplementedError")
    app = [file for suffix in (".ts", ".svelte") for file in source.files("pwa/src", suffix=suffix)]
    programs = source.files(*source.PROGRAM) + app
    assert not [source.name(file) for file in programs if marks.search(file.read_text(encoding="utf-8"))]


def test_who_silences_a_checker_says_why():
    silent = re.compile(r"#\s*(type:\s*ignore|noqa)(\[[\w\-, ]+\]|:\s*[\w, ]+)?\s*(#\s*\S+)?")
    bare = []
    for file in source.files(*source.PROGRAM, "migrations", "tests"):
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            found = silent.search(line)
            if found and not found.group(3) and file != Path(__file__):
                bare.append(f"{source.name(file)}:{number}")
    assert not bare


def test_who_silences_the_app_s_checkers_says_why_in_the_line_before():
    silent = re.compile(r"(svelte-ignore|eslint-disable|@ts-(ignore|expect-error))")
    bare = []
    for file in (f for suffix in (".ts", ".svelte", ".js", ".mjs") for f in source.files("pwa/src", suffix=suffix)):
        lines = file.read_text(encoding="utf-8").splitlines()
        said = [(number, before) for number, (before, line) in enumerate(pairwise(lines), 2) if silent.search(line)]
        bare += [f"{source.name(file)}:{number}" for number, before in said if "/*" not in before]
    assert not bare


def test_a_test_that_is_skipped_says_why():
    skips = re.compile(r"pytest\.skip\(\s*\)|mark\.skip\b(?!if)(?!\()|mark\.skipif\((?![^\n]*reason=)")
    tests = (file for file in source.files("tests") if file != Path(__file__))
    assert not [source.name(file) for file in tests if skips.search(file.read_text(encoding="utf-8"))]


def test_rows_are_locked_without_holding_up_those_who_refer_to_them():
    """FOR UPDATE makes each foreign key's check wait, and two such waits are a deadlock. Only who deletes needs it."""
    found = {
        f"{source.name(file)}: {line.strip()}"
        for file in [*source.files("backend"), *source.files("notifications")]
        for line in file.read_text().splitlines()
        if "with_for_update" in line and "key_share" not in line and source.name(file) != "backend/kernel/retention.py"
    }
    assert not found
