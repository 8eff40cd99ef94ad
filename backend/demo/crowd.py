"""From the plan to rows: people, what they hold, where they live, their shifts; transmitters and devices."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from backend.accounts import scopes
from backend.accounts.models import Grant, Person
from backend.demo import people as plans
from backend.demo.devices import planned
from backend.demo.estate import TRANSMITTERS
from backend.demo.land import Land, Values
from backend.demo.roster import shifts
from backend.kernel import crypt
from backend.monitoring.gateway import codes, profiles
from backend.monitoring.models import Device, Transmitter
from backend.places.models import Need, Residency, ResidencyState
from backend.stations.models import Shift

# (duty, key of the estate or station, how many in turn beside those who are always on)
ROSTERS = (
    ("control_room", ("estate", "home"), 1),
    ("control_room", ("estate", "street"), 1),
    ("station", ("station", "micro"), 2),
    ("station", ("station", "next"), 2),
    ("property", ("estate", "home"), 0),
)
# By their own address, from anywhere on this machine; the one that shows no address, by an address of its own.
LOOPBACK = "127.0.0.0/8"
OWN_ADDRESS = "127.0.26.{}"


def settle(land: Land, now: datetime) -> list[Values]:
    """Add everybody to the land; gives the table of people: [{name, phone, roles}], the leading ones first."""
    table = [*_staff(land, now), *_residents(land, now)]
    _needs(land)
    return table


def wire(land: Land, now: datetime) -> list[Values]:
    """Add transmitters and devices; gives [{id, source_address, estate}]."""
    boxes = {plan.key: _transmitter(land, plan, n, now) for n, plan in enumerate(TRANSMITTERS, 1)}
    for point in planned():
        building = land.buildings[point.building]
        door = land.dwellings.get((point.building, point.flat or ""))
        land.add(
            Device, transmitter_id=boxes[point.transmitter]["id"], system_type=point.system, system_address=1,
            component_type=point.component, component_address=point.address,
            kind=codes.component(point.component).kind, building_id=building["id"],
            floor_id=land.floors[point.building, point.ordinal]["id"], dwelling_id=door["id"] if door else None,
            label=point.label, label_en=point.label_en, is_found=False, created_at=now,
            scope_path=(door or building)["scope_path"],
        )  # fmt: skip
    ordered = sorted(boxes.values(), key=lambda box: (box["building_id"] is None, box["source_address"]))
    return [{"id": b["id"], "source_address": b["source_address"], "estate": b["estate_id"]} for b in ordered]


def _transmitter(land: Land, plan: Any, number: int, now: datetime) -> Values:
    estate = land.estates[plan.estate]
    building = land.buildings[plan.building] if plan.building else None
    identity = profiles.get(plan.profile).identity
    is_nameless = identity == profiles.Identity.CONNECTION
    return land.add(
        Transmitter, estate_id=estate["id"], building_id=building["id"] if building else None, name=plan.name,
        name_en=plan.name_en,
        source_address=plan.address, profile=plan.profile, identity=str(identity), registered_at=now,
        network=OWN_ADDRESS.format(number) + "/32" if is_nameless else LOOPBACK,
        silent_after_s=plan.silent_after_s, scope_path=(building or estate)["scope_path"],
    )  # fmt: skip


def _staff(land: Land, now: datetime) -> Iterator[Values]:
    on_call: dict[tuple[str, tuple[str, str]], list[tuple[bool, Any]]] = {}
    for n, member in enumerate(plans.staff(), plans.FIRST_STAFF):
        person = _person(land, member.name, n, now)
        _grant(land, person, member, now)
        if member.shift:
            on_call.setdefault((member.shift, member.scope), []).append((member in plans.LEADING, person["id"]))
        yield {"name": member.name, "phone": plans.phone(n), "roles": [member.role]}
    for duty, where, each in ROSTERS:
        kind, scope_id = where[0], _scope(land, *where)[0]
        known = on_call[duty, where]
        always, turning = [p for is_on, p in known if is_on], [p for is_on, p in known if not is_on]
        land.rows.setdefault(Shift, []).extend(shifts(duty, kind, scope_id, always, turning, each, now))


def _residents(land: Land, now: datetime) -> Iterator[Values]:
    count = plans.PEOPLE - len(plans.staff())
    behind: dict[tuple[str, str], int] = {}
    for n, home in enumerate(plans.residents(count), plans.FIRST_RESIDENT):
        person = _person(land, home.name, n, now, "en" if home.name in plans.ENGLISH else "zh")
        door, building = land.dwellings[home.building, home.number], land.buildings[home.building]
        behind[home.building, home.number] = behind.get((home.building, home.number), 0) + 1
        land.add(
            Residency, dwelling_id=door["id"], person_id=person["id"], state=str(ResidencyState.ADMITTED),
            asked_at=now, decided_at=now, decided_by=None,
        )  # fmt: skip
        land.add(
            Grant, person_id=person["id"], role="resident", scope_kind="dwelling", scope_id=door["id"],
            scope_name=f"{building['name']} {home.number}", scope_name_en=f"{building['name_en']} {home.number}",
            paths=[door["scope_path"]],
            building_paths=[building["scope_path"]], created_at=now, created_by=None,
        )  # fmt: skip
        yield {"name": home.name, "phone": plans.phone(n), "roles": ["resident"]}
    for key, people in behind.items():
        land.dwellings[key]["household"] = people + 1


def _person(land: Land, name: str, number: int, now: datetime, language: str = "zh") -> Values:
    phone = plans.phone(number)
    return land.add(
        Person, name=name, phone_encrypted=crypt.encrypt(phone), phone_index=crypt.blind_index(phone),
        language=language, is_large=False, created_at=now, confirmed_at=None,
    )  # fmt: skip


def _grant(land: Land, person: Values, member: plans.Staff, now: datetime) -> None:
    scope_id, on = _scope(land, *member.scope)
    land.add(
        Grant, person_id=person["id"], role=member.role, scope_kind=member.scope[0], scope_id=scope_id,
        scope_name=on.name, scope_name_en=on.name_en, paths=list(on.paths), building_paths=[],
        created_at=now, created_by=None,
    )  # fmt: skip


def _scope(land: Land, kind: str, key: str) -> tuple[Any, scopes.Scope]:
    if kind == scopes.ALL:
        return None, scopes.find(kind, None)
    row = {"area": land.areas, "estate": land.estates, "station": land.stations}[kind][key]
    paths = land.covered[key] if kind == "station" else [row["scope_path"]]
    return row["id"], scopes.Scope(row["name"], row["name_en"], tuple(paths))


def _needs(land: Land) -> None:
    named = {(building, number) for building, number, *_ in plans.NEEDS}
    for building, number, kind, label, note, people in plans.NEEDS:
        door = land.dwellings[building, number]["id"]
        land.add(Need, dwelling_id=door, kind=kind, label=label, note=note, people=people)
    others = [key for key in land.dwellings if key not in named]
    for key in others[:: len(others) // plans.CARERS_WANTED]:
        land.add(Need, dwelling_id=land.dwellings[key]["id"], kind="mobility", label="老人", note="", people=1)
