"""Masks and positions."""

from __future__ import annotations

import pytest

from backend.kernel import geo, text


def test_masks_keep_what_a_neighbour_may_know():
    assert text.mask_phone("13800001234") == "138****1234"
    assert text.mask_phone("+8613800001234") == "138****1234"
    assert text.mask_phone("+4915112345678") == "****5678"
    assert text.mask_name("王建国") == "王**"
    assert text.mask_name("") == ""


def test_distance_of_one_degree_of_latitude():
    assert geo.metres(30, 120, 31, 120) == pytest.approx(111_195, abs=5)
    assert geo.metres(30, 120, 30, 120) == 0


def test_gcj02_shifts_some_hundred_metres_in_china_and_nothing_outside():
    lat, lon = geo.to_gcj02(30.2741, 120.1551)
    assert 300 < geo.metres(30.2741, 120.1551, lat, lon) < 700
    # Tian'anmen: the published pair of the approximation, to about a metre.
    assert geo.to_gcj02(39.907500, 116.391300) == pytest.approx((39.908903, 116.397542), abs=2e-5)
    assert geo.to_gcj02(48.85, 2.35) == (48.85, 2.35)
