"""UUIDv7 in order, also from many threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from backend.kernel.ids import new_id


def test_ids_are_version_7_and_sort_by_time():
    made = [new_id() for _ in range(5000)]
    assert made == sorted(made)
    assert {i.version for i in made} == {7}
    assert {i.variant for i in made} == {"specified in RFC 4122"}


def test_ids_of_many_threads_differ():
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: new_id(), range(20_000)))
    assert len(set(made)) == len(made)
