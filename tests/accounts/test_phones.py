from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.accounts.phones import normalise


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("13800001234", "13800001234"),
        (" 138 0000-1234 ", "13800001234"),
        ("+86 13800001234", "13800001234"),
        ("008613800001234", "13800001234"),
        ("１３８００００１２３４", "13800001234"),
        ("+447911123456", "+447911123456"),
        ("+1 (415) 555-2671", "+14155552671"),
        ("00 852 5123 4567", "+85251234567"),
    ],
)
def test_one_spelling_for_each_number(typed: str, kept: str) -> None:
    assert normalise(typed) == kept


@pytest.mark.parametrize(
    "typed",
    ["", "119", "1380000123", "138000012345", "02012345678", "+86 1380000123", "+0123456789", "+1234567890123456",
     "13800001234x", "138000０1234a", "+", "++8613800001234", "1" * 41, "١٣٨٠٠٠٠١٢٣٤", "\x0013800001234"],
)  # fmt: skip
def test_what_is_no_number_is_refused(typed: str) -> None:
    assert normalise(typed) is None


@settings(max_examples=200)
@given(st.text(max_size=45))
def test_any_text_is_answered_and_the_answer_is_stable(text: str) -> None:
    kept = normalise(text)
    assert kept is None or normalise(kept) == kept
