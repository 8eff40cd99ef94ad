"""Incidents over HTTP: what each may see and do, and what is answered again."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from backend.accounts import cookies
from backend.accounts.actors import action_token
from backend.accounts.models import Person
from backend.kernel import db
from backend.kernel.ids import new_id
from backend.places import qr
from backend.places.models import Need
from tests.factories.accounts import create_member, create_person, create_session
from tests.factories.incidents import Watch, create_incident, create_watch
from tests.factories.places import create_building, create_resident, find_dwelling

ITEM = {
    "id", "category", "state", "verified_by", "is_exercise", "estate", "building", "floors", "opened_at",
    "acknowledged_at", "arrived_at", "attacked_at", "confirmed_at", "controlled_at", "closed_at", "signal_count",
    "last_signal_at", "version",
}  # fmt: skip
DETAIL = ITEM | {"timeline", "evidence", "told", "roll_call", "words"}


class Phone:
    """One person's client."""

    def __init__(self, app: Flask, person: Person | None) -> None:
        self.client: FlaskClient = app.test_client()
        if person:
            self.client.set_cookie(cookies.NAME, create_session(person))

    def get(self, path: str, status: int = 200, **more: Any) -> Any:
        answer = self.client.get(f"/api{path}", **more)
        assert answer.status_code == status, answer.text
        return answer.json

    def post(self, path: str, body: Any = None, status: int = 200, **headers: str) -> Any:
        answer = self.client.post(f"/api{path}", json=body if body is not None else {}, headers=headers)
        assert answer.status_code == status, answer.text
        return answer.json


@pytest.fixture
def watch(db_session: Any) -> Watch:
    return create_watch()


@pytest.fixture
def phones(app: Flask, watch: Watch) -> dict[str, Phone]:
    return {name: Phone(app, person) for name, person in watch.people.items()}


def test_the_list_and_the_detail_have_the_contract_s_shape(watch: Watch, phones: dict[str, Phone]) -> None:
    incident = create_incident(watch.tower, 3)
    listed = phones["desk"].get("/incidents?state=open")
    assert [one["id"] for one in listed["items"]] == [str(incident.id)]
    assert set(listed["items"][0]) >= ITEM
    assert listed["items"][0]["building"] == {
        "id": str(watch.tower.id), "name": watch.tower.name, "name_en": "",
    }  # fmt: skip
    detail = phones["desk"].get(f"/incidents/{incident.id}")
    assert set(detail) >= DETAIL
    assert detail["told"] == {"people": 4, "received": 0, "answered": 0}
    assert [line["text"] for line in detail["timeline"]] == ["3 层走道烟感报警：感烟探测器报火警"]
    assert [floor["ordinal"] for floor in detail["roll_call"]["floors"]] == list(range(10, 0, -1))


def test_somebody_else_s_is_the_same_404_as_none_and_nobody_is_401(
    app: Flask, watch: Watch, phones: dict[str, Phone]
) -> None:
    incident = create_incident(watch.tower, 3)
    outsider = Phone(app, create_member("property", "/44/9999/"))
    beside = create_resident(find_dwelling(create_building("9 栋", watch.estate), "201"))
    for path in (f"/incidents/{incident.id}", f"/incidents/{new_id()}"):
        assert outsider.get(path, 404)["code"] == "NotFound"
        assert Phone(app, beside).get(path, 404)["code"] == "NotFound"
        assert outsider.post(f"{path}/acknowledge", status=404)["code"] == "NotFound"
        assert Phone(app, None).get(path, 401)["code"] == "NotSignedIn"
    assert outsider.get("/incidents")["items"] == []


def test_a_resident_reads_their_own_words_and_no_names_or_doors(watch: Watch, phones: dict[str, Phone]) -> None:
    incident = create_incident(watch.tower, 3, evidence="confirm", dwelling_id=find_dwelling(watch.tower, "302").id)
    phones["desk"].post(f"/incidents/{incident.id}/acknowledge")
    home = phones["home"].get(f"/incidents/{incident.id}")
    assert home["words"]["situation"] == "own_floor"
    assert home["own"]["number"] == "301"
    assert not home["own"]["is_source"]
    assert all(floor["dwellings"] == [] for floor in home["roll_call"]["floors"])
    assert home["responders"] == []
    assert home["timeline"][-1]["actor"]["name"] == "d***"
    assert home["evidence"][0]["label"] == ""
    assert phones["neighbour"].get(f"/incidents/{incident.id}")["own"]["is_source"]


