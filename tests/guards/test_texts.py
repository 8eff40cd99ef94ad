"""Nobody gets a notice, an error or a screen without words in their language."""

from __future__ import annotations

import json

import pytest

from backend.kernel.errors import DomainError
from notifications import texts
from notifications.kinds import KINDS
from tests.guards import source


@pytest.mark.parametrize("language", texts.LANGUAGES)
@pytest.mark.parametrize("channel", texts.CHANNELS)
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_has_a_text_for_every_channel_in_both_languages(kind, channel, language):
    made = texts.render(kind, channel, language, {})
    # A body may be nothing but what the sender says; the first line always stands by itself.
    assert (made.body if channel == "sms" else made.title).strip()
    assert "{" not in made.title + made.body


def test_both_languages_have_the_same_kinds():
    chinese, english = texts.templates("zh"), texts.templates("en")
    assert set(chinese["kinds"]) == set(english["kinds"]) == set(KINDS)


def subclasses(of: type[DomainError]) -> set[type[DomainError]]:
    return {one for sub in of.__subclasses__() for one in {sub} | subclasses(sub)}


def test_every_error_speaks_both_languages(app):
    ours = [one for one in subclasses(DomainError) if one.__module__.split(".")[0] in source.PROGRAM]
    assert ours
    mute = [one.__name__ for one in ours if not (one.zh.strip() and one.en.strip())]
    assert not mute
    chinese = [one.__name__ for one in ours if one.zh.isascii()]
    assert not chinese


def messages(language: str) -> dict[str, dict]:
    found = {}
    for path in sorted((source.ROOT / "pwa/messages").rglob("*.json")):
        parts = path.relative_to(source.ROOT / "pwa/messages").parts
        if parts[0].removesuffix(".json") == language:
            found["/".join(parts[1:])] = json.loads(path.read_text(encoding="utf-8"))
    return found


def test_both_languages_of_the_app_have_the_same_keys():
    chinese, english = messages("zh"), messages("en")
    assert chinese and set(chinese) == set(english)
    for file in chinese:
        assert set(chinese[file]) == set(english[file]), file


def test_no_message_of_the_app_is_empty():
    for language in ("zh", "en"):
        for file, texts_of in messages(language).items():
            assert not [key for key, value in texts_of.items() if value in ("", [])], (language, file)
