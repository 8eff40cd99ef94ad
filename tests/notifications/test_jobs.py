"""What the processes are given: a light import, a contact for push services, periodic work."""

import subprocess
import sys

import pytest

from backend.kernel import config
from notifications import jobs

HEAVY = ("webpush", "pydantic", "pycurl", "jwt", "flask", "notifications.fanout")


@pytest.mark.parametrize(
    ("url", "expected"),
    [("https://watch.example", "https://watch.example"), ("http://watch.example", "mailto:duty@watch.example"),
     ("http://127.0.0.1:8000", "mailto:duty@127.0.0.1")],
)  # fmt: skip
def test_push_services_may_ask_somebody(url: str, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUBLIC_URL", url)
    monkeypatch.setenv("SMS_CONSOLE_FORCED", "1")
    config.settings.cache_clear()
    assert jobs.contact() == expected
    monkeypatch.undo()
    config.settings.cache_clear()


def test_processes_that_only_tell_do_not_load_what_delivers() -> None:
    code = f"import sys, notifications.service, notifications.jobs; print([m for m in {HEAVY} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"


def test_the_sweeper_looks_every_second() -> None:
    often = {one.run.__name__: one.every_s for one in jobs.PERIODIC if one.every_s <= 60}
    assert often == {"sweep": 1.0, "fall_back": 1.0, "expire": 60.0}
