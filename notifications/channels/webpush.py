"""Web push: one encrypted message and its headers (RFC 8030, 8188, 8291, 8292). Pure: no network, no database."""

import os
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import lru_cache
from hmac import digest
from types import SimpleNamespace
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from webpush import WebPush

from notifications.channels.keys import BadSubscription, b64, origin

# RFC 8291 4: one record of 4096 octets less header (86), tag (16) and delimiter (1).
MAX_PLAINTEXT = 3993
RECORD_SIZE = (4096).to_bytes(4, "big")
CURVE, ECDH = ec.SECP256R1(), ec.ECDH()
TOKEN_LIFE = timedelta(hours=12)
TOKEN_REFRESH = timedelta(hours=6)


class TooLong(ValueError):
    """The payload does not fit into one record."""


class Vapid:
    """Signs for one key pair and keeps the token of each push service (RFC 8292 2).

    The library signs every message anew (40 % of its time) and leaves the port out of `aud`."""

    def __init__(self, key: ec.EllipticCurvePrivateKey, contact: str, now: Callable[[], datetime]) -> None:
        """`contact` is a mailto: or https: address; `now` gives aware UTC time."""
        self.key = key
        self.public_key = b64(key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))
        self._contact, self._now = contact, now
        self._tokens: dict[str, tuple[str, datetime]] = {}
        self._lock = threading.Lock()

    def authorization(self, endpoint: str) -> str:
        """The Authorization header for an endpoint; half of its life is margin for wrong clocks."""
        audience, now = origin(endpoint), self._now()
        kept = self._tokens.get(audience)
        if kept and now < kept[1]:
            return kept[0]
        with self._lock:
            claims = {"aud": audience, "exp": int((now + TOKEN_LIFE).timestamp()), "sub": self._contact}
            header = f"vapid t={jwt.encode(claims, self.key, algorithm='ES256')}, k={self.public_key}"
            if len(self._tokens) > 1000:  # endpoints come from browsers: bounded whatever they send
                self._tokens.clear()
            self._tokens[audience] = (header, now + TOKEN_REFRESH)
        return header


class _Push(WebPush):  # type: ignore[misc]  # the library ships no types
    """The library with its one slow step done again: the same primitives, without objects made anew for each message.

    A fifth less processor for each of ten thousand phones (docs/decisions/0008-sealing-by-hand.md)."""

    def _encrypt(self, message: bytes, subscription: Any) -> bytes:
        """RFC 8291 3.3 and 3.4, one record of RFC 8188: a fresh key pair and salt for each message."""
        theirs = self._decode_subscription_key(subscription.keys.p256dh)
        secret = self._decode_subscription_key(subscription.keys.auth)
        peer = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, theirs)
        key = ec.generate_private_key(CURVE)
        ours = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        # HKDF (RFC 5869) with one block of output is an HMAC to extract and an HMAC to expand.
        shared = digest(secret, key.exchange(ECDH, peer), "sha256")
        keying = digest(shared, b"WebPush: info\0" + theirs + ours + b"\1", "sha256")
        salt = os.urandom(16)
        extracted = digest(salt, keying, "sha256")
        content_key = digest(extracted, b"Content-Encoding: aes128gcm\0\1", "sha256")[:16]
        nonce = digest(extracted, b"Content-Encoding: nonce\0\1", "sha256")[:12]
        record = AESGCM(content_key).encrypt(nonce, message + b"\2", None)
        return salt + RECORD_SIZE + bytes((len(ours),)) + ours + record


class Sealer:
    """Encrypts payloads and writes the headers of their requests."""

    def __init__(self, vapid: Vapid) -> None:
        self.vapid = vapid
        pem = vapid.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        public = vapid.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        self._push = _Push(private_key=pem, public_key=public, ttl=3600)

    def seal(self, payload: bytes, endpoint: str, p256dh: str, auth: str) -> bytes:
        """One aes128gcm record with a fresh key. BadSubscription for bad keys, TooLong over one record."""
        if len(payload) > MAX_PLAINTEXT:
            raise TooLong(f"{len(payload)} octets, at most {MAX_PLAINTEXT}")
        # A plain object: the library's model would check the endpoint again, which was checked when it came in.
        keys = SimpleNamespace(auth=auth.rstrip("="), p256dh=p256dh.rstrip("="))
        try:
            sealed: bytes = self._push._encrypt(payload, SimpleNamespace(endpoint=endpoint, keys=keys))
        except (ValueError, TypeError) as error:
            raise BadSubscription(str(error)) from error
        return sealed

    def headers(self, endpoint: str, ttl_s: int, urgency: str, topic: str | None = None) -> tuple[str, ...]:
        """Header lines of one request: TTL is mandatory and in seconds (RFC 8030 5.2), Urgency 5.3, Topic 5.4.

        The phones of one ring at one service get the very same lines, which the sender need not read again."""
        return _lines(self.vapid.authorization(endpoint), max(0, ttl_s), urgency, topic)


@lru_cache(maxsize=1024)
def _lines(authorization: str, ttl_s: int, urgency: str, topic: str | None) -> tuple[str, ...]:
    lines = (
        "Authorization: " + authorization,
        "Content-Encoding: aes128gcm",
        "Content-Type: application/octet-stream",
        f"TTL: {ttl_s}",
        f"Urgency: {urgency}",
    )
    return (*lines, f"Topic: {topic}") if topic else lines
