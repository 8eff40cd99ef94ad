"""What the building's own devices say: transmitters, devices, signals, readings, faults (GB 50440, GB/T 26875)."""

from __future__ import annotations
