"""What a person reads at three in the morning: short, complete, in both languages, and never a lift."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from backend.incidents.states import Category
from backend.incidents.words import LINE_MAX, Asker, Scene, situation, tables, words

PLAN: dict[str, Any] = {
    "stairs": [
        {"id": "A", "side": "west", "zh": "西侧", "en": "west side", "doors": ["01", "02"]},
        {"id": "B", "side": "east", "zh": "东侧", "en": "east side", "doors": ["03", "04"]},
    ],
    "meeting_point": {"zh": "南门广场", "en": "South Gate Square"},
}
FLOORS = {n: str(n) for n in range(1, 34)}


def fire(floor: int = 21, **more: Any) -> Scene:
    given = {"building": "7 号楼", "number": f"{floor}02", "plan": PLAN, "refuges": {16: "16", 31: "31"}}
    return Scene("fire", "confirmed", floors={floor: str(floor)}, **(given | more))


def test_the_fire_screen_of_the_drawing() -> None:
    text = words(fire(), Asker(floor=18, number="1803"), "zh")
    assert (text["what"], text["where"]) == ("21 层着火", "在您家楼上 3 层")
    assert [(s["title"], s["detail"]) for s in text["steps"]] == [
        ("现在出门", "带家人，关好门"),
        ("走 B 楼梯下楼", "东侧，离火远"),
        ("到南门广场", "集合，不回头"),
    ]
    assert text["never"] == "不坐电梯"
    assert text["fallback"] == {"title": "楼梯里有烟？", "lines": ["退回家，关好门，堵门缝", "再点“需要帮助”"]}


def test_each_place_has_its_situation() -> None:
    assert situation(fire(), Asker(floor=21, number="2101")) == "own_floor"
    assert situation(fire(), Asker(floor=21, number="2104")) == "other_stair"
    assert situation(fire(), Asker(floor=25)) == "below"
    assert situation(fire(), Asker(floor=18)) == "above"
    assert situation(fire(), Asker(floor=21, is_own_dwelling=True)) == "own_dwelling"
    assert situation(fire(), Asker()) == "any"
    assert situation(fire(-1), Asker(floor=9, is_joined=True)) == "below"
    assert situation(Scene("fire", "suspected"), Asker(9)) == "suspected"
    assert situation(Scene("fire", "closed", was_confirmed=True), Asker(9)) == "over"
    assert situation(Scene("fire", "false_alarm", was_confirmed=True), Asker(9)) == "false_alarm"


def test_smoke_rises_so_a_floor_below_counts_first() -> None:
    scene = Scene("fire", "confirmed", floors={5: "5", 30: "30"})
    assert situation(scene, Asker(floor=28)) == "below"


def test_floors_are_counted_by_ordinal_and_named_by_label() -> None:
    text = words(Scene("fire", "confirmed", floors={-1: "B1"}), Asker(floor=2), "zh")
    assert (text["what"], text["where"]) == ("B1 层着火", "在您家楼下 2 层")


def test_a_stair_is_named_only_where_the_plan_knows_the_burning_side() -> None:
    text = words(fire(number=None), Asker(floor=18, number="1803"), "zh")
    assert text["stair"] is None
    assert text["steps"][1]["title"] == "走没有烟的楼梯下楼"


def test_a_refuge_floor_is_above_the_fire_or_not_named() -> None:
    assert "31 避难层" in words(fire(21), Asker(floor=25), "zh")["steps"][2]["title"]
    assert "避难层" not in words(fire(21), Asker(floor=32), "zh")["steps"][2]["title"]


def test_an_exercise_says_so_first() -> None:
    text = words(fire(is_exercise=True), Asker(floor=18, number="1803"), "zh")
    assert text["line"].startswith("演练：")
    assert text["what"].startswith("演练：")


LIFT = re.compile(r"电梯|lift", re.IGNORECASE)
FORBIDDING = re.compile(r"不坐电梯|do not take the lift|no lift", re.IGNORECASE)

names = st.text(st.characters(categories=("L", "N")), min_size=1, max_size=14)
SQUARE = {"meeting_point": {"zh": "广场", "en": "the square"}}
plans = st.sampled_from([None, {}, PLAN, {"stairs": [{"id": "A"}]}, SQUARE])


@given(
    category=st.sampled_from([*Category, "unheard of"]),
    state=st.sampled_from(["suspected", "watching", "confirmed", "controlled", "closed", "false_alarm"]),
    floors=st.none() | st.dictionaries(st.sampled_from([-2, -1, 1, 7, 18, 33]), names, max_size=3),
    building=st.just("") | names,
    plan=plans,
    asker=st.builds(
        Asker, floor=st.none() | st.sampled_from([-1, 1, 7, 18, 20]), number=st.none() | st.just("1803"),
        is_own_dwelling=st.booleans(), is_joined=st.booleans(), is_next=st.booleans(), is_below_joined=st.booleans(),
    ),
    was_confirmed=st.booleans(),
    is_exercise=st.booleans(),
    language=st.sampled_from(["zh", "en"]),
)  # fmt: skip
@settings(max_examples=200, deadline=None)
def test_every_text_is_whole(
    category: str, state: str, floors: dict[int, str] | None, building: str, plan: dict[str, Any] | None, asker: Asker,
    was_confirmed: bool, is_exercise: bool, language: str,
) -> None:  # fmt: skip
    scene = Scene(category, state, building, floors, "1802", plan, {16: "16"}, is_exercise, was_confirmed)
    text = words(scene, asker, language)
    assert 0 < len(text["line"]) <= LINE_MAX
    assert text["what"] and text["where"]
    assert [step["n"] for step in text["steps"]] == [1, 2, 3]
    assert all(step["title"] and step["detail"] for step in text["steps"])
    assert text["fallback"]["title"] and len(text["fallback"]["lines"]) == 2
    assert text["source"] and not text["is_approved"]
    flat = " ".join([text["line"], text["what"], text["where"], text["never"] or "", *text["fallback"]["lines"]])
    flat += " ".join(step["title"] + " " + step["detail"] for step in text["steps"])
    assert not re.search(r"[{}]", flat)
    assert not LIFT.search(FORBIDDING.sub("", flat))


def test_both_languages_have_the_same_texts_and_every_line_has_one_that_always_fits() -> None:
    for table in tables().values():
        assert set(table["source"]) == {"zh", "en"}
        for text in table["situations"].values():
            assert set(text) == {"zh", "en"}
            assert set(text["zh"]) == set(text["en"])
            for language, prefix in (("zh", "演练："), ("en", "Drill: ")):
                last = text[language]["line"][-1]
                assert "{" not in last
                assert len(prefix + last) <= LINE_MAX
                assert len(text[language]["steps"]) == 3
                assert all("{" not in "".join(step[-1]) for step in text[language]["steps"])
                assert "{" not in text[language]["what"][-1] + text[language]["where"][-1]
