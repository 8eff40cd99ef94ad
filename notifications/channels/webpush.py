"""Web push: one encrypted message and its headers (RFC 8030, 8188, 8291, 8292). Pure: no network, no database."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from webpush import WebPush

from notifications.channels.keys import BadSubscription, b64, origin

# RFC 8291 4: one record of 4096 octets less header (86), tag (16) and delimiter (1).
MAX_PLAINTEXT = 3993
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


class Sealer:
    """Encrypts payloads and writes the headers of their requests."""

    def __init__(self, vapid: Vapid) -> None:
        self.vapid = vapid
        pem = vapid.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        public = vapid.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        self._push = WebPush(private_key=pem, public_key=public, ttl=3600)

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

    def headers(self, endpoint: str, ttl_s: int, urgency: str, topic: str | None = None) -> list[str]:
        """Header lines of one request: TTL is mandatory and in seconds (RFC 8030 5.2), Urgency 5.3, Topic 5.4."""
        lines = [
            "Authorization: " + self.vapid.authorization(endpoint),
            "Content-Encoding: aes128gcm",
            "Content-Type: application/octet-stream",
            f"TTL: {max(0, ttl_s)}",
            f"Urgency: {urgency}",
        ]
        return [*lines, f"Topic: {topic}"] if topic else lines
