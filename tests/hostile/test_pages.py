"""The pages and files of the app: nothing beside the build, no address that breaks it, nothing for other sites."""

from __future__ import annotations

import pytest
from flask import Flask

from backend.kernel import spa

CLIMBING = ["/../../etc/passwd", "/..%2f..%2fREADME.md", "/%2e%2e/%2e%2e/Makefile", "/_app/..%5c..%5cMakefile",
            "/_app/%2e%2e/%2e%2e/pyproject.toml", "/%2fetc%2fpasswd", "/_app/immutable/../../../Makefile"]  # fmt: skip
ODD = ["/%00", "/index.html%00.js", "/" + "x" * 300, "/a" * 3000, "/x/" + "y" * 5000, "/%ff%fe", "/🔥" * 200]


@pytest.fixture(autouse=True)
def _build(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path_factory.mktemp("around") / "build"
    folder.mkdir()
    (folder / "index.html").write_text("<title>the app</title>")
    (folder.parent / "Makefile").write_text("secret")
    monkeypatch.setattr(spa, "BUILD", folder)


@pytest.mark.parametrize("path", [*CLIMBING, *ODD])
def test_an_address_is_a_page_or_nothing(app: Flask, path: str) -> None:
    answer = app.test_client().get(path)
    assert answer.status_code in (200, 404), answer.status_code
    assert answer.status_code == 404 or answer.text == "<title>the app</title>"


@pytest.mark.parametrize("path", ["//evil.example/", "//evil.example/%2f..", "/\\evil.example"])
def test_no_address_leads_to_another_site(app: Flask, path: str) -> None:
    answer = app.test_client().get("/", environ_overrides={"PATH_INFO": path})
    assert answer.headers.get("Location", "http://localhost/").startswith("http://localhost/")


@pytest.mark.parametrize("path", ["/api/me", "/api/openapi.json", "/api/nothing", "/api/incidents?state=open"])
def test_answers_of_the_api_are_kept_nowhere(app: Flask, path: str, db_session: object) -> None:
    answer = app.test_client().get(path)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_pages_are_framed_nowhere(app: Flask) -> None:
    answer = app.test_client().get("/")
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert (answer.headers["X-Frame-Options"], answer.headers["Referrer-Policy"]) == ("DENY", "no-referrer")


def test_a_session_that_is_no_session_and_a_query_without_end(app: Flask, db_session: object) -> None:
    browser = app.test_client()
    for cookie in ("x" * 9000, "\x00", "é", "'; DROP TABLE sessions; --"):
        assert browser.get("/api/me", headers={"Cookie": f"session={cookie}"}).status_code == 401
    assert browser.get("/api/incidents?" + "state=open&" * 20_000).status_code == 401
