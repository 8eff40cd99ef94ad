"""A tower with its transmitter, and an ear for what monitoring publishes."""

from __future__ import annotations

import pytest

from backend.kernel import events
from backend.monitoring.events import DangerSensed, EvidenceSeen
from tests.factories import monitoring as m
from tests.factories.places import create_building


@pytest.fixture
def told(db_session, monkeypatch):
    """What monitoring publishes, in order."""
    found: list[object] = []
    listeners = {kind: [found.append] for kind in (DangerSensed, EvidenceSeen)}
    monkeypatch.setattr(events, "_handlers", listeners)
    return found


@pytest.fixture
def tower(db_session):
    return create_building()


@pytest.fixture
def box(tower):
    return m.create_transmitter(building=tower)
