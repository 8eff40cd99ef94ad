"""Keys, encryption at rest and signed tokens."""

from __future__ import annotations

import os
import stat
from datetime import timedelta

import pytest
from cryptography.exceptions import InvalidTag

from backend.kernel import clock, crypt
from backend.kernel.config import settings


def test_encryption_hides_and_returns_and_never_repeats():
    first, second = crypt.encrypt("13800001234"), crypt.encrypt("13800001234")
    assert first != second
    assert b"13800001234" not in first
    assert crypt.decrypt(first) == crypt.decrypt(second) == "13800001234"
    with pytest.raises(InvalidTag):
        crypt.decrypt(first[:-1] + bytes([first[-1] ^ 1]))


def test_blind_index_is_stable_and_keyed():
    assert crypt.blind_index("13800001234") == crypt.blind_index("13800001234")
    assert crypt.blind_index("13800001234") != crypt.blind_index("13800001235")


def test_a_token_is_good_for_its_purpose_and_time_only():
    token = crypt.sign("receipt", {"d": "x"}, 60)
    claims = crypt.verify("receipt", token)
    assert claims is not None and claims["d"] == "x"
    assert crypt.verify("act", token) is None
    with clock.freeze(clock.now() + timedelta(seconds=62)):
        assert crypt.verify("receipt", token) is None


@pytest.mark.parametrize("broken", ["", "x", "é", "A" * 5000, "....", "AAAA=="])
def test_broken_tokens_are_none(broken):
    assert crypt.verify("receipt", broken) is None


def test_every_changed_byte_of_a_token_is_refused():
    token = crypt.sign("receipt", {"d": "x"}, 60)
    for at in range(len(token) - 1):
        other = "A" if token[at] != "A" else "B"
        assert crypt.verify("receipt", token[:at] + other + token[at + 1 :]) is None


def test_key_files_are_for_the_owner_alone():
    crypt.encrypt("x")
    crypt.vapid_public()
    keys = settings().data_dir / "keys"
    assert stat.S_IMODE(os.stat(keys).st_mode) == 0o700
    assert {stat.S_IMODE(os.stat(keys / name).st_mode) for name in os.listdir(keys)} == {0o600}
