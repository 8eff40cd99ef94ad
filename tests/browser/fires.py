"""Fires for the browser tests: a frame over TCP, what the server made of it, and the push that a person got of it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import Any, TypeVar
from uuid import UUID

from requests import Response

from backend.demo.devices import Point, planned
from tests import rehearsal
from tests.rehearsal import Panels
from tests.sinks.browser import Browser as Keys
from tests.sinks.push import PushSink
from tests.stack import Person, Stack
from tests.waiting import until

T = TypeVar("T")
ENDS = ("acknowledge", "arrive", "confirm", "control", "close")  # those that are done already are refused


def aside(do: Callable[[], T]) -> T:
    """In a thread of its own: Playwright's event loop holds this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(do).result()


class Fires:
    """What burns in the demo, told by its own panels. One fire a tower: what still burns there is ended first, since
    the next signal would join it. Tests of one tower keep three floors apart: a fire near one just ended is that one.
    """

    def __init__(self, stack: Stack, sink: PushSink) -> None:
        self.stack, self.sink = stack, sink
        self.keys: dict[str, Keys] = {}

    def ring(self, person: Person) -> str:
        """Give this person a phone that the sink answers for; its name there."""
        me = str(person.get("/api/me").json()["id"])
        if me not in self.keys:
            self.keys[me] = rehearsal.subscribe(self.stack, self.sink, UUID(me), me)
        return me

    def burn(self, tower: str, component: int, ordinal: int) -> str:
        """A point of this floor reports fire over TCP; the id of the incident that came of it."""
        self.put_out(tower)
        return self.another(tower, component, ordinal)

    def another(self, tower: str, component: int, ordinal: int) -> str:
        """As `burn`, while what burns there goes on."""
        point = self._point(tower, component, ordinal)

        async def tell() -> None:
            panels = Panels(self.stack)
            try:
                await panels.report(point)
            finally:
                await panels.close()

        before = self._known(tower)
        aside(lambda: asyncio.run(tell()))
        near = "is a fire of this tower within two floors among the ones that other tests have just ended?"
        return str(until(lambda: next(iter(self._known(tower) - before), None), explain=lambda: near))

    def burning(self, tower: str, component: int, ordinal: int) -> str:
        """What burns in this tower already, else a new fire: for who only looks."""
        asked = "SELECT i.id FROM incidents i JOIN buildings b ON b.id = i.building_id "
        found = self.stack.sql(asked + "WHERE b.name LIKE %s AND i.state = 'confirmed'", f"%{tower} 号楼")
        return str(found[0][0]) if found else self.burn(tower, component, ordinal)

    def message(self, name: str, incident: str) -> str:
        """The plaintext of the newest push about `incident` that the sink got for `name`: really decrypted."""

        def newest() -> str | None:
            bodies = [self.keys[name].open(request.body).decode() for request in self.sink.requests(name)]
            about = [b for b in bodies if json.loads(b)["notification"]["data"].get("incident_id") == incident]
            return about[-1] if about else None

        return str(until(newest))

    def delivery(self, notice: str) -> dict[str, Any]:
        """The push of one notice as the server knows it: state, received_at, shown_at, answered_at."""
        names = ("state", "received_at", "shown_at", "opened_at", "answered_at")
        asked = f"SELECT {', '.join(names)} FROM deliveries WHERE notice_id = %s AND channel = 'push'"
        rows = self.stack.sql(asked, notice)
        return dict(zip(names, rows[0], strict=True)) if rows else {}

    def _point(self, tower: str, component: int, ordinal: int) -> Point:
        return next(
            p for p in planned() if (p.building, p.component, p.ordinal, p.flat) == (tower, component, ordinal, None)
        )

    def say(self, incident: object, *verbs: str) -> list[Response]:
        """The station's leader says these, one after the other."""
        return [self._leader.post(f"/api/incidents/{incident}/{verb}", json={}) for verb in verbs]

    def put_out(self, tower: str = "") -> None:
        """End what burns in this tower, or in all."""
        asked = "SELECT i.id FROM incidents i JOIN buildings b ON b.id = i.building_id WHERE b.name LIKE %s AND {}"
        open_ones = asked.format("i.state IN ('suspected', 'watching', 'confirmed', 'controlled', 'false_alarm')")
        for (incident,) in self.stack.sql(open_ones, f"%{tower} 号楼"):
            said = self.say(incident, *ENDS)
            (state,) = self.stack.sql("SELECT state FROM incidents WHERE id = %s", incident)
            assert state == ("closed",), self._story(incident, said)

    def _story(self, incident: UUID, said: list[Response]) -> str:
        """What was answered and what the timeline holds, for who must find out why it did not end."""
        asked = "SELECT at, verb, branch, params FROM incident_entries WHERE incident_id = %s ORDER BY at, id"
        answers = [f"{a.status_code} {a.text[:200]}" for a in said]
        return "\n".join([*answers, *(str(row) for row in self.stack.sql(asked, incident))])

    @cached_property
    def _leader(self) -> Person:
        return self.stack.sign_in(self.stack.phone_of("station_leader"))

    def _known(self, tower: str) -> set[Any]:
        asked = "SELECT i.id FROM incidents i JOIN buildings b ON b.id = i.building_id WHERE b.name LIKE %s"
        return {one for (one,) in self.stack.sql(asked, f"%{tower} 号楼")}
