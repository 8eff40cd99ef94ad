"""Profiles: times, addresses, and that every profile is usable."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from backend.monitoring.gateway import profiles


@pytest.mark.parametrize("profile", profiles.PROFILES.values(), ids=lambda p: p.name)
def test_time_round_trip(profile):
    at = datetime(2026, 2, 28, 23, 59, 58, tzinfo=UTC)
    assert profile.read_time(profile.write_time(at)) == at


@pytest.mark.parametrize("six", ["000000000000", "3c0000010120", "00001801011a", "0000001e021a", "ffffffffffff", "00"])
def test_no_date_is_none(six):
    assert profiles.STANDARD.read_time(bytes.fromhex(six)) is None


def test_bcd_that_is_none():
    assert profiles.get("bcd_time").read_time(bytes.fromhex("0a0000010126")) is None
    assert profiles.get("bcd_time").read_time(bytes.fromhex("00000001012a")) is None


def test_address_halves():
    assert profiles.STANDARD.address_parts(131082) == (None, 131082)
    assert profiles.get("zone_point").address_parts(131082) == (10, 2)
    assert profiles.get("dahua").address_parts(131082) == (2, 10)


def test_an_unknown_profile_reads_as_the_standard():
    assert profiles.get("nobody") is profiles.STANDARD
