"""Headers that browsers act on: on answers, errors, pages and files alike."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from backend.kernel import config, spa

API = ("/api/openapi.json", "/api/me", "/api/nowhere")
PAGES = ("/api", "/", "/incidents", "/icons/none.png")


@pytest.fixture(autouse=True)
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An app of one page: these tests need no build."""
    (tmp_path / "index.html").write_text("<!doctype html><title>app</title>")
    monkeypatch.setattr(spa, "BUILD", tmp_path)


@pytest.fixture
def public_url(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with monkeypatch.context() as inner:
        inner.setenv("PUBLIC_URL", request.param)
        inner.setenv("SMS_CONSOLE_FORCED", "true")
        config.settings.cache_clear()
        yield request.param
    config.settings.cache_clear()


@pytest.mark.parametrize("path", [*API, *PAGES])
def test_nothing_is_sniffed_framed_or_told_elsewhere(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", API)
def test_an_answer_of_the_api_that_is_opened_as_a_page_loads_nothing(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert headers["Cache-Control"] == "no-store"


def test_a_page_may_ask_for_the_place_and_keep_the_screen_awake_and_nothing_else(client: FlaskClient) -> None:
    told = dict(one.split("=") for one in client.get("/").headers["Permissions-Policy"].split(", "))
    assert {name for name, who in told.items() if who == "(self)"} == {"geolocation", "screen-wake-lock"}
    assert {"camera", "microphone", "payment", "usb"} <= {name for name, who in told.items() if who == "()"}


@pytest.mark.parametrize("public_url", ["https://shouwang.example"], indirect=True)
@pytest.mark.parametrize("path", [*API, *PAGES])
def test_who_came_by_https_stays_there(client: FlaskClient, public_url: str, path: str) -> None:
    assert client.get(path).headers["Strict-Transport-Security"] == "max-age=31536000"


@pytest.mark.parametrize("public_url", ["http://192.0.2.7:8000"], indirect=True)
def test_without_https_nobody_is_sent_there(client: FlaskClient, public_url: str) -> None:
    assert "Strict-Transport-Security" not in client.get("/").headers
