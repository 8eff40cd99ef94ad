"""schemathesis over the generated OpenAPI: whoever asks and whatever they send, no 5xx and no answer out of shape.

SHOUWANG_FUZZ_S says how long for each person (15 s in `make test`, a minute in `make fuzz`), SHOUWANG_FUZZ_SEED
repeats a run. Half of the path parameters are real rows, else every answer would be 404.
"""

from __future__ import annotations

import os
import time
import traceback
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.hostile.conftest import World

SECONDS = float(os.environ.get("SHOUWANG_FUZZ_S", "15"))
SEED = int(os.environ.get("SHOUWANG_FUZZ_SEED", "26875"))
ENDLESS = "/api/stream"
EACH = 2  # cases of one operation in one round
CHECKS = [
    not_a_server_error,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
]
WHO = {"anonymous": None, "resident": "home", "responder": "station", "administrator": "administrator"}
POLICIES = ("incidents.near_floors", "home.next_exercise", "gauges.limits", "places.qr_period_days")


@pytest.fixture
def schema(world: World) -> Any:
    return schemathesis.openapi.from_wsgi("/api/openapi.json", world.app, config=SchemathesisConfig())


@pytest.mark.parametrize("who", WHO)
def test_no_5xx_and_no_breach(who: str, schema: Any, world: World) -> None:
    print(f"SHOUWANG_FUZZ_SEED={SEED} SHOUWANG_FUZZ_S={SECONDS:.0f} as {who}")
    operations = [found.ok() for found in schema.get_all_operations()]
    operations = [one for one in operations if one.path != ENDLESS]
    end, sent, round_, looked = time.monotonic() + SECONDS, 0, 0, set()
    broken: dict[str, str] = {}
    while time.monotonic() < end:
        for operation in _turned(operations, round_):
            if time.monotonic() > end:
                break
            mode = GenerationMode.NEGATIVE if round_ % 3 == 2 else GenerationMode.POSITIVE
            try:
                sent += _send_some(operation, mode, SEED + round_, world, world.browser(WHO[who]))
            except Unsatisfiable:  # there is no wrong value where every text is allowed
                continue
            except (Exception, ExceptionGroup) as error:  # all of a run are wanted, not only the first
                broken.setdefault(operation.label, "".join(traceback.format_exception_only(error)))
            looked.add(operation.label)
        round_ += 1
    print(f"{sent} requests, {len(looked)} of {len(operations)} operations, {round_} rounds")
    assert not broken, "\n\n".join(f"{label}: {words}" for label, words in broken.items())
    assert sent, "nothing was sent in this time"


def _turned(operations: list[Any], round_: int) -> list[Any]:
    """Another beginning each round, so that a short run does not always look at the same ones."""
    at = round_ * 17 % len(operations)
    return operations[at:] + operations[:at]


def _send_some(operation: Any, mode: GenerationMode, number: int, world: World, browser: FlaskClient) -> int:
    sent = 0
    cookie = browser.get_cookie("session")
    headers = {"Cookie": f"session={cookie.value}"} if cookie else {}
    places = _places(world)

    @seed(number)
    @settings(
        max_examples=EACH,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=_cases(operation, mode))
    def send(case: Case) -> None:
        nonlocal sent
        sent += 1
        if sent % 4 and mode is GenerationMode.POSITIVE:
            for name in set(case.path_parameters or {}) & set(places):
                case.path_parameters[name] = next(places[name])
        answer = case.call(headers=headers)
        case.validate_response(answer, checks=CHECKS)

    send()
    return sent


def _cases(operation: Any, mode: GenerationMode) -> Any:
    return operation.as_strategy(generation_mode=mode)


def _places(world: World) -> dict[str, Iterator[Any]]:
    """For each path parameter an endless row of real values."""
    given = {name: (str(found),) for name, found in world.ids.items()} | {"name": POLICIES}
    return {name: _around(values) for name, values in given.items()}


def _around(values: tuple[Any, ...]) -> Iterator[Any]:
    while True:
        yield from values
