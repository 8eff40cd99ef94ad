"""The building's QR code: a token that changes every period, so that a photo of it does not open the door for ever.

Token: 16 bytes of building id, 2 bytes of period number, 10 bytes of HMAC-SHA256 by the building's own secret,
in base64url without padding (38 characters). The last period's token works for a time of grace.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import io
from datetime import UTC, datetime, timedelta
from uuid import UUID

import segno

from backend.kernel import clock, db, policy
from backend.kernel.config import settings
from backend.places.errors import QrExpired, QrUnknown
from backend.places.models import Building

PERIOD = policy.declare(
    "places.qr_period_days", 90, "Days after which a building's QR code is replaced by a new one.", 1, 3650
)
GRACE = policy.declare("places.qr_grace_days", 14, "Days for which the replaced QR code still works.", most=3650)
SIZE = 28


def token(building: Building) -> str:
    """The token to print now."""
    return _encode(building, _period(building, clock.now()))


def valid_until(building: Building) -> datetime:
    """When the code printed now stops working."""
    days = policy.get(PERIOD, building.scope_path)
    return _start(_period(building, clock.now()) + 1, days) + timedelta(days=policy.get(GRACE, building.scope_path))


def building_of(text: str) -> Building:
    """The building of a token, or of the address that carries it; raises QrUnknown, QrExpired."""
    try:
        raw = base64.urlsafe_b64decode(text.rsplit("/", 1)[-1].strip() + "==")
    except (binascii.Error, ValueError):
        raise QrUnknown() from None
    if len(raw) != SIZE:
        raise QrUnknown()
    building = db.session().get(Building, UUID(bytes=raw[:16]))
    if building is None or not hmac.compare_digest(raw[18:], _mac(building, raw[:18])):
        raise QrUnknown()
    if not _is_good(building, int.from_bytes(raw[16:18], "big")):
        raise QrExpired()
    return building


def address(building: Building) -> str:
    """What the code says when scanned: the building's public page."""
    return f"{settings().public_url}/q/{token(building)}"


def svg(building: Building) -> bytes:
    """The code as SVG with a quiet zone of four modules, error correction Q: half torn off it still reads."""
    out = io.BytesIO()
    segno.make(address(building), error="q", micro=False).save(out, kind="svg", scale=8, border=4)
    return out.getvalue()


def _is_good(building: Building, period: int) -> bool:
    now, current = clock.now(), _period(building, clock.now())
    grace = timedelta(days=policy.get(GRACE, building.scope_path))
    in_grace = now < _start(current, policy.get(PERIOD, building.scope_path)) + grace
    return period == current or (period == current - 1 and in_grace)


def _period(building: Building, at: datetime) -> int:
    return int(at.timestamp() // 86400) // int(policy.get(PERIOD, building.scope_path)) % 65536


def _start(period: int, days: int) -> datetime:
    return datetime.fromtimestamp(period * days * 86400, UTC)


def _encode(building: Building, period: int) -> str:
    head = building.id.bytes + period.to_bytes(2, "big")
    return base64.urlsafe_b64encode(head + _mac(building, head)).decode().rstrip("=")


def _mac(building: Building, head: bytes) -> bytes:
    return hmac.digest(building.qr_secret, head, "sha256")[:10]
