"""What the sweeper does for accounts."""

from __future__ import annotations

from backend.accounts import signing_in
from backend.kernel.jobs import Periodic

PERIODIC = [Periodic(signing_in.forget, every_s=3600)]
