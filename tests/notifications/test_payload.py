"""What a phone gets: declarative, bounded, complete for the fire screen, and able to act by itself."""

import json
from typing import Any

import pytest

from backend.kernel import clock, crypt
from backend.kernel.ids import new_id
from notifications import payload
from notifications.payload import MAX_PAYLOAD, Told

PUBLIC = "https://watch.example"
WORDS = {"situation": "below", "what": "21 层着火", "where": "在您家楼下 3 层",
         "steps": [{"title": "关门", "detail": "用湿毛巾堵门缝"}]}  # fmt: skip


def told(**changes: Any) -> Told:
    values: dict[str, Any] = {
        "delivery_id": new_id(), "notice_id": new_id(), "person_id": new_id(), "kind": "incident.confirmed",
        "subject_kind": "incident", "subject_id": new_id(), "step": "ring2.1",
        "params": {"place": "3栋18层", "verbs": ["safe", "help"]}, "urgency": "alarm", "created_at": clock.now(),
    }  # fmt: skip
    return Told(**(values | changes))


def built(one: Told) -> dict[str, Any]:
    body = payload.build(one, PUBLIC)
    assert len(body) <= MAX_PAYLOAD
    return dict(json.loads(body))


def test_it_is_declarative_and_shows_without_a_service_worker() -> None:
    one = told()
    message = built(one)
    note = message["notification"]
    assert (message["web_push"], message["mutable"]) == (8030, True)
    assert note["title"] == "3 栋 18 层起火" and note["body"] and note["lang"] == "zh-CN"
    assert note["navigate"] == f"{PUBLIC}/i/{one.subject_id}"
    assert note["requireInteraction"] is True and note["silent"] is False
    assert [(a["action"], a["title"]) for a in note["actions"]] == [("safe", "我已安全"), ("help", "需要帮助")]
    assert all(action["navigate"].startswith(note["navigate"]) for action in note["actions"])


def test_the_data_carries_what_the_worker_needs() -> None:
    incident = {"id": "i", "category": "fire", "state": "confirmed", "words": {"zh": WORDS, "en": {"what": "Fire"}}}
    one = told(params={"place": "3栋18层", "verbs": ["acknowledge"], "incident": incident})
    data = built(one)["notification"]["data"]
    assert data["incident"]["words"] == WORDS
    assert data["notice_id"] == str(one.notice_id) and data["incident_id"] == str(one.subject_id)
    assert crypt.verify("receipt", data["receipt"]) == {"d": str(one.delivery_id), "exp": pytest.approx(
        clock.now().timestamp() + 88_200, abs=30)}  # fmt: skip
    act = data["actions"]["acknowledge"]
    assert act["url"] == f"/api/incidents/{one.subject_id}/acknowledge" and act["body"] == {}
    claims = crypt.verify("action", act["token"])
    assert claims and claims["person"] == str(one.person_id) and claims["verb"] == "acknowledge"
    assert claims["incident"] == str(one.subject_id)


def test_safe_is_a_roll_call_and_help_opens_its_form() -> None:
    data = built(told())["notification"]["data"]
    assert data["actions"]["safe"]["url"].endswith("/roll-call") and data["actions"]["safe"]["body"] == {
        "status": "safe"
    }
    assert "help" not in data["actions"]


def test_english_readers_get_english() -> None:
    params = {"place": {"zh": "3栋", "en": "Tower 3"}, "verbs": ["safe"], "incident": {"words": {"zh": 1, "en": 2}}}
    note = built(told(language="en", params=params))["notification"]
    assert note["title"] == "Tower 3: fire" and note["lang"] == "en" and note["actions"][0]["title"] == "I am safe"
    assert note["data"]["incident"]["words"] == 2


def test_what_does_not_fit_is_left_out_in_order() -> None:
    words = {"words": WORDS, "id": "i", "category": "fire", "state": "confirmed"}
    params = {"place": "3栋18层", "verbs": ["safe"], "incident": {**words, "timeline": "长" * 2000}}
    data = built(told(params=params))["notification"]["data"]
    assert data["incident"] == words and data["actions"]
    params["incident"] = {**words, "words": "长" * 2000}
    data = built(told(params=params))["notification"]["data"]
    assert "incident" not in data and data["actions"] and data["receipt"]
    built(told(params={"place": "很" * 9000, "advice": "长" * 9000, "verbs": ["safe"], "url": "/" + "x" * 500}))


def test_the_short_form_is_far_shorter_and_still_proves_itself() -> None:
    one = told(is_short=True)
    body = payload.build(one, PUBLIC)
    note = json.loads(body)["notification"]
    assert len(body) < 1_200 and "actions" not in note and note["data"]["receipt"] and note["navigate"]


@pytest.mark.parametrize("url", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "", None, 7])
def test_a_senders_url_stays_on_our_site(url: object) -> None:
    assert built(told(params={"url": url}))["notification"]["navigate"].startswith(f"{PUBLIC}/i/")
    assert (
        built(told(params={"url": "/admin/transmitters"}))["notification"]["navigate"] == f"{PUBLIC}/admin/transmitters"
    )


def test_a_typical_alarm_is_about_a_kilobyte() -> None:
    assert len(payload.build(told(), PUBLIC)) < 1_800


def test_unknown_verbs_make_no_button() -> None:
    note = built(told(params={"verbs": ["explode", "safe"]}))["notification"]
    assert [action["action"] for action in note["actions"]] == ["safe"]
