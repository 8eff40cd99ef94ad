"""Every queue has its worker, every line its keeper."""

from __future__ import annotations

import ast

from honcho.environ import parse_procfile

from backend.kernel import jobs, procs
from tests.guards import source


def lines() -> dict[str, str]:
    return parse_procfile((source.ROOT / "Procfile").read_text()).processes


def test_every_queue_has_a_worker_of_its_own():
    for queue in jobs.QUEUES:
        assert [line for line in lines().values() if line.endswith(f"backend.kernel.work {queue}")], queue


def test_only_known_queues_are_rung():
    used = {
        keyword.value.value
        for file in source.files(*source.PROGRAM)
        for node in ast.walk(source.tree(file))
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("enqueue")
        for keyword in node.keywords
        if keyword.arg == "queue" and isinstance(keyword.value, ast.Constant)
    }
    assert used <= set(jobs.QUEUES)


def test_every_process_is_kept_alive_by_its_name():
    for name, line in lines().items():
        assert line.startswith(f"exec python -m backend.kernel.keep {name} ") and " -- " in line


def test_the_run_starts_every_line_once():
    started = [*procs.lines("servers"), *procs.lines("others")]
    assert sorted(started) == sorted(lines())
    assert set(procs.lines("others+demo")) - set(lines()) == {"demo"}


def test_periodic_work_is_found_and_has_a_name():
    found = jobs.periodic()
    assert found
    assert all(one.every_s >= 1 and callable(one.run) for one in found)
