"""The kinds of notices: how urgent, and where a tap leads. Texts are in templates/, one file per language."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """`url` may use {subject_id} and the params. `ttl_s`: how long it is worth delivering."""

    urgency: str = "normal"
    url: str = "/inbox"
    ttl_s: int = 86_400
    is_exempt: bool = False  # passes quiet hours although it is no alarm
    sms: str = "never"  # unless the sender says otherwise for a recipient


INCIDENT = "/i/{subject_id}"
ALARM = Kind("alarm", INCIDENT, 1_800, sms="fallback")
NEWS = Kind("normal", INCIDENT, 14_400, is_exempt=True)

KINDS: dict[str, Kind] = {
    "incident.suspected": ALARM,
    "incident.unanswered": ALARM,
    "incident.confirmed": ALARM,
    "incident.next": ALARM,
    "incident.help": ALARM,
    "incident.over": Kind("alarm", INCIDENT, 14_400, sms="fallback"),
    "incident.false_alarm": Kind("alarm", INCIDENT, 14_400, sms="fallback"),
    "rollcall.asked": ALARM,
    "rollcall.help": ALARM,
    "exercise.planned": Kind(),
    "exercise.started": ALARM,
    "exercise.over": NEWS,
    "exercise.cancelled": ALARM,
    "fault.opened": Kind(),
    "fault.recovered": Kind(),
    "transmitter.silent": Kind(sms="fallback"),
    "transmitter.back": Kind(),
    "quarantine.found": Kind(is_exempt=True),
    "watch.lost": Kind("alarm", "/inbox", 3_600, sms="now"),
    "watch.back": Kind(is_exempt=True),
    "test.alarm": Kind("alarm", "/me/test", 300),
    "admission.asked": Kind(),
    "admission.decided": Kind(),
    "import.finished": Kind(),
    "export.finished": Kind(),
}
