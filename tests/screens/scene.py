"""The scene before the camera: the demo estate, a fire that spreads, a toaster, an exercise, somebody at the door.

All of it is made through the system's own doors: frames over TCP by the drill, and people's calls of the API.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.screens import frames
from tests.stack import ROOT, Person, Stack
from tests.waiting import until

DRILL_S = 300
LONGEST_S = 3600  # what the policies allow
HELP = {"status": "help", "people": 2, "can_walk": False, "smoke": True}
SAFE = range(110, 150)  # whoever of these lives in the burning tower has said safe


@dataclass
class Scene:
    """The ids of what is looked at, and a signed-in person for each role."""

    stack: Stack
    people: dict[str, Person] = field(default_factory=dict)
    fire: str = ""
    suspected: str = ""
    exercise: str = ""
    garage: str = ""
    over: str = ""
    building: str = ""
    device: str = ""
    person: str = ""
    transmitter: str = ""
    dwelling: str = ""
    qr: str = ""
    broken: bool = False

    def by(self, role: str) -> Person:
        """Somebody of this role."""
        if role not in self.people:
            self.people[role] = self.stack.sign_in(self.stack.phone_of(role))
        return self.people[role]

    def cookies(self, role: str) -> list[dict[str, Any]]:
        jar = self.by(role).cookies.get_dict()
        return [{"name": name, "value": value, "url": self.stack.base} for name, value in jar.items()]


def drill(stack: Stack, *names: str) -> None:
    """Let the demo's transmitters report."""
    chosen = [part for name in names for part in ("--only", name)]
    command = [sys.executable, "-m", "backend.demo", "drill", "--fast", *chosen]
    subprocess.run(command, cwd=ROOT, env=stack.env, check=True, timeout=DRILL_S, stdout=subprocess.DEVNULL)


