"""A browser's half of web push: keys, and RFC 8291 decryption written after the RFC, not after our sender."""

import hashlib
import hmac
import json
import os
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def to_text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def to_bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _expand(secret: bytes, info: bytes, length: int) -> bytes:
    """HKDF-Expand of RFC 5869 for at most one block."""
    return hmac.new(secret, info + b"\x01", hashlib.sha256).digest()[:length]


class Browser:
    """One subscription's keys. `subscription(endpoint)` is what PushSubscription.toJSON() gives."""

    def __init__(self, private: int | None = None, auth: bytes | None = None) -> None:
        curve = ec.SECP256R1()
        self.key = ec.derive_private_key(private, curve) if private else ec.generate_private_key(curve)
        self.auth = auth or os.urandom(16)
        self.public = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def subscription(self, endpoint: str) -> dict[str, Any]:
        keys = {"p256dh": to_text(self.public), "auth": to_text(self.auth)}
        return {"endpoint": endpoint, "expirationTime": None, "keys": keys}

    def open(self, body: bytes) -> bytes:
        """The plaintext of one aes128gcm body (RFC 8188 2.1, RFC 8291 3.4)."""
        salt, (size, length) = body[:16], struct.unpack("!LB", body[16:21])
        sender, record = body[21 : 21 + length], body[21 + length :]
        assert length == 65 and len(record) <= size
        shared = self.key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender))
        mixed = hmac.new(self.auth, shared, hashlib.sha256).digest()
        ikm = _expand(mixed, b"WebPush: info\x00" + self.public + sender, 32)
        prk = hmac.new(salt, ikm, hashlib.sha256).digest()
        key = _expand(prk, b"Content-Encoding: aes128gcm\x00", 16)
        nonce = _expand(prk, b"Content-Encoding: nonce\x00", 12)
        padded = AESGCM(key).decrypt(nonce, record, None).rstrip(b"\x00")
        assert padded.endswith(b"\x02"), "the last record ends with the delimiter 2"
        return padded[:-1]

    def message(self, body: bytes) -> dict[str, Any]:
        """The declarative JSON of one body."""
        return dict(json.loads(self.open(body)))


def check_vapid(header: str, audience: str) -> dict[str, Any]:
    """Verify an Authorization header (RFC 8292 3) with its own key; returns the claims."""
    fields = dict(part.strip().split("=", 1) for part in header.removeprefix("vapid ").split(","))
    head, claims, signature = fields["t"].split(".")
    raw = to_bytes(signature)
    der = utils.encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), to_bytes(fields["k"]))
    public.verify(der, f"{head}.{claims}".encode(), ec.ECDSA(SHA256()))
    assert json.loads(to_bytes(head)) == {"alg": "ES256", "typ": "JWT"}
    told = dict(json.loads(to_bytes(claims)))
    assert told["aud"] == audience, told
    return told
