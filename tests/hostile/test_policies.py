"""A policy may be set badly, by a slip or by malice: at every value that is accepted the alarm still goes out."""

from __future__ import annotations

from typing import Any

import pytest

from backend.accounts import rules
from backend.home import keeping
from backend.incidents import service as incidents
from backend.kernel import db, policy
from tests.factories.incidents import create_danger
from tests.hostile.conftest import World

TEXTS = ("", "{x}", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00")


def worst(declared: policy.Declared, is_most: bool, text: str) -> Any:
    """The smallest or the largest value that may be set."""
    steps = [10.0**n for n in range(9, -10, -1)] + [0.0]
    if isinstance(declared.default, dict):
        inner = {k: policy.Declared("", v, "") for k, v in declared.default.items()}
        return {k: worst(one, is_most, text) for k, one in inner.items()}
    if isinstance(declared.default, str | bool):
        return text if isinstance(declared.default, str) else is_most
    numbers = [type(declared.default)(n) for n in [*steps, declared.most, declared.least]]
    return (max if is_most else min)(n for n in numbers if rules.fits(declared, n))


@pytest.fixture(autouse=True)
def _nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping.Keeper, "get", lambda _keeper, _key, make: make())


@pytest.mark.parametrize(
    ("is_most", "text"), [(False, TEXTS[0]), (False, TEXTS[2]), (True, TEXTS[3]), (True, TEXTS[1])]
)
def test_no_accepted_value_stops_the_alarm_or_the_home_screen(world: World, is_most: bool, text: str) -> None:
    with db.transaction():
        for name, declared in policy.declared.items():
            if not name.startswith("test."):
                value = worst(declared, is_most, text)
                assert rules.fits(declared, value), name
                policy.put(name, "/", value)
    assert not _use(world, world.browser("desk"), world.browser("home"), world.browser(None))


def _use(world: World, guard: Any, resident: Any, stranger: Any) -> list[str]:
    """What must go on whatever is set; what broke."""
    said = []
    for browser, path in ((resident, "/api/home"), (guard, "/api/home"), (guard, "/api/incidents?state=open"),
                          (stranger, f"/api/public/buildings/{world.ids['token']}")):  # fmt: skip
        answer = browser.get(path)
        if answer.status_code >= 500:
            said.append(f"GET {path}: {answer.status_code}")
    call = {"category": "fire", "place": {"qr": world.ids["token"]}}
    answer = stranger.post("/api/incidents", json=call)
    if answer.status_code >= 500:
        said.append(f"fire here: {answer.status_code}")
    try:
        with db.transaction():
            incidents.take_in(create_danger(world.watch.tower, 7))
    except Exception as error:
        said.append(f"a detector's fire: {error!r}")
    return said
