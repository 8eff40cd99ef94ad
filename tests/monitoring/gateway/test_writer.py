"""The writing thread's own promises."""

from __future__ import annotations

from sqlalchemy import func, select

from backend.kernel import db
from backend.monitoring.gateway import frames
from backend.monitoring.models import RawFrame, Signal
from tests.factories import monitoring as m
from tests.monitoring.gateway.conftest import read_frames


def test_a_danger_sent_again_before_its_commit_is_stored_once_and_confirmed_each_time(gateway):
    """Several dangers share a commit; a box on a slow link sends them again before the first is confirmed."""
    box = m.create_transmitter()
    fires = [m.component(box.source_address, n, serial=n) for n in (1, 2)]
    with gateway.connect() as sock:
        sock.sendall(b"".join(fires * 3))
        answers = read_frames(sock, 6)
    assert [a.command for a in answers] == [frames.CONFIRM] * 6
    with db.transaction(read_only=True) as session:
        stored = select(func.count()).select_from(RawFrame).where(RawFrame.outcome == "stored")
        assert session.scalar(stored) == 2
        assert session.scalar(select(func.count()).select_from(Signal)) == 2
