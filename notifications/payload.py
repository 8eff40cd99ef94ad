"""What a phone gets: declarative web push JSON (Push API, "declarative push message"), so that an iPhone shows it
even if the service worker fails; `mutable` lets the worker run first and report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from backend.kernel import crypt
from notifications import texts
from notifications.kinds import KINDS

# One record takes 3993 octets; the documents of Mozilla's service say 4028 for the body: we stay well below.
MAX_PAYLOAD = 3_072
ACTION_S = 1_800
RECEIPT_GRACE_S = 86_400  # a phone that was off reports when it comes back
# What a button does: the verb its token opens, and the body it posts. `help` has a form, so it only opens the app.
BUTTONS: dict[str, tuple[str, dict[str, Any]] | None] = {
    "acknowledge": ("acknowledge", {}),
    "arrive": ("arrive", {}),
    "confirm": ("confirm", {}),
    "safe": ("roll-call", {"status": "safe"}),
    "help": None,
}


@dataclass(frozen=True)
class Told:
    """One notice on its way to one phone."""

    delivery_id: UUID
    notice_id: UUID
    person_id: UUID
    kind: str
    subject_kind: str
    subject_id: UUID
    step: str
    params: Mapping[str, Any]
    urgency: str
    created_at: datetime
    language: str = "zh"
    is_short: bool = False


def url_of(kind: str, subject_id: UUID, params: Mapping[str, Any]) -> str:
    """The page a tap opens, from the root of our own site; a sender's `url` must be such a path too."""
    given = params.get("url")
    if isinstance(given, str) and given.startswith("/") and not given.startswith("//"):
        return given
    return KINDS[kind].url.format(subject_id=subject_id)


def receipt_token(delivery_id: UUID) -> str:
    """An HMAC of one delivery with an end; it can only move that delivery forward."""
    return crypt.sign("receipt", {"d": str(delivery_id)}, ACTION_S + RECEIPT_GRACE_S)


def build(told: Told, public_url: str) -> bytes:
    """The payload, at most MAX_PAYLOAD octets: what does not fit is left out, first the incident's details,
    then the buttons; the short form has none of them from the start."""
    text = texts.render(told.kind, "push", told.language, told.params)
    if not told.is_short:
        incident = texts.localise(told.params.get("incident"), told.language) or {}
        core = {name: incident[name] for name in ("id", "category", "state", "words") if name in incident}
        for part, has_buttons in ((incident, True), (core, True), ({}, True), ({}, False)):
            body = _encode(told, text.title, text.body, public_url, part, has_buttons)
            if len(body) <= MAX_PAYLOAD:
                return body
    return _encode(told, text.title[:40], (text.short or text.body)[:80], public_url, {}, False)


def _encode(told: Told, title: str, body: str, public_url: str, incident: Any, has_buttons: bool) -> bytes:
    url = public_url + url_of(told.kind, told.subject_id, told.params)
    data: dict[str, Any] = {
        "notice_id": told.notice_id,
        "kind": told.kind,
        "urgency": told.urgency,
        "at": told.created_at,
        "url": url,
        "subject": {"kind": told.subject_kind, "id": told.subject_id},
        "receipt": receipt_token(told.delivery_id),
    }
    notification: dict[str, Any] = {
        "title": title,
        "body": body,
        "navigate": url,
        "lang": "en" if told.language == "en" else "zh-CN",
        "dir": "ltr",
        "tag": f"{told.subject_kind}-{told.subject_id}",
        "renotify": True,
        "silent": False,
        "requireInteraction": told.urgency == "alarm",
    }
    if told.subject_kind == "incident":
        data["incident_id"] = told.subject_id
    if has_buttons:
        notification["actions"], data["actions"] = _buttons(told, url)
    if incident:
        data["incident"] = incident
    message = {"web_push": 8030, "mutable": True, "notification": notification | {"data": data}}
    return orjson.dumps(message, option=orjson.OPT_UTC_Z)


def _buttons(told: Told, url: str) -> tuple[list[dict[str, str]], dict[str, Any]]:
    """At most two are shown (Notification.maxActions), so the sender's first two count."""
    shown, acts = [], {}
    for verb in [verb for verb in told.params.get("verbs", []) if verb in BUTTONS][:2]:
        to = f"{url}?do={verb}"
        shown.append({"action": verb, "title": texts.verb_title(verb, told.language), "navigate": to})
        if button := BUTTONS[verb]:
            acts[verb] = _act(told, *button)
    return shown, acts


def _act(told: Told, verb: str, body: dict[str, Any]) -> dict[str, Any]:
    claims = {"person": str(told.person_id), "verb": verb, "incident": str(told.subject_id)}
    token = crypt.sign("action", claims, ACTION_S)
    return {"url": f"/api/incidents/{told.subject_id}/{verb}", "token": token, "body": body}