def test_from_the_first_tap_to_closing(watch: Watch, phones: dict[str, Phone]) -> None:
    incident = create_incident(watch.tower, 3)
    path = f"/incidents/{incident.id}"
    assert phones["desk"].post(f"{path}/acknowledge")["acknowledged_at"]
    assert phones["desk"].post(f"{path}/acknowledge")["version"] == 2, "the same tap again is answered again"
    phones["station"].post(f"{path}/arrive", {"lat": 22.5333, "lon": 113.9304})
    confirmed = phones["station"].post(f"{path}/confirm", {"note": "厨房明火"})
    assert (confirmed["state"], confirmed["verified_by"]) == ("confirmed", "person")
    phones["station"].post(f"{path}/attack")
    refused = phones["desk"].post(f"{path}/close", {"cause": "油锅"}, 409)
    assert (refused["code"], refused["details"]["state"]) == ("WrongState", "confirmed")
    phones["station"].post(f"{path}/control")
    closed = phones["desk"].post(f"{path}/close", {"cause": "油锅", "grade": "一般", "loss": "无人伤亡"})
    assert (closed["state"], closed["cause"]) == ("closed", "油锅")
    assert phones["leader"].post(f"{path}/acknowledge", status=409)["code"] == "IncidentClosed"
    report = phones["inspector"].get(f"{path}/report")
    assert [clock["is_met"] for clock in report["clocks"]] == [True, True, True]
    assert report["is_final"]
    assert phones["leader"].post(f"{path}/reopen")["state"] == "suspected"


def test_a_confirmed_one_is_dismissed_by_two_people(watch: Watch, phones: dict[str, Phone]) -> None:
    incident = create_incident(watch.tower, 3, evidence="confirm")
    path = f"/incidents/{incident.id}"
    reason = {"reason": "steam", "at_scene": True}
    assert phones["desk"].post(f"{path}/dismiss", reason)["dismissal"]["reason"] == "steam"
    assert phones["desk"].post(f"{path}/approve", status=409)["code"] == "SecondPersonNeeded"
    assert phones["police"].post(f"{path}/approve", status=403)["code"] == "NotAllowed"
    assert phones["station"].post(f"{path}/approve")["state"] == "false_alarm"
    rates = phones["inspector"].get("/dismissals")["items"]
    assert [(one["person"]["name"], one["rate"], one["reasons"]) for one in rates] == [("desk", 1.0, {"steam": 1})]
    assert phones["desk"].get("/dismissals", 403)["code"] == "NotAllowed"
    dismissals = phones["inspector"].get(f"{path}/report")["dismissals"]
    assert [(one["person"]["name"], one["approved_by"]["name"]) for one in dismissals] == [("desk", "station")]


def test_dismissing_from_afar_is_the_control_room_s_and_only_watches(watch: Watch, phones: dict[str, Phone]) -> None:
    path = f"/incidents/{create_incident(watch.tower, 3).id}"
    afar = {"reason": "cooking", "at_scene": False}
    assert phones["property"].post(f"{path}/dismiss", afar, 409)["code"] == "NotAtScene"
    watching = phones["desk"].post(f"{path}/dismiss", afar)
    assert (watching["state"], bool(watching["watching_until"])) == ("watching", True)


def test_two_residents_of_two_dwellings_confirm(watch: Watch, phones: dict[str, Phone]) -> None:
    path = f"/incidents/{create_incident(watch.tower, 3).id}"
    assert phones["home"].post(f"{path}/confirm")["state"] == "suspected"
    assert phones["upstairs"].post(f"{path}/confirm")["verified_by"] == "person"


def test_only_the_household_answers_for_its_detector(watch: Watch, phones: dict[str, Phone]) -> None:
    path = f"/incidents/{create_incident(watch.tower, 3, dwelling_id=find_dwelling(watch.tower, '301').id).id}"
    assert phones["neighbour"].post(f"{path}/answer", {"answer": "mine"}, 403)["code"] == "NotAllowed"
    assert phones["home"].post(f"{path}/answer", {"answer": "mine"})["own"]["answered"] == "mine"


