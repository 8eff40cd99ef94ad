"""An import as it was read, and what it will meet: the estate as it stands, if there is one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select

from backend.kernel import db
from backend.monitoring.models import Transmitter
from backend.places.models import Area, Building, Dwelling, Estate, Floor
from backend.transfers import sheets
from backend.transfers.problems import Problems
from backend.transfers.sheets import Line

Rows = list[Line]


@dataclass
class Draft:
    """The rows of all files, those of the estate by what they are."""

    estates: Rows = field(default_factory=list)
    buildings: Rows = field(default_factory=list)
    floors: Rows = field(default_factory=list)
    gates: Rows = field(default_factory=list)
    hydrants: Rows = field(default_factory=list)
    transmitters: Rows = field(default_factory=list)
    devices: Rows = field(default_factory=list)
    people: Rows = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """How many rows of each kind there are."""
        return {name: len(rows) for name, rows in vars(self).items() if rows}


def read(files: Mapping[str, str], problems: Problems) -> Draft:
    """The draft of these texts by file name; what cannot be read goes into `problems`."""
    draft = Draft()
    for file, text in files.items():
        rows = sheets.read(file, text, problems)
        if file == "estate":
            for line in rows:
                getattr(draft, line.get("what") + "s").append(line)
        else:
            getattr(draft, file).extend(rows)
    return draft


@dataclass
class Known:
    """What there is already. Names are unique within an estate here; floors by building and ordinal."""

    area: Area | None = None
    estate: Estate | None = None
    buildings: dict[str, Building] = field(default_factory=dict)
    floors: dict[tuple[UUID, int], Floor] = field(default_factory=dict)
    dwellings: dict[tuple[UUID, str], Dwelling] = field(default_factory=dict)
    transmitters: dict[str, Transmitter] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """The scope path that the import touches: the estate's, or its area's while it does not exist."""
        place = self.estate or self.area
        return place.scope_path if place else ""


def known(estate_id: UUID | None, draft: Draft) -> Known:
    """The estate with this id; else the one that the draft's estate row names, by area and name."""
    row = draft.estates[0] if draft.estates else None
    area = db.session().scalar(select(Area).where(Area.code == row.get("area"))) if row else None
    estate = db.session().get(Estate, estate_id) if estate_id else None
    if estate is None and row and area:
        query = select(Estate).where(Estate.area_id == area.id, Estate.name == row.get("name"))
        estate = db.session().scalar(query.order_by(Estate.id).limit(1))
    found = Known(area=area, estate=estate)
    if estate:
        fill(found, estate.id)
    return found


def fill(found: Known, estate_id: UUID) -> None:
    """Read the estate's buildings, floors, dwellings and transmitters anew."""
    buildings = db.session().scalars(select(Building).where(Building.estate_id == estate_id)).all()
    ids = [b.id for b in buildings]
    found.buildings = {b.name: b for b in buildings}
    floors = db.session().scalars(select(Floor).where(Floor.building_id.in_(ids)))
    found.floors = {(f.building_id, f.ordinal): f for f in floors}
    dwellings = db.session().scalars(select(Dwelling).where(Dwelling.building_id.in_(ids)))
    found.dwellings = {(d.building_id, d.number): d for d in dwellings}
    query = select(Transmitter).where(Transmitter.estate_id == estate_id)
    found.transmitters = {t.name: t for t in db.session().scalars(query)}
