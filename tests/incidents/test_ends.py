"""Everybody who was told hears the end, once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, update

from backend.incidents import jobs
from backend.incidents.intake import locked
from backend.incidents.models import RingStep
from backend.incidents.spreading import expand_chunk
from backend.incidents.states import Verb
from backend.kernel import db
from notifications.models import Delivery, Notice
from tests.factories.incidents import create_incident, create_watch
from tests.factories.notifications import create_subscription
from tests.factories.places import create_building, create_resident, find_dwelling
from tests.incidents.test_rings import say, told

pytestmark = pytest.mark.usefixtures("db_session")


@pytest.mark.committed
def test_a_tower_is_told_while_somebody_holds_its_incident() -> None:
    """The cursor's row refers to the incident: it waited for whoever was ending it, and that one for the cursor.

    One of the two was shot by the database: "close" was an error at the desk, in the minute it is most tapped.
    """
    watch = create_watch()
    incident = create_incident(watch.tower, 3, evidence="confirm")
    with db.transaction() as session:
        row = session.scalars(select(RingStep.id).filter_by(incident_id=incident.id, step="ring2.0")).one()
    assert expand_chunk(row)
    with ThreadPoolExecutor(1) as pool, db.transaction():
        locked(incident.id)
        assert not pool.submit(expand_chunk, row).result(10), "the last look found nobody"


def expand_all() -> None:
    with db.transaction() as session:
        waiting = list(session.scalars(select(RingStep.id).where(RingStep.done_at.is_(None))))
    for one in waiting:
        jobs.expand(one)


def all_leave() -> None:
    """Whatever waits has been handed to its push service or provider."""
    with db.transaction() as session:
        session.execute(update(Delivery).values(state="accepted"))


def test_an_all_clear_that_a_new_danger_overtook_is_told_with_the_next_one() -> None:
    """The tower had heard of a fire; its end was still on its way when a lesser thing opened the incident again."""
    watch = create_watch()
    incident = create_incident(watch.tower, 3, evidence="confirm")
    expand_all()
    everybody = told(incident, "ring2.0")
    say(watch, "property", incident, Verb.DISMISS, reason="cooking", at_scene=True)
    say(watch, "leader", incident, Verb.APPROVE)
    again = create_incident(watch.tower, 3)
    assert (again.id, again.round, again.state) == (incident.id, 1, "suspected")
    expand_all()
    assert not told(again, "end.0")
    say(watch, "property", again, Verb.DISMISS, reason="cooking", at_scene=True)
    expand_all()
    assert told(again, "end.1") == everybody
    all_leave()
    third = create_incident(watch.tower, 3)
    say(watch, "property", third, Verb.DISMISS, reason="cooking", at_scene=True)
    expand_all()
    assert told(third, "end.2") == told(third, "ring0.2"), "who has heard the end hears no second one"


def test_an_all_clear_that_never_left_is_none() -> None:
    watch = create_watch()
    create_subscription(watch.people["upstairs"].id, "https://push.example.org/upstairs")
    incident = create_incident(watch.tower, 3, evidence="confirm")
    expand_all()
    say(watch, "property", incident, Verb.DISMISS, reason="cooking", at_scene=True)
    say(watch, "leader", incident, Verb.APPROVE)
    expand_all()
    again = create_incident(watch.tower, 3)  # before anything was sent
    say(watch, "property", again, Verb.DISMISS, reason="cooking", at_scene=True)
    expand_all()
    assert watch.people["upstairs"].id in told(again, "end.1")


def test_who_got_no_sms_to_be_ready_gets_none_that_it_is_over() -> None:
    """All the other towers of an estate would read of the end of a fire that they had never heard of."""
    watch = create_watch()
    beside = create_resident(find_dwelling(create_building("9 栋", watch.estate), "201")).id
    incident = create_incident(watch.tower, 3, evidence="confirm")
    expand_all()
    say(watch, "property", incident, Verb.DISMISS, reason="cooking", at_scene=True)
    say(watch, "leader", incident, Verb.APPROVE)
    expand_all()
    assert beside in told(incident, "end.0")
    with db.transaction() as session:
        texts = (
            select(Notice.person_id).join(Delivery, Delivery.notice_id == Notice.id).where(Delivery.channel == "sms")
        )
        ends = set(session.scalars(texts.where(Notice.step == "end.0")))
    assert watch.people["upstairs"].id in ends and beside not in ends
