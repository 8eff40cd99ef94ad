"""What the page's Link header names: files for all, data for who has a session and the browser's language."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from backend.kernel import spa

HINTS = [
    {"path": "/", "scripts": ["/_app/home.js"], "styles": ["/_app/home.css"], "data": ["/api/me", "/api/home"]},
    {"path": "/fire/[id]", "scripts": [], "styles": [], "data": ["/api/incidents/[id]"]},
    {"path": "/[...missing]", "scripts": ["/_app/missing.js"], "styles": [], "data": []},
]
FILES = "</_app/home.js>; rel=modulepreload, </_app/home.css>; rel=preload; as=style"
DATA = ", ".join(f"<{one}>; rel=preload; as=fetch; crossorigin" for one in ("/api/me", "/api/home"))
CHINESE = {"Accept-Language": "zh-CN"}


@pytest.fixture
def build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "index.html").write_text("<!doctype html><title>app</title>")
    (tmp_path / "hints.json").write_text(json.dumps(HINTS))
    monkeypatch.setattr(spa, "BUILD", tmp_path)
    return tmp_path


def link(client: FlaskClient, path: str, cookies: str = "", **headers: str) -> str | None:
    for one in filter(None, cookies.split("; ")):
        client.set_cookie(*one.split("="))
    return client.get(path, headers=CHINESE | headers).headers.get("Link")


def test_a_stranger_gets_files_and_who_has_a_session_data_too(build: Path, client: FlaskClient) -> None:
    assert link(client, "/") == FILES
    assert link(client, "/", "session=x") == f"{DATA}, {FILES}"


def test_a_part_of_the_address_goes_into_the_data_as_it_is_or_not_at_all(build: Path, client: FlaskClient) -> None:
    assert link(client, "/fire/01a1-b", "session=x") == "</api/incidents/01a1-b>; rel=preload; as=fetch; crossorigin"
    for other in ("/fire/a%3E;b", "/fire/a%0d%0aX:1", "/fire/a/b", "/nowhere"):
        assert link(client, other) is None


def test_the_browser_asks_in_its_own_language_so_nothing_where_another_was_chosen(
    build: Path, client: FlaskClient
) -> None:
    assert link(client, "/", "session=x; language=en") == FILES
    assert link(client, "/", **{"Accept-Language": "en-GB"}) == f"{DATA}, {FILES}"


def test_what_the_worker_keeps_for_every_page_names_nothing(build: Path, client: FlaskClient) -> None:
    assert link(client, "/", **{"Sec-Fetch-Dest": "empty"}) is None
    assert link(client, "/", **{"Sec-Fetch-Dest": "document"}) == FILES


def test_a_build_without_hints_is_served_and_a_new_one_is_read(build: Path, client: FlaskClient) -> None:
    assert link(client, "/") == FILES
    (build / "hints.json").write_text(json.dumps([]))
    assert link(client, "/") is None
    (build / "hints.json").unlink()
    assert client.get("/").status_code == 200
