"""Ten thousand phones through the running system: who writes them, and what the table says afterwards."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.bench.figures import ROOT
from tests.sinks.browser import Browser, to_text
from tests.stack import Stack
from tests.waiting import until

CHUNK = 500
# Runs in a process of its own with the stack's settings, as a job of incidents would.
WRITER = """
import json, sys, uuid
from backend.kernel import clock, db
import notifications
people = [uuid.UUID(line) for line in sys.stdin.read().split()]
subject, first, started = ("incident", uuid.uuid4()), None, clock.now()
for start in range(0, len(people), {chunk}):
    with db.transaction():
        to = [notifications.Recipient(one, sms="never") for one in people[start:start + {chunk}]]
        params = {{"place": "3栋18层", "verbs": ["safe", "help"]}}
        notifications.send("incident.confirmed", subject=subject, step="ring2.1", recipients=to, params=params)
    first = first or clock.now()
print(json.dumps([started.timestamp(), first.timestamp(), clock.now().timestamp()]))
"""


@dataclass(frozen=True)
class Took:
    """Seconds. `first_s` and `last_s` from the commit of the first and the last chunk."""

    first_s: float
    last_s: float
    writing_s: float
    delivering_s: float


def measure(phones: int) -> Took:
    """Start the system, give it phones on the sink, tell them all, wait until all are accepted."""
    from tests.bench.push import sink

    with tempfile.TemporaryDirectory() as folder, sink(Path(folder), 0.0) as (origin, ca):
        stack = Stack(Path(folder), PUSH_CA_FILE=ca)
        with stack.running():
            people = _subscribe(stack, origin, phones)
            command = [sys.executable, "-c", WRITER.format(chunk=CHUNK)]
            done = subprocess.run(
                command, input="\n".join(people), capture_output=True, text=True, env=stack.env, cwd=ROOT, check=False
            )
            assert done.returncode == 0, done.stderr[-2000:]
            started, first, last = json.loads(done.stdout.strip().splitlines()[-1])
            until(lambda: stack.sql("SELECT count(*) FROM deliveries WHERE state = 'accepted'")[0][0] >= phones, 120)
            query = "SELECT extract(epoch FROM min(accepted_at)), extract(epoch FROM max(accepted_at)) FROM deliveries"
            begun, ended = (float(value) for value in stack.sql(query)[0])
    return Took(begun - first, ended - last, last - started, ended - begun)


def _subscribe(stack: Stack, origin: str, count: int) -> list[str]:
    browser = Browser()
    port = int(origin.rpartition(":")[2])
    stack.sql("INSERT INTO egress_rules VALUES (gen_random_uuid(), 'localhost', %s, false, 'bench')", port)
    stack.sql(
        "INSERT INTO push_subscriptions"
        " (id, person_id, endpoint, p256dh, auth, user_agent, created_at, seen_at, failures)"
        " SELECT gen_random_uuid(), gen_random_uuid(), %s || '/push/' || n, %s, %s, '', now(), now(), 0"
        " FROM generate_series(1, %s) n",
        *(origin, to_text(browser.public), to_text(browser.auth), count),
    )
    return [str(row[0]) for row in stack.sql("SELECT person_id FROM push_subscriptions")]
