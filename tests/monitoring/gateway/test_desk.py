"""The order of work: danger first, order kept within a connection, and what overload may cost."""

from __future__ import annotations

import pytest

from backend.kernel import clock
from backend.monitoring.arrivals import Arrival, may_be_danger
from backend.monitoring.gateway import desk
from backend.monitoring.gateway.desk import Desk, Line
from backend.monitoring.gateway.frames import Frame
from tests.factories import monitoring as m
from tests.monitoring.gateway.vectors import GOOD


def arrival(number: int, status: int = m.NORMAL) -> Arrival:
    return Arrival(Frame(m.component(1, number, status, serial=number)), clock.now(), "127.0.0.1", 1)


def serials(arrivals: list[Arrival]) -> list[int]:
    return [a.frame.serial for a in arrivals]


def test_danger_goes_first_with_all_that_its_connection_said_before():
    waiting, calm, burning = Desk(), Line(), Line()
    waiting.offer(calm, [arrival(n) for n in range(1, 6)])
    waiting.offer(burning, [arrival(11), arrival(12), arrival(13, m.FIRE), arrival(14)])
    urgent, others = waiting.take(500)
    assert (serials(urgent), others) == ([11, 12, 13], [])
    urgent, others = waiting.take(500)
    assert (urgent, sorted(serials(others))) == ([], [1, 2, 3, 4, 5, 14])
    assert waiting.waiting == 0


def test_connections_take_turns_and_keep_their_order():
    waiting, one, two = Desk(), Line(), Line()
    waiting.offer(one, [arrival(n) for n in range(100)])
    waiting.offer(two, [arrival(n) for n in range(1000, 1010)])
    _, others = waiting.take(80)
    assert [s for s in serials(others) if s >= 1000] == list(range(1000, 1010))
    rest = [s for s in serials(others) if s < 1000] + serials(waiting.take(500)[1])
    assert rest == list(range(100))


def test_a_batch_has_a_limit_and_danger_is_not_split_from_its_order():
    waiting, line = Desk(), Line()
    waiting.offer(line, [arrival(n, m.FIRE if n == 6 else m.NORMAL) for n in range(10)])
    first, _ = waiting.take(4)
    second, _ = waiting.take(4)
    assert (serials(first), serials(second)) == ([0, 1, 2, 3], [4, 5, 6])
    assert serials(waiting.take(4)[1]) == [7, 8, 9]


def test_overload_sheds_telemetry_and_never_danger(monkeypatch):
    monkeypatch.setattr(desk, "SHED_ALL", 10)
    waiting, line = Desk(), Line()
    waiting.offer(line, [arrival(n) for n in range(30)])
    waiting.offer(line, [arrival(n, m.FIRE) for n in range(100, 120)])
    assert (waiting.shed, waiting.waiting) == (20, 30)
    urgent, _ = waiting.take(500)
    assert serials(urgent) == [*range(10), *range(100, 120)]


@pytest.mark.parametrize(
    ("raw", "is_danger"),
    [
        (m.component(1, 1, m.FIRE), True),
        (m.component(1, 1, m.NORMAL), False),
        (m.component(1, 1, 0x0200), True),  # the high byte first, as some makers send it
        (m.component(1, 1, m.FAULT), False),
        (m.system(1, m.FIRE), True),
        (m.unit(1, m.FIRE), True),
        (m.operation(1, 1 << 2), True),
        (m.operation(1, 1), False),
        (m.analog(1, 1, 2, 2), False),
        (m.raw_frame(1, b""), False),
        (m.raw_frame(1, b"\x02"), False),
        (m.raw_frame(1, b"\x02\x01\x01\x01\x28\x01\x00\x00\x00\x02\x00"), True),  # cut short behind the word
    ],
)
def test_the_quick_look_for_danger(raw, is_danger):
    assert may_be_danger(Frame(raw)) is is_danger


@pytest.mark.parametrize("vector", GOOD, ids=lambda v: v["name"])
def test_the_quick_look_never_misses_a_fire(vector):
    words = [set(o.get("bits", ())) for o in vector["decoded"].get("objects", ())]
    if vector["decoded"].get("type_flag") in (1, 2, 21) and any("fire" in bits for bits in words):
        assert may_be_danger(Frame(bytes.fromhex(vector["hex"])))
