"""A push service on loopback, a fan-out that trusts it, and people who have phones."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, text

import notifications
from backend.kernel import clock, config, crypt, db, web
from backend.kernel.ids import new_id
from notifications import sending
from notifications.channels.sender import Sender
from notifications.channels.webpush import Sealer, Vapid
from notifications.fanout import Fanout
from notifications.lanes import Lanes
from notifications.models import Delivery, Notice
from tests.conftest import _with_settings as with_settings
from tests.embedded import Servers
from tests.factories.notifications import contacts_of, create_egress_rule
from tests.sinks.push import PushSink, running

# Children first.
OURS = "deliveries, notices, push_subscriptions, preferences, stream_events, egress_rules, idempotency_keys, heartbeats"


@pytest.fixture(scope="session")
def own_database(servers: Servers) -> Iterator[str]:
    """One database for all tests of this folder that commit; making one for each costs a second."""
    name = f"notices_{new_id().hex}"
    yield servers.create(name)
    servers.drop(name)


@pytest.fixture
def committed_db(own_database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """As everywhere: a database with real commits, empty at first."""
    with with_settings(monkeypatch, DATABASE_URL=own_database):
        with db.transaction() as session:
            session.execute(text("; ".join(f"DELETE FROM {table}" for table in OURS.split(", "))))
        yield own_database


@pytest.fixture(scope="module")
def push_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PushSink]:
    with running(tmp_path_factory.mktemp("push")) as sink:
        yield sink


@pytest.fixture
def sink(push_service: PushSink, committed_db: str) -> PushSink:
    """The push service, allowed by a rule, in a database of its own."""
    push_service.got.clear()
    push_service.answers.clear()
    create_egress_rule("localhost", push_service.port)
    return push_service


@pytest.fixture
def fanout(sink: PushSink) -> Iterator[Fanout]:
    sender, lanes = Sender(str(sink.certificate)), Lanes()
    yield Fanout(sender, Sealer(Vapid(crypt.vapid_key(), "mailto:duty@example.org", clock.now)), lanes)
    sender.close()
    lanes.close()


@pytest.fixture(scope="session")
def app() -> Flask:
    """The leaf alone: its operations need no feature above it."""
    app = Flask(__name__)
    notifications.register(web.set_up(app))
    return app


@pytest.fixture(autouse=True)
def people() -> Iterator[None]:
    with contacts_of():
        yield


@pytest.fixture
def tell() -> Callable[..., int]:
    """tell([person ...], kind=…, step=…, subject_id=…, sms=…) sends in a transaction of its own."""

    def send(who: list[UUID], subject_id: UUID, kind: str = "incident.confirmed", step: str = "ring2.1",
             sms: str = "never", **more: Any) -> int:  # fmt: skip
        to = [sending.Recipient(one, sms=sms) for one in who]
        with db.transaction():
            return sending.send(kind, subject=("incident", subject_id), step=step, recipients=to, **more)

    return send


@pytest.fixture
def deliveries() -> Callable[[], list[Delivery]]:
    def load() -> list[Delivery]:
        with db.transaction() as session:
            return list(session.scalars(select(Delivery).order_by(Delivery.id)))

    return load


@pytest.fixture
def notices() -> Callable[[], list[Notice]]:
    def load() -> list[Notice]:
        with db.transaction() as session:
            return list(session.scalars(select(Notice).order_by(Notice.id)))

    return load


@pytest.fixture
def messages() -> Callable[[], list[dict[str, str]]]:
    """SMS written since the test began."""
    path = config.settings().data_dir / "sms.jsonl"
    path.unlink(missing_ok=True)
    return lambda: [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


@pytest.fixture
def eventually() -> Callable[[Callable[[], Any]], Any]:
    """Wait (at most 20 s) until the condition holds, and return what it gave."""

    def wait(condition: Callable[[], Any], most_s: float = 20.0) -> Any:
        ends = time.monotonic() + most_s
        while not (found := condition()):
            assert time.monotonic() < ends, "it did not happen in time"
            time.sleep(0.02)
        return found

    return wait
