"""Analog values (type 3): every one into the day's partition, the newest of each metric into latest_readings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from backend.kernel import retention
from backend.monitoring import rows
from backend.monitoring.gateway import codes
from backend.monitoring.gateway.bodies import Item

PRESSURE_MPA = 4
READINGS_DAYS = retention.declare("readings", 400, "Days for which measured values are kept.")
FRAMES_DAYS = retention.declare("frames", 1, "Whole days for which the raw bytes of frames are kept.")
SIGNALS_DAYS = retention.declare(
    "signals", 400, "Days for which signals are kept that are no danger; dangers are never deleted.", least=30
)


@dataclass(frozen=True, slots=True)
class Measured:
    """One value in the metric's unit. Pressure is kept in kPa whichever of the two types said it."""

    device_id: UUID
    metric: str
    value: float
    unit: str
    received_at: datetime
    device_at: datetime | None


def measure(device_id: UUID, item: Item, at: datetime) -> Measured:
    """The value of an analog item: the signed 16-bit number times the step of its type (table 6)."""
    code, raw = item.analog_type or 0, item.value or 0
    if code == PRESSURE_MPA:
        return Measured(device_id, "pressure", float(raw * 100), "kPa", at, item.at)
    quantity = codes.quantity(code)
    value = round(raw * quantity.step, 6)
    return Measured(device_id, quantity.metric, value, quantity.unit, at, item.at)


_LATEST = {
    "device_id": "uuid",
    "metric": "text",
    "value": "float8",
    "unit": "text",
    "received_at": "timestamptz",
    "device_at": "timestamptz",
}


def keep(measured: list[Measured]) -> None:
    """Write readings; of several values of one metric in a batch the last is the newest: our receipt orders them."""
    if not measured:
        return
    rows.copy(
        "readings",
        ["received_at", "device_id", "metric", "value", "device_at"],
        [(m.received_at, m.device_id, m.metric, m.value, m.device_at) for m in measured],
    )
    newest = {(m.device_id, m.metric): m for m in measured}
    values = [{name: getattr(m, name) for name in _LATEST} for _, m in sorted(newest.items())]
    rows.upsert("latest_readings", ["device_id", "metric"], _LATEST, values)
