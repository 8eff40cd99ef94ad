"""Keys and what is done with them: encryption at rest, the blind index, signed tokens, VAPID.

Keys are made on first start in DATA_DIR/keys (0700, files 0600). Losing data.key loses all phone numbers, losing
vapid.pem ends every push subscription: the README says to back them up.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from functools import lru_cache
from typing import Any

import orjson
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from backend.kernel import clock, files


@lru_cache(maxsize=1)
def _root() -> bytes:
    return files.key("data.key", lambda: os.urandom(32))


def _subkey(purpose: str) -> bytes:
    return hmac.digest(_root(), purpose.encode(), "sha256")


def encrypt(text: str) -> bytes:
    """AES-256-GCM: 12 bytes of nonce, then the ciphertext with its tag."""
    nonce = os.urandom(12)
    return nonce + AESGCM(_subkey("encrypt")).encrypt(nonce, text.encode(), None)


def decrypt(data: bytes) -> str:
    return AESGCM(_subkey("encrypt")).decrypt(data[:12], data[12:], None).decode()


def blind_index(text: str) -> bytes:
    """A keyed hash to look an exact value up by, without storing it."""
    return hmac.digest(_subkey("index"), text.encode(), "sha256")


def sign(purpose: str, claims: dict[str, Any], valid_s: float) -> str:
    """A token of `claims` that `verify` accepts for the same purpose within `valid_s` seconds. No dots or padding."""
    body = orjson.dumps({**claims, "exp": int(clock.now().timestamp() + valid_s)}, default=str)
    mac = hmac.digest(_subkey("sign " + purpose), body, hashlib.sha256)[:16]
    return base64.urlsafe_b64encode(mac + body).decode().rstrip("=")


def verify(purpose: str, token: str) -> dict[str, Any] | None:
    """The claims, or None for a forged, broken, foreign or expired token."""
    try:
        data = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        mac, body = data[:16], data[16:]
        if not hmac.compare_digest(mac, hmac.digest(_subkey("sign " + purpose), body, hashlib.sha256)[:16]):
            return None
        claims: dict[str, Any] = orjson.loads(body)
    except (ValueError, TypeError):
        return None
    return claims if claims["exp"] >= clock.now().timestamp() else None


@lru_cache(maxsize=1)
def vapid_key() -> ec.EllipticCurvePrivateKey:
    """The application server key of web push (RFC 8292), P-256."""

    def fresh() -> bytes:
        return ec.generate_private_key(ec.SECP256R1()).private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )

    key = serialization.load_pem_private_key(files.key("vapid.pem", fresh), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise SystemExit("wrong key: DATA_DIR/keys/vapid.pem must hold a P-256 private key")
    return key


def vapid_public() -> str:
    """The uncompressed public point in base64url without padding, as browsers want it."""
    point = (
        vapid_key().public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    )
    return base64.urlsafe_b64encode(point).decode().rstrip("=")
