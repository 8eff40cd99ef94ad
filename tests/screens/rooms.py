"""The screens: where each is, who looks at it, and what must stand on it before the picture is taken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.screens.scene import Scene

Path = Callable[[Scene], str]


@dataclass(frozen=True)
class Screen:
    """`who` is a role of the demo ("" is somebody signed out); `tap` opens something before the picture;
    `moment` is when of the scene's day it is taken.
    """

    name: str
    who: str
    path: Path
    tap: str = ""
    moment: str = "day"


def at(path: str) -> Path:
    return lambda _scene: path


SCREENS = (
    Screen("sign-in", "", at("/sign-in")),
    Screen("home-well", "resident", at("/"), moment="calm"),
    Screen("watch-calm", "control_room", at("/watch"), moment="calm"),
    Screen("home-fault", "resident", at("/"), moment="fault"),
    Screen("watch-fault", "control_room", at("/watch"), moment="fault"),
    Screen("fire-resident", "resident", lambda s: f"/fire/{s.fire}"),
    Screen("fire-here", "resident", at("/fire-here")),
    Screen("inbox", "resident", at("/inbox")),
    Screen("me", "resident", at("/me")),
    Screen("alarm-test", "resident", at("/me/test")),
    Screen("sessions", "resident", at("/me/sessions")),
    Screen("household", "resident", lambda s: f"/me/home/{s.dwelling}"),
    Screen("join", "resident", at("/join")),
    Screen("qr-page", "", lambda s: f"/q/{s.qr}"),
    Screen("qr-fire", "", lambda s: f"/q/{s.qr}/fire"),
    Screen("watch-station", "station_member", at("/watch")),
    Screen("watch-property", "property", at("/watch")),
    Screen("watch-grid", "grid_worker", at("/watch")),
    Screen("watch-police", "police", at("/watch")),
    Screen("watch-inspector", "inspector", at("/watch")),
    Screen("case-confirmed", "station_member", lambda s: f"/incidents/{s.fire}"),
    Screen("case-suspected", "control_room", lambda s: f"/incidents/{s.suspected}"),
    Screen("case-exercise", "station_leader", lambda s: f"/incidents/{s.exercise}"),
    Screen("case-garage", "station_leader", lambda s: f"/incidents/{s.garage}", moment="garage"),
    Screen("case-more", "station_leader", lambda s: f"/incidents/{s.fire}", tap='[data-act="more"]'),
    Screen("case-dismiss", "control_room", lambda s: f"/incidents/{s.suspected}", tap='[data-act="dismiss"]'),
    Screen("case-call", "control_room", lambda s: f"/incidents/{s.fire}", tap='[data-act="call"]'),
    Screen("doors", "station_leader", lambda s: f"/incidents/{s.fire}/doors"),
    Screen("report", "inspector", lambda s: f"/incidents/{s.over}/report"),
    Screen("closed", "inspector", at("/closed")),
    Screen("dismissals", "inspector", at("/dismissals")),
    Screen("exercise", "property", at("/exercise")),
    Screen("facilities", "property", lambda s: f"/facilities?building={s.building}"),
    Screen("facilities-water", "property", lambda s: f"/facilities?building={s.building}&system=water"),
    Screen("device", "property", lambda s: f"/facilities/devices/{s.device}"),
    Screen("admin", "administrator", at("/admin")),
    Screen("admin-people", "administrator", at("/admin/people")),
    Screen("admin-person", "administrator", lambda s: f"/admin/people/{s.person}"),
    Screen("admin-places", "administrator", at("/admin/places")),
    Screen("admin-transmitters", "administrator", at("/admin/transmitters")),
    Screen("admin-transmitter", "administrator", lambda s: f"/admin/transmitters/{s.transmitter}"),
    Screen("admin-policies", "administrator", at("/admin/policies")),
    Screen("admin-transfers", "administrator", at("/admin/transfers")),
    Screen("admin-admissions", "property", at("/admin/admissions")),
    Screen("not-found", "resident", at("/nowhere")),
)

# The twelve for the README: (screen, look)
CHOSEN = (
    ("home-well", "zh-standard-light-390"),
    ("home-fault", "zh-standard-light-390"),
    ("fire-resident", "zh-standard-light-390"),
    ("fire-resident", "en-large-dark-390"),
    ("case-confirmed", "zh-standard-light-390"),
    ("case-garage", "zh-standard-light-390"),
    ("facilities", "zh-standard-light-390"),
    ("alarm-test", "zh-standard-light-390"),
    ("watch-calm", "zh-standard-light-1280"),
    ("watch-calm", "en-standard-dark-1280"),
    ("case-confirmed", "zh-standard-light-1280"),
    ("case-confirmed", "en-standard-dark-1280"),
)
