"""The building's rotating QR code."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from backend.kernel import clock, db
from backend.places import qr
from backend.places.errors import QrExpired, QrUnknown
from backend.places.models import Building
from tests.factories.places import create_building

pytestmark = pytest.mark.usefixtures("db_session")
# A day on which a period of 90 days begins.
START = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=90 * 230)


def test_a_code_works_in_its_period_and_in_the_grace_after_it():
    building = create_building()
    with db.transaction(), clock.freeze(START) as now:
        token = qr.token(building)
        until = qr.valid_until(building)
        assert qr.building_of(token).id == building.id
        assert qr.building_of(qr.address(building)).id == building.id
        assert until == START + timedelta(days=104)
        now.tick((until - START).total_seconds() - 1)
        assert qr.building_of(token).id == building.id
        assert qr.token(building) != token
        now.tick(1)
        with pytest.raises(QrExpired):
            qr.building_of(token)


def test_a_replaced_code_is_worthless_at_once():
    building = create_building()
    with db.transaction() as session:
        token = qr.token(building)
        session.get_one(Building, building.id).revoke_codes()
        session.flush()
        with pytest.raises(QrUnknown):
            qr.building_of(token)


@pytest.mark.parametrize("forged", ["", "x", "https://example.org/q/", "é" * 38, "A" * 38, "A" * 5000])
def test_what_is_no_code_is_unknown(forged: str):
    with db.transaction(), pytest.raises(QrUnknown):
        qr.building_of(forged)


def test_a_changed_byte_is_no_code():
    building = create_building()
    with db.transaction():
        token = qr.token(building)
        for at in (0, 20, 23, 36):
            changed = token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :]
            with pytest.raises(QrUnknown):
                qr.building_of(changed)


def test_the_picture_is_svg():
    with db.transaction():
        assert b"<svg" in qr.svg(create_building())
