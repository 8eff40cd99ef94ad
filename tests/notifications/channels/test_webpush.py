"""Encryption, token and headers against an implementation of our own that follows the RFCs."""

import json
from base64 import urlsafe_b64decode
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from notifications.channels import keys, webpush
from tests.sinks.browser import Browser, check_vapid, to_bytes, to_text

ENDPOINT = "https://push.example:8443/send/abc"


class Clock:
    def __init__(self) -> None:
        self.at = datetime(2026, 5, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sealer(clock: Clock) -> webpush.Sealer:
    key = ec.generate_private_key(ec.SECP256R1())
    return webpush.Sealer(webpush.Vapid(key, "mailto:duty@example.org", clock))


def seal(sealer: webpush.Sealer, browser: Browser, payload: bytes) -> bytes:
    own = browser.subscription(ENDPOINT)["keys"]
    return sealer.seal(payload, ENDPOINT, own["p256dh"], own["auth"])


# RFC 8291 5 and appendix A: the receiver's keys, the message, the sender's key and salt, and what comes of them.
WATERMELON = b"When I grow up, I want to be a watermelon"
SENDER_KEY = int.from_bytes(to_bytes("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"), "big")
BODY = to_bytes(
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27ml"
    "mlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT"
    "pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


@pytest.fixture
def rfc_browser() -> Browser:
    private = int.from_bytes(to_bytes("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"), "big")
    return Browser(private, to_bytes("BTBZMqHH6r4Tts7J_aSIgg"))


def test_the_test_browser_reads_the_example_of_rfc_8291(rfc_browser: Browser) -> None:
    assert rfc_browser.open(BODY) == WATERMELON


def test_with_the_key_and_salt_of_rfc_8291_its_very_octets_come_out(
    sealer: webpush.Sealer, rfc_browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = ec.derive_private_key(SENDER_KEY, ec.SECP256R1())
    monkeypatch.setattr(webpush.ec, "generate_private_key", lambda curve: key)
    monkeypatch.setattr(webpush.os, "urandom", lambda size: BODY[:16])
    assert seal(sealer, rfc_browser, WATERMELON) == BODY


@pytest.mark.parametrize("size", [0, 1, 1024, webpush.MAX_PLAINTEXT])
def test_a_browser_opens_what_was_sealed(sealer: webpush.Sealer, size: int) -> None:
    browser, payload = Browser(), b"\x01" * size
    body = seal(sealer, browser, payload)
    assert browser.open(body) == payload
    assert len(body) == size + 103 <= 4096


def test_over_one_record_is_refused(sealer: webpush.Sealer) -> None:
    with pytest.raises(webpush.TooLong):
        seal(sealer, Browser(), b"x" * (webpush.MAX_PLAINTEXT + 1))


def test_two_messages_never_share_key_or_salt(sealer: webpush.Sealer) -> None:
    browser = Browser()
    assert seal(sealer, browser, b"a")[:86] != seal(sealer, browser, b"a")[:86]


@pytest.mark.parametrize(
    ("p256dh", "auth"),
    [("", "AAAA"), ("BAAA", to_text(b"0" * 16)), (to_text(b"\x04" + b"\x01" * 64), to_text(b"0" * 16)),
     ("!!", "!!"), (to_text(Browser().public), to_text(b"0" * 15)), (to_text(Browser().public), "é")],
    ids=["empty", "short", "off the curve", "not base64", "short secret", "not ascii"],  # the same on all xdist workers
)  # fmt: skip
def test_bad_keys_are_one_clear_error(sealer: webpush.Sealer, p256dh: str, auth: str) -> None:
    with pytest.raises(keys.BadSubscription):
        keys.check_keys(p256dh, auth)


def test_keys_off_the_curve_end_one_message_only(sealer: webpush.Sealer) -> None:
    with pytest.raises(keys.BadSubscription):
        sealer.seal(b"x", ENDPOINT, to_text(b"\x04" + b"\x01" * 64), to_text(b"0" * 16))


def test_padded_keys_are_understood(sealer: webpush.Sealer) -> None:
    browser = Browser()
    keys.check_keys(to_text(browser.public) + "=", to_text(browser.auth) + "==")
    body = sealer.seal(b"x", ENDPOINT, to_text(browser.public) + "=", to_text(browser.auth) + "==")
    assert browser.open(body) == b"x"


def test_the_token_names_the_port_and_lives_twelve_hours(sealer: webpush.Sealer, clock: Clock) -> None:
    claims = check_vapid(sealer.vapid.authorization(ENDPOINT), "https://push.example:8443")
    assert claims["sub"] == "mailto:duty@example.org"
    assert claims["exp"] == int((clock.at + timedelta(hours=12)).timestamp())


def test_the_token_is_signed_once_in_six_hours_and_per_origin(sealer: webpush.Sealer, clock: Clock) -> None:
    first = sealer.vapid.authorization(ENDPOINT)
    clock.at += timedelta(hours=5, minutes=59)
    assert sealer.vapid.authorization("https://push.example:8443/other") == first
    check_vapid(sealer.vapid.authorization("https://other.example/x"), "https://other.example")
    clock.at += timedelta(minutes=2)
    assert sealer.vapid.authorization(ENDPOINT) != first


@pytest.mark.parametrize(
    ("endpoint", "expected"),
    [("https://a.example:443/x", "https://a.example"), ("https://A.example/x", "https://a.example"),
     ("https://[::1]:8443/x", "https://[::1]:8443"), ("http://a.example:80/", "http://a.example")],
)  # fmt: skip
def test_origins(endpoint: str, expected: str) -> None:
    assert keys.origin(endpoint) == expected


def test_headers(sealer: webpush.Sealer) -> None:
    lines = dict(line.split(":", 1) for line in sealer.headers(ENDPOINT, 1800, "high", keys.topic("i", "ring0.1")))
    assert lines["TTL"].strip() == "1800" and lines["Urgency"].strip() == "high"
    assert lines["Content-Encoding"].strip() == "aes128gcm"
    assert len(lines["Topic"].strip()) == 32
    assert len(urlsafe_b64decode(lines["Topic"].strip())) == 24


def test_topics_differ_by_subject_and_step() -> None:
    assert len({keys.topic(s, t) for s in ("a", "b") for t in ("ring0.1", "over.1")}) == 4


def test_json_of_an_alarm_stays_json(sealer: webpush.Sealer) -> None:
    browser = Browser()
    payload = json.dumps({"web_push": 8030, "notification": {"title": "18 层起火"}}, ensure_ascii=False).encode()
    assert browser.message(seal(sealer, browser, payload))["notification"]["title"] == "18 层起火"