def test_a_button_s_token_opens_its_verb_and_nothing_else(app: Flask, watch: Watch) -> None:
    incident = create_incident(watch.tower, 3)
    token = action_token(watch.people["desk"].id, "acknowledge", incident.id)
    phone = Phone(app, None)
    done = phone.post(f"/incidents/{incident.id}/acknowledge", **{"X-Action-Token": token})
    assert done["acknowledged_at"]
    phone.post(f"/incidents/{incident.id}/arrive", status=401, **{"X-Action-Token": token})


def test_a_roll_call_sent_twice_with_one_key_is_one(watch: Watch, phones: dict[str, Phone]) -> None:
    incident = create_incident(watch.tower, 3, evidence="confirm")
    path, key = f"/incidents/{incident.id}/roll-call", str(new_id())
    body = {"status": "help", "people": 2, "can_walk": False, "smoke": True}
    first = phones["upstairs"].post(path, body, **{"Idempotency-Key": key})
    assert phones["upstairs"].post(path, body, **{"Idempotency-Key": key}) == first
    assert phones["upstairs"].post(path, {"status": "safe"}, 422, **{"Idempotency-Key": key})["code"] == "KeyReused"
    board = phones["station"].get(path)
    assert board["totals"] == {"safe": 0, "help": 1, "silent": 19, "needs": 0}
    cell = next(door for floor in board["floors"] for door in floor["dwellings"] if door["number"] == "801")
    assert (cell["status"], cell["people"], cell["can_walk"], cell["smoke"]) == ("help", 2, False, True)
    phones["upstairs"].post(path, {"status": "safe"})
    assert phones["station"].get(path)["totals"]["safe"] == 1


def test_nobody_answers_for_another_door(watch: Watch, phones: dict[str, Phone]) -> None:
    path = f"/incidents/{create_incident(watch.tower, 3, evidence='confirm').id}/roll-call"
    other = str(find_dwelling(watch.tower, "302").id)
    assert phones["home"].post(path, {"status": "safe", "dwelling_id": other}, 404)["code"] == "NotFound"


def test_fire_here_signed_out_needs_a_proof_of_the_place_and_never_passes_ring_1(app: Flask, watch: Watch) -> None:
    phone = Phone(app, None)
    by_id = {"category": "fire", "place": {"building_id": str(watch.tower.id)}}
    assert phone.post("/incidents", by_id, 422)["code"] == "PlaceNotProved"
    far = {"category": "fire", "place": {"lat": 22.60, "lon": 113.93}}
    assert phone.post("/incidents", far, 422)["code"] == "PlaceNotProved"
    near = {"category": "fire", "place": {"lat": watch.tower.lat, "lon": watch.tower.lon}}
    opened = phone.post("/incidents", near, 201)
    assert (opened["state"], opened["ring"]) == ("suspected", 0)
    with db.transaction():
        token = qr.token(watch.tower)
    joined = phone.post("/incidents", {"category": "fire", "place": {"qr": token}}, 200)
    assert (joined["id"], joined["state"]) == (opened["id"], "suspected")


def test_beyond_the_limits_a_call_is_kept_and_rings_nobody(app: Flask, watch: Watch) -> None:
    near = {"category": "fire", "place": {"lat": watch.tower.lat, "lon": watch.tower.lon}}
    phone = Phone(app, None)
    for _ in range(5):
        phone.post("/incidents", near, 201 if _ == 0 else 200)
    other = create_building("9 栋", watch.estate, at=(22.54, 113.94))
    muted = phone.post("/incidents", {"category": "fire", "place": {"lat": other.lat, "lon": other.lon}}, 201)
    assert (muted["state"], muted["ring"]) == ("suspected", -1)


def test_two_neighbours_who_see_it_make_it_a_fire(watch: Watch, phones: dict[str, Phone]) -> None:
    body = {"category": "fire", "place": {"building_id": str(watch.tower.id)}, "note": "楼道冒烟"}
    first = phones["home"].post("/incidents", body, 201)
    assert first["state"] == "suspected"
    second = phones["upstairs"].post("/incidents", body, 200)
    assert (second["id"], second["state"], second["verified_by"]) == (first["id"], "confirmed", "person")


