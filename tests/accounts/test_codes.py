from __future__ import annotations

from datetime import UTC, datetime, timedelta

from backend.accounts import codes, cookies

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def _wrong(count: int) -> list[datetime]:
    return [NOON + timedelta(seconds=i) for i in range(count)]


def test_codes_are_six_digits_and_differ() -> None:
    made = {codes.new_code() for _ in range(200)}
    assert all(len(c) == 6 and c.isdecimal() for c in made)
    assert len(made) > 190


def test_a_code_may_be_typed_on_any_keyboard() -> None:
    assert codes.clean(" ０12 345 ") == "012345"
    assert codes.clean("²12345") == "12345"


def test_four_wrong_guesses_cost_nothing() -> None:
    assert codes.slowed_until(_wrong(4)) is None


def test_each_five_wrong_guesses_double_the_wait() -> None:
    assert codes.slowed_until(_wrong(5)) == NOON + timedelta(seconds=4 + 60)
    assert codes.slowed_until(_wrong(9)) == NOON + timedelta(seconds=4 + 60)
    assert codes.slowed_until(_wrong(10)) == NOON + timedelta(seconds=9 + 120)
    assert codes.slowed_until(_wrong(500)) == NOON + timedelta(seconds=499 + 3600)


def test_the_cookie_is_closed_to_scripts_and_secure_by_https() -> None:
    assert cookies.rules(is_https=True)["secure"] and not cookies.rules(is_https=False)["secure"]
    rules = cookies.rules(is_https=True)
    assert rules["httponly"] and rules["samesite"] == "Lax" and rules["path"] == "/"


def test_tokens_are_long_and_only_their_hash_is_kept() -> None:
    token = cookies.new_token()
    assert len(token) >= 43
    assert token.encode() not in cookies.token_hash(token)
    assert cookies.token_hash(token) == cookies.token_hash(token)
