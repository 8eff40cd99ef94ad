"""Every kind has its words in both languages and for every channel, and odd params never break a notice."""

import json
import re

import pytest

from notifications import texts
from notifications.kinds import KINDS

CASES = [(kind, language) for kind in KINDS for language in texts.LANGUAGES]
PLACE = "阳光花园3栋18层"


@pytest.mark.parametrize(("kind", "language"), CASES)
def test_each_kind_says_something_on_each_channel(kind: str, language: str) -> None:
    for params in (
        {},
        {"place": PLACE},
        {"category": "gas", "is_exercise": True},
        {"category": "no such", "place": {}},
    ):
        for channel in ("push", "inbox"):
            text = texts.render(kind, channel, language, params)
            assert text.title and "{" not in text.title + text.body and "@" not in text.body
        sms = texts.render(kind, "sms", language, params).body
        assert sms.startswith("【守望】") and len(sms) > 10 and "{" not in sms and "@" not in sms
    assert texts.render(kind, "push", language, {}).short


@pytest.mark.parametrize("kind", KINDS)
def test_a_chinese_sms_fits_into_one_part(kind: str) -> None:
    for category in ("fire", "gas", "electrical", "trapped", "other"):
        sms = texts.render(kind, "sms", "zh", {"place": PLACE, "category": category}).body
        assert len(sms) <= texts.SMS_CHARS, (len(sms), sms)


def test_both_languages_have_the_same_keys() -> None:
    def keys(value: object, path: str = "") -> set[str]:
        if not isinstance(value, dict):
            return {path}
        return set().union(*(keys(part, f"{path}/{name}") for name, part in value.items()))

    zh, en = texts.templates("zh"), texts.templates("en")
    assert keys(zh) == keys(en)
    assert set(zh["kinds"]) == set(KINDS)


def test_both_languages_use_the_same_params() -> None:
    def fields(kind: str, language: str) -> set[str]:
        return set(re.findall(r"\{(\w+)\}", json.dumps(texts.templates(language)["kinds"][kind])))

    for kind in KINDS:
        assert fields(kind, "zh") == fields(kind, "en"), kind


def test_chinese_texts_have_no_latin_punctuation_and_english_ones_no_chinese() -> None:
    for kind in KINDS:
        zh, en = texts.render(kind, "sms", "zh", {}).body, texts.render(kind, "sms", "en", {}).body
        assert not re.search(r"[,;!?]", zh), zh
        assert not re.search(r"[\u4e00-\u9fff]", en.removeprefix("【守望】")), en


def test_an_exercise_a_test_and_an_unverified_source_are_said_first() -> None:
    render = texts.render
    assert render("incident.confirmed", "push", "zh", {"is_exercise": True}).title.startswith("演练：")
    assert render("incident.confirmed", "sms", "zh", {"is_test": True}).body.startswith("【守望】测试：")
    title = render("incident.suspected", "push", "zh", {"is_source_verified": False}).title
    assert title.startswith("来源未核实：")


def test_words_come_in_the_readers_language() -> None:
    params = {"place": {"zh": "3栋", "en": "Tower 3"}, "category": "gas"}
    assert texts.render("incident.confirmed", "push", "zh", params).title == "3 栋燃气泄漏"
    assert texts.render("incident.confirmed", "push", "en", params).title == "Tower 3: gas leak"


def test_numbers_stand_apart_from_chinese() -> None:
    params = {"place": "晨光里 8 号楼 15 层 1503", "category": "gas"}
    assert (
        texts.render("incident.suspected", "push", "zh", params).title == "晨光里 8 号楼 15 层 1503 燃气报警，正在核实"
    )
    silent = texts.render("transmitter.silent", "push", "zh", {"name": "2号楼主机", "since": "20:06"})
    assert silent.title.startswith("2 号楼主机") and "从 20:06 起" in silent.body
    asked = {"place": "晨光里 8 号楼", "people": 2}
    helped = [texts.render("rollcall.help", "sms", "zh", asked | {"who": who}).body for who in ("1503", "王阿姨")]
    assert helped == ["【守望】晨光里 8 号楼，1503 有 2 人需要帮助。", "【守望】晨光里 8 号楼，王阿姨有 2 人需要帮助。"]


def test_params_are_data_never_templates() -> None:
    text = texts.render("incident.confirmed", "push", "zh", {"place": "{advice}{0.__class__}", "advice": "@words"})
    assert text.title == "{advice}{0.__class__}起火"


def test_long_params_are_cut() -> None:
    text = texts.render("incident.confirmed", "push", "zh", {"place": "很" * 5000, "advice": "长" * 5000})
    assert len(text.title) <= 90 and len(text.body) <= 240
