"""A device that flaps is one fault with a count until it is calm; its dangers are told each time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from backend.kernel import clock, db, policy
from backend.monitoring import flapping, jobs
from backend.monitoring.events import DangerSensed
from backend.monitoring.models import Fault
from notifications import texts
from notifications.models import Notice
from tests.factories import monitoring as m
from tests.factories.accounts import create_member

NOON = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)


class Panel:
    """One detector of a tower, and a guard who is told of its faults. Every round the sweeper does its work."""

    def __init__(self, tower, box, now) -> None:
        self.box, self.now = box, now
        self.guard = create_member("property", tower.scope_path)
        self.device = m.create_device(box, 17, building=tower, label="西走廊烟感", label_en="west smoke detector")

    def says(self, word: int, after_s: float = 120) -> None:
        self.now.tick(after_s)
        m.arrive(m.component(self.box.source_address, 17, word))
        self.sweep()

    def flaps(self, times: int, word: int = m.FAULT) -> None:
        for _ in range(times):
            self.says(word)
            self.says(m.NORMAL)

    def sweep(self, after_s: float = 0) -> None:
        self.now.tick(after_s)
        flapping.look()
        jobs.tell_faults()

    def notices(self, kind: str) -> list[str]:
        query = select(Notice).where(Notice.kind == kind, Notice.person_id == self.guard.id).order_by(Notice.id)
        with db.transaction() as session:
            return [texts.render(kind, "inbox", "en", one.params).title for one in session.scalars(query)]

    def faults(self, *where) -> list[str]:
        with db.transaction() as session:
            return list(session.scalars(select(Fault.kind).where(*where).order_by(Fault.id)))


@pytest.fixture
def panel(tower, box, told) -> Iterator[Panel]:
    with clock.freeze(NOON) as now:
        yield Panel(tower, box, now)


def test_from_the_sixth_time_within_an_hour_it_is_one_fault_with_a_count(panel):
    panel.flaps(5)
    assert panel.faults(Fault.kind == "flapping") == []
    assert len(panel.notices("fault.opened")) == 5
    panel.flaps(10)
    assert panel.faults(Fault.kind == "flapping") == ["flapping"]
    opened = panel.notices("fault.opened")
    assert len(opened) == 6
    assert opened[-1].endswith("west smoke detector: on and off 6 times within an hour")
    assert len(panel.notices("fault.recovered")) == 5


def test_slower_than_that_each_one_is_told(panel):
    for _ in range(10):
        panel.says(m.FAULT, 600)
        panel.says(m.NORMAL, 600)
    assert panel.faults(Fault.kind == "flapping") == []
    assert len(panel.notices("fault.opened")) == len(panel.notices("fault.recovered")) == 10


def test_after_an_hour_of_calm_the_same_people_hear_that_it_is_over(panel):
    panel.flaps(8)
    late = create_member("property", panel.box.scope_path)
    before = len(panel.notices("fault.recovered"))
    panel.sweep(3400)
    assert panel.faults(Fault.recovered_at.is_(None)) == ["flapping"]
    panel.sweep(300)
    assert panel.faults(Fault.recovered_at.is_(None)) == []
    assert len(panel.notices("fault.recovered")) == before + 1
    with db.transaction() as session:
        assert late.id not in session.scalars(select(Notice.person_id).where(Notice.kind == "fault.recovered")).all()
    panel.flaps(1)
    assert panel.notices("fault.opened")[-1].endswith("west smoke detector: fault"), "told again, one by one"


def test_a_fault_that_stays_when_the_flapping_ends_is_told_and_nothing_is_called_well(panel):
    panel.flaps(7)
    panel.says(m.FAULT)
    told = len(panel.notices("fault.opened")), len(panel.notices("fault.recovered"))
    panel.sweep(3700)
    assert panel.faults(Fault.recovered_at.is_(None)) == ["fault"]
    assert panel.notices("fault.opened")[told[0] :] == [panel.notices("fault.opened")[0]]
    assert len(panel.notices("fault.recovered")) == told[1]


def test_nobody_s_forged_danger_keeps_its_faults_silent(panel):
    """One frame an hour from anywhere would do: it does not make a device flap, so it does not keep it flapping."""
    with db.transaction() as session:
        session.merge(panel.box).network = "10.9.9.9"
    for _ in range(8):
        for word in (m.FAULT, m.NORMAL):
            panel.now.tick(120)
            m.arrive(m.component(panel.box.source_address, 17, word), peer="10.9.9.9")
            panel.sweep()
    panel.now.tick(3400)
    m.arrive(m.component(panel.box.source_address, 17, m.FIRE), peer="10.1.1.1")
    panel.sweep(300)
    assert panel.faults(Fault.recovered_at.is_(None)) == []


def test_a_danger_that_flaps_rings_each_time_and_is_a_fault_besides(panel, told):
    panel.flaps(9, m.FIRE)
    assert len([one for one in told if isinstance(one, DangerSensed)]) == 9
    assert panel.faults() == ["flapping"]
    assert len(panel.notices("fault.opened")) == 1


def test_a_detector_that_is_tripped_in_test_does_not_flap(panel):
    with db.transaction() as session:
        session.merge(panel.box).test_until = clock.now() + timedelta(hours=3)
    panel.flaps(9, m.FIRE)
    assert panel.faults() == []


def test_another_device_of_the_same_box_is_told_as_ever(panel, tower):
    panel.flaps(7)
    before = len(panel.notices("fault.opened"))
    m.arrive(m.component(panel.box.source_address, 18, m.FAULT))
    panel.sweep()
    assert len(panel.notices("fault.opened")) == before + 1


def test_how_often_is_a_policy_of_the_place(panel):
    with db.transaction():
        policy.put("faults.flaps_an_hour", panel.box.scope_path, 3)
    panel.flaps(3)
    assert panel.notices("fault.opened")[-1].endswith("on and off 3 times within an hour")


def test_its_card_says_so_until_it_is_calm(panel, client, as_actor):
    as_actor({"devices.see": (panel.box.scope_path,)})

    def is_marked() -> bool:
        return client.get(f"/api/devices/{panel.device.id}").json["is_flapping"]

    panel.flaps(5)
    assert not is_marked()
    panel.flaps(1)
    assert is_marked()
    panel.sweep(3700)
    assert not is_marked()