def _items(person: Person, path: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = person.get(path).json()["items"]
    return found


def _say(person: Person, incident: str, verb: str, **body: Any) -> dict[str, Any]:
    answer = person.post(f"/api/incidents/{incident}/{verb}", json=body)
    assert answer.ok, f"{verb}: {answer.text}"
    found: dict[str, Any] = answer.json()
    return found


def play(scene: Scene) -> None:
    """The day that the pictures show."""
    desk = scene.by("control_room")
    if scene.broken:
        frames.mend(scene.stack)
    _take_time(scene)
    _end_something(scene)
    drill(scene.stack, "fire", "pump")
    found = until(lambda: _fire_and_toaster(desk), 60)
    assert found
    scene.fire, scene.suspected = found
    _answer(scene)
    _exercise(scene)
    _look_up(scene)


def break_something(scene: Scene) -> None:
    """A fault that stays until the day goes on."""
    desk = scene.by("control_room")
    # panels that have just come up tell all their points once: what is said before that is said over
    assert until(lambda: not _items(desk, "/api/devices?state=unknown&limit=1"), 60)
    frames.break_down(scene.stack)
    scene.broken = True
    assert until(lambda: _items(desk, "/api/faults?state=open"), 30)


def burn_garage(scene: Scene) -> None:
    """The fire under three towers, when everything else has been looked at."""
    _take_time(scene)
    drill(scene.stack, "garage")
    desk = scene.by("control_room")
    scene.garage = next(
        i["id"] for i in _items(desk, "/api/incidents?state=open") if i["building"]["name"].endswith("地下车库")
    )
    _say(scene.by("station_member"), scene.garage, "acknowledge")
    _say(scene.stack.sign_in("19900000102"), scene.garage, "roll-call", **HELP)
    for number in (103, 104, 105):
        _say(scene.stack.sign_in(f"1990000{number:04d}"), scene.garage, "roll-call", status="safe")


def _take_time(scene: Scene) -> None:
    """The camera needs minutes: nothing may be confirmed meanwhile because nobody answered."""
    for name in ("unacknowledged_s", "unverified_s", "extended_s"):
        wish: dict[str, Any] = {"scope": {"kind": "all", "id": None}, "value": LONGEST_S}
        answer = scene.by("administrator").put(f"/api/policies/incidents.{name}", json=wish)
        assert answer.ok, answer.text


def _end_something(scene: Scene) -> None:
    """One incident with a beginning and an end, for the report."""
    property_, leader = scene.by("property"), scene.by("station_leader")
    building = next(b for b in _items(property_, "/api/buildings?limit=200") if b["name"].endswith("2 号楼"))
    call: dict[str, Any] = {"category": "fire", "place": {"building_id": building["id"]}}
    scene.over = leader.post("/api/incidents", json=call).json()["id"]
    for verb in ("acknowledge", "arrive", "attack", "control"):
        _say(leader, scene.over, verb)
    _dismiss_something(scene)
    result = {"cause": "电动自行车电池", "grade": "small", "loss": "无人员伤亡", "note": "楼道已清理"}
    _say(leader, scene.over, "close", **result)


def _dismiss_something(scene: Scene) -> None:
    """One that two people held for false, for the inspector's list."""
    property_, leader = scene.by("property"), scene.by("station_leader")
    building = next(b for b in _items(property_, "/api/buildings?limit=200") if b["name"].endswith("4 号楼"))
    call: dict[str, Any] = {"category": "fire", "place": {"building_id": building["id"]}}
    incident = property_.post("/api/incidents", json=call).json()["id"]
    _say(property_, incident, "arrive")
    _say(property_, incident, "dismiss", reason="steam", at_scene=True, note="洗澡的水蒸气")
    _say(leader, incident, "approve")


def _fire_and_toaster(desk: Person) -> tuple[str, str] | None:
    open_ones = _items(desk, "/api/incidents?state=open")
    fires = [one["id"] for one in open_ones if one["state"] == "confirmed" and one["category"] == "fire"]
    others = [one["id"] for one in open_ones if one["state"] in ("suspected", "watching")]
    return (fires[0], others[0]) if fires and others else None


def _answer(scene: Scene) -> None:
    """Somebody is on the way, some are safe, one needs help."""
    home_of_fire = scene.by("property").get(f"/api/incidents/{scene.fire}").json()["building"]["id"]
    _say(scene.by("control_room"), scene.suspected, "acknowledge")
    _say(scene.by("station_member"), scene.fire, "acknowledge")
    _say(scene.by("station_leader"), scene.fire, "acknowledge")
    _say(scene.by("station_leader"), scene.fire, "arrive")
    _say(scene.stack.sign_in("19900000102"), scene.fire, "roll-call", **HELP)
    for number in (103, 104, 105, *SAFE):
        neighbour = scene.stack.sign_in(f"1990000{number:04d}")
        homes = neighbour.get("/api/me").json()["homes"]
        if any(home["building"]["id"] == home_of_fire for home in homes):
            _say(neighbour, scene.fire, "roll-call", status="safe")


def _exercise(scene: Scene) -> None:
    leader = scene.by("station_leader")
    building = next(b for b in _items(leader, "/api/buildings?limit=200") if b["name"].endswith("3 号楼"))
    answer = leader.post("/api/exercises", json={"building_id": building["id"]})
    assert answer.ok, answer.text
    scene.exercise = answer.json()["id"]


def _look_up(scene: Scene) -> None:
    admin, property_ = scene.by("administrator"), scene.by("property")
    incident = property_.get(f"/api/incidents/{scene.fire}").json()
    scene.building = incident["building"]["id"]
    devices = _items(property_, f"/api/devices?building={scene.building}&kind=pump&limit=10")
    scene.device = (devices or _items(property_, f"/api/devices?building={scene.building}&limit=1"))[0]["id"]
    scene.person = _items(admin, "/api/people?phone=19900000003")[0]["id"]
    scene.transmitter = _items(admin, "/api/transmitters?limit=10")[0]["id"]
    scene.dwelling = scene.by("resident").get("/api/me").json()["homes"][0]["dwelling"]["id"]
    code = property_.get(f"/api/buildings/{scene.building}/qr").json()
    scene.qr = code["token"]
    waiting = scene.stack.sign_in("19900000150")
    number = property_.get(f"/api/buildings/{scene.building}").json()["dwellings"][0]["number"]
    waiting.post("/api/residencies", json={"qr": scene.qr, "number": number})


MOMENTS: dict[str, Callable[[Scene], None]] = {
    "calm": lambda _scene: None,
    "fault": break_something,
    "day": play,
    "garage": burn_garage,
}