def test_somebody_signed_in_without_a_role_is_an_unknown_voice(app: Flask, watch: Watch) -> None:
    phone = Phone(app, create_person("路人"))
    near = {"category": "fire", "place": {"lat": watch.tower.lat, "lon": watch.tower.lon}}
    assert phone.post("/incidents", near, 201)["ring"] == 0


def test_an_exercise_is_marked_and_a_real_danger_calls_it_off(watch: Watch, phones: dict[str, Phone]) -> None:
    body = {"building_id": str(watch.tower.id)}
    exercise = phones["property"].post("/exercises", body, 201)
    assert exercise["is_exercise"]
    assert exercise["words"]["line"].startswith("演练：")
    assert phones["property"].post("/exercises", body, 409)["code"] == "ExerciseRunning"
    real = create_incident(watch.tower, 3)
    assert str(real.id) != exercise["id"]
    ended = phones["property"].get(f"/incidents/{exercise['id']}")
    assert (ended["state"], ended["timeline"][-1]["text"]) == ("closed", "演练中止，真警")


def test_an_exercise_ends_and_ending_a_real_one_is_refused(watch: Watch, phones: dict[str, Phone]) -> None:
    exercise = phones["property"].post("/exercises", {"building_id": str(watch.tower.id)}, 201)
    assert phones["property"].post(f"/exercises/{exercise['id']}/end")["state"] == "closed"
    assert phones["property"].post(f"/exercises/{exercise['id']}/end")["state"] == "closed"
    real = create_incident(watch.tower, 3)
    assert phones["property"].post(f"/exercises/{real.id}/end", status=409)["code"] == "NotAnExercise"


def test_english_and_chinese(app: Flask, watch: Watch) -> None:
    incident = create_incident(watch.tower, 3)
    person = create_resident(find_dwelling(watch.tower, "901"), create_person("Ann", language="en"))
    detail = Phone(app, person).get(f"/incidents/{incident.id}")
    assert detail["words"]["what"] == "Alarm on floor 3"
    assert detail["timeline"][0]["text"] == "A detector: smoke detector: fire"


def test_may_lists_what_can_be_done_now(watch: Watch, phones: dict[str, Phone]) -> None:
    path = f"/incidents/{create_incident(watch.tower, 3).id}"
    first = phones["desk"].get(path)["may"]
    assert first == [
        "acknowledge", "arrive", "ask-for-help", "attack", "confirm", "dismiss", "dismiss_afar", "silence",
    ]  # fmt: skip
    assert "acknowledge" not in phones["desk"].post(f"{path}/acknowledge")["may"]
    assert phones["neighbour"].get(path)["may"] == ["confirm"]


def test_the_door_and_the_household_s_needs_are_for_who_goes_there(watch: Watch, phones: dict[str, Phone]) -> None:
    door = find_dwelling(watch.tower, "302")
    with db.transaction() as session:
        session.add(Need(dwelling_id=door.id, label="王奶奶", kind="mobility", note="轮椅"))
    incident = create_incident(watch.tower, 3, dwelling_id=door.id)
    station, home = (phones[who].get(f"/incidents/{incident.id}") for who in ("station", "home"))
    assert (station["dwelling"]["number"], home["dwelling"]) == ("302", None)
    cell = next(c for one in station["roll_call"]["floors"] for c in one["dwellings"] if c["number"] == "302")
    assert (cell["needs"], cell["who"][0]["note"], cell["is_fire"]) == (1, "轮椅", True)
    assert home["roll_call"]["totals"]["needs"] == 0


def test_a_device_is_silenced_with_an_end_and_a_line(watch: Watch, phones: dict[str, Phone]) -> None:
    path = f"/incidents/{create_incident(watch.tower, 3).id}/silence"
    body = {"device_id": str(new_id()), "minutes": 30}
    assert phones["property"].post(path, body, 403)["code"] == "NotAllowed"
    assert phones["desk"].post(path, body, 404)["code"] == "NotFound"
