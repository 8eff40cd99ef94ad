"""Light parts of web push that every process may import: base64url, the browser's keys, origins, topics."""

import hashlib
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import lru_cache
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec

_B64 = re.compile(r"[A-Za-z0-9_-]+={0,2}")


class BadSubscription(ValueError):
    """The browser's keys cannot be used; ends one subscription, never a chunk."""


def b64(raw: bytes) -> str:
    """base64url without padding, as every web push field wants it."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    """The octets of base64url text, padded or not. ValueError when it is anything else."""
    if not _B64.fullmatch(text):
        raise ValueError("not base64url")
    return urlsafe_b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))


def check_keys(p256dh: str, auth: str) -> None:
    """Refuse keys that no message could be encrypted to. BadSubscription says which."""
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), unb64(p256dh))
        secret = unb64(auth)
    except ValueError as error:
        raise BadSubscription(f"p256dh or auth: {error}") from error
    if len(unb64(p256dh)) != 65 or len(secret) != 16:
        raise BadSubscription("p256dh must have 65 octets and auth 16 (RFC 8291 3.2)")


@lru_cache(maxsize=1024)
def topic(subject_id: str, step: str) -> str:
    """RFC 8030 5.4: at most 32 base64url characters. One topic per subject and step, so that an
    all-clear never replaces the alarm itself."""
    return b64(hashlib.sha256(f"{subject_id}\n{step}".encode()).digest()[:24])


def origin(endpoint: str) -> str:
    """RFC 6454 origin of an endpoint, with its port when that is not the scheme's own."""
    return _origin("/".join(endpoint.split("/", 3)[:3]))


@lru_cache(maxsize=4096)
def _origin(head: str) -> str:
    """Few services, many endpoints: parsed once for each service."""
    parts = urlsplit(head)
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    usual = {"https": 443, "http": 80}.get(parts.scheme)
    return f"{parts.scheme}://{host}" + (f":{parts.port}" if parts.port not in (None, usual) else "")
