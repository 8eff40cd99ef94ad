"""Every policy says in both languages what it means: its page is for an administrator, not for an engineer."""

from __future__ import annotations

from backend.accounts.rules import chinese
from backend.kernel import policy


def test_every_policy_speaks_chinese_and_no_word_is_left_over(app) -> None:
    assert app
    declared = {name for name in policy.declared if not name.startswith("test.")}
    assert set(chinese()) == declared
