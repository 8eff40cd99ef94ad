"""Policies, the audit trail, heartbeats: rows of the kernel."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from backend.kernel import access, audit, beat, clock, db, policy
from backend.kernel.audit import AuditEntry
from backend.kernel.errors import NotFound
from backend.kernel.ids import new_id

policy.declare("test.wait_s", 60, "only for tests")


def test_the_most_specific_policy_wins(db_session):
    with db.transaction():
        assert policy.get("test.wait_s", "/33/3301/") == 60
        policy.put("test.wait_s", "/33/", 90)
        policy.put("test.wait_s", "/33/3301/", 30)
        assert policy.get("test.wait_s", "/33/3301/e/b/") == 30
        assert policy.get("test.wait_s", "/33/3302/") == 90
        assert policy.get("test.wait_s", "/44/") == 60


def test_changing_a_policy_is_audited_with_before_and_after(db_session):
    who = access.Actor(new_id())
    with access.acting_as(who), db.transaction() as session:
        policy.put("test.wait_s", "/33/", 90)
        entry = session.scalars(select(AuditEntry)).one()
    assert (entry.person_id, entry.action, entry.details) == (
        who.person_id,
        "policies.put",
        {"before": 60, "after": 90},
    )


def test_unknown_policies_are_refused(db_session):
    with pytest.raises(NotFound), db.transaction():
        policy.put("test.nothing", "/", 1)


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_entries SET action='x'", "DELETE FROM audit_entries", "TRUNCATE audit_entries"]
)
def test_the_audit_trail_is_append_only(db_session, statement):
    with db.transaction():
        audit.record("x", "y", "z")
    with pytest.raises(DBAPIError, match="append only"), db.transaction() as session:
        session.execute(text(statement))


def test_heartbeats_know_their_age_and_their_gaps(db_session):
    start = clock.now()
    with clock.freeze(start) as frozen, db.transaction():
        assert beat.beat("gateway") == 0
        frozen.tick(20)
        assert beat.beat("gateway", frames=3) == 0
        assert beat.ages() == {"gateway": 0}
        frozen.tick(45)
        assert beat.ages() == {"gateway": 45}
        assert beat.beat("gateway") == 45
        row = db.session().get_one(beat.Heartbeat, "gateway", populate_existing=True)
        assert (row.gap_s, row.gap_at) == (45, start + timedelta(seconds=65))
