"""Silence of our own processes is told to the administrators once, and its end to the same people."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import select

from backend.kernel import beat, clock, db
from backend.monitoring import watchmen
from notifications.models import Notice
from tests.factories.accounts import create_member

NOON = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)


def kinds(db_session) -> list[str]:
    return list(db_session.scalars(select(Notice.kind).order_by(Notice.created_at, Notice.kind.desc())))


def beating() -> None:
    with db.transaction():
        beat.beat("gateway")


def test_lost_and_back_again_and_again(db_session):
    create_member("administrator", "/")
    create_member("property", "/44/")
    with clock.freeze(NOON) as at:
        beating()
        for _ in range(2):
            at.tick(10)
            watchmen.look_at("gateway", is_new=False)
            assert kinds(db_session) in ([], ["watch.lost", "watch.back"])
            before = len(kinds(db_session))
            for _ in range(3):
                at.tick(10)
                watchmen.look_at("gateway", is_new=False)
            assert len(kinds(db_session)) == before + 1
            beating()
            for _ in range(2):
                watchmen.look_at("gateway", is_new=False)
            assert len(kinds(db_session)) == before + 2
            at.tick(1)
            beating()
    lost = db_session.scalars(select(Notice).where(Notice.kind == "watch.lost")).first()
    assert lost.params == {"component": watchmen.NAMES["gateway"], "since": "12:00"}


def test_while_we_are_new_ourselves_nobody_is_told(db_session):
    create_member("administrator", "/")
    with clock.freeze(NOON) as at:
        beating()
        at.tick(100)
        watchmen.look_at("gateway", is_new=True)
        watchmen.look_at("nobody", is_new=False)
    assert kinds(db_session) == []
