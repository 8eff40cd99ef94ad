"""When evidence makes a fire of a suspicion: the rules for devices and for people, without any state."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from backend.incidents.states import Danger, Policy, Sighting, Sign


def sighting_of(danger: Danger) -> Sighting:
    return Sighting(
        point=danger.point,
        at=danger.at,
        floor=danger.floor,
        counts=danger.is_registered and danger.is_source_verified and not danger.is_test,
    )


def with_sighting(seen: Iterable[Sighting], new: Sighting) -> tuple[Sighting, ...]:
    """One row for each point: the newest moment; a point that once counted goes on counting."""
    kept = []
    for old in seen:
        if old.point == new.point:
            new = replace(new, counts=new.counts or old.counts)
        else:
            kept.append(old)
    return (*kept, new)


def are_near(one: int | None, other: int | None, floors: int) -> bool:
    """Within so many floors by ordinal, which has no 0: B1 (-1) and the ground floor (1) are neighbours."""
    if one is None or other is None:
        return one is None and other is None
    return abs(flights(one) - flights(other)) <= floors


def flights(ordinal: int) -> int:
    return ordinal if ordinal < 0 else ordinal - 1


def devices_confirm(seen: Iterable[Sighting], danger: Danger, policy: Policy) -> bool:
    """A confirming device, or a second detector near enough and soon enough. A false source and a test never do."""
    if not danger.is_source_verified or danger.is_test:
        return False
    if danger.confirms:
        return True
    new = sighting_of(danger)
    return new.counts and any(
        old.counts
        and old.point != new.point
        and are_near(old.floor, new.floor, policy.near_floors)
        and abs((new.at - old.at).total_seconds()) <= policy.second_detector_s
        for old in seen
    )


def people_confirm(signs: Iterable[Sign], seen: Iterable[Sighting]) -> bool:
    """Two residents of two dwellings, a resident with a responder, or the household's "real" with a second sign."""
    signs = tuple(signs)
    dwellings = {sign.dwelling for sign in signs if sign.dwelling and not sign.is_responder}
    if len(dwellings) >= 2:
        return True
    if dwellings and any(sign.is_responder for sign in signs):
        return True
    points = {sighting.point for sighting in seen if sighting.counts}
    return len(points) >= 2 and any(sign.is_household for sign in signs)


def with_sign(signs: Iterable[Sign], new: Sign) -> tuple[Sign, ...]:
    signs = tuple(signs)
    return signs if new in signs else (*signs, new)
