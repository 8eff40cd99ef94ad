"""Units for tests."""

from __future__ import annotations

from backend.kernel import db
from backend.places.models import Building
from backend.units.models import Unit, UnitPremises


def create_unit(
    building: Building, name: str = "海珠面馆", kind: str = "restaurant", floors: tuple[int, int] = (1, 1)
) -> Unit:
    with db.transaction() as session:
        unit = Unit(area_id=building.area_id, name=name, kind=kind)
        session.add(unit)
        session.flush()
        session.add(
            UnitPremises(
                unit_id=unit.id,
                building_id=building.id,
                from_ordinal=floors[0],
                to_ordinal=floors[1],
                scope_path=building.scope_path,
            )
        )
        session.flush()
        return unit
