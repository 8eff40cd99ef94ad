"""Positions. Stored as WGS-84; China's map apps want GCJ-02 (国测局坐标), made at the edge."""

from __future__ import annotations

from math import asin, cos, pi, radians, sin, sqrt

EARTH_M = 6_371_008.8


def metres(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Distance over ground in metres (haversine)."""
    half = sin(radians(lat2 - lat1) / 2) ** 2
    half += cos(radians(lat1)) * cos(radians(lat2)) * sin(radians(lon2 - lon1) / 2) ** 2
    return 2 * EARTH_M * asin(sqrt(half))


_A = 6378245.0  # the ellipsoid of Krasovsky 1940, on which GCJ-02's shift is defined
_EE = 0.00669342162296594323


def to_gcj02(lat: float, lon: float) -> tuple[float, float]:
    """WGS-84 to GCJ-02 by the public approximation; outside China's rectangle nothing is shifted."""
    if not (0.8293 < lat < 55.8271 and 72.004 < lon < 137.8347):
        return lat, lon
    x, y = lon - 105.0, lat - 35.0
    d_lat, d_lon = _shift_lat(x, y), _shift_lon(x, y)
    magic = 1 - _EE * sin(radians(lat)) ** 2
    d_lat = d_lat * 180.0 / ((_A * (1 - _EE)) / (magic * sqrt(magic)) * pi)
    d_lon = d_lon * 180.0 / (_A / sqrt(magic) * cos(radians(lat)) * pi)
    return lat + d_lat, lon + d_lon


def _wave(v: float, parts: tuple[tuple[float, float], ...]) -> float:
    return sum(amount * sin(v * factor * pi) for amount, factor in parts) * 2.0 / 3.0


def _shift_lat(x: float, y: float) -> float:
    flat = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x))
    return (
        flat
        + _wave(x, ((20.0, 6.0), (20.0, 2.0)))
        + _wave(y, ((20.0, 1.0), (40.0, 1 / 3), (160.0, 1 / 12), (320.0, 1 / 30)))
    )


def _shift_lon(x: float, y: float) -> float:
    flat = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x))
    return flat + _wave(x, ((20.0, 6.0), (20.0, 2.0), (20.0, 1.0), (40.0, 1 / 3), (150.0, 1 / 12), (300.0, 1 / 30)))
