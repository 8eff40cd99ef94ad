"""Event -> handlers: the only place where sibling features meet by effect. Handlers run in the event's transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from backend.incidents.service import note_evidence, take_in
from backend.monitoring.events import DangerSensed, EvidenceSeen
from backend.places import directory
from backend.stations.service import register_scope as register_stations
from backend.units.service import register_scope as register_units

# What lower features must know of higher ones is registered here, once for every process.
directory.register()
register_stations()
register_units()

REACTIONS: Mapping[type, Sequence[Callable[[Any], object]]] = {
    DangerSensed: (take_in,),
    EvidenceSeen: (note_evidence,),
}
