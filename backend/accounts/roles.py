"""Roles and what each may do: the one table. Code asks for a permission, never for a role.

A grant gives a role *on* a scope. `permissions` hold on the grant's own paths and all that lies under them;
`building_permissions` hold on the building above a dwelling, so that a resident sees the alarm of the tower but
only the household of the own door. A role without a home screen of its own is not offered yet.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

LOOKING = frozenset({"places.see", "incidents.see"})
"""What everybody with a role sees inside the own scope."""

RESPONDING = LOOKING | {
    "devices.see",
    "incidents.respond",
    "incidents.confirm",
    "incidents.control",
    "incidents.reopen",
    "rollcall.see",
    "stations.see",
    "units.see",
}
"""Somebody who goes there and tells what it is."""

AT_THE_DOOR = frozenset({"residents.see", "needs.see", "phones.see"})
"""Who knows the people behind the doors: needed to fetch those who cannot walk."""


@dataclass(frozen=True, slots=True)
class Role:
    """One role. `scope_kinds` names what it can be held on ("all" is the whole installation)."""

    name: str
    zh: str
    en: str
    scope_kinds: frozenset[str]
    permissions: frozenset[str]
    building_permissions: frozenset[str] = frozenset()
    is_offered: bool = True
    excludes: frozenset[str] = frozenset()


def _role(name: str, zh: str, en: str, scope_kinds: str, permissions: Iterable[str], **more: object) -> Role:
    return Role(name, zh, en, frozenset(scope_kinds.split()), frozenset(permissions), **more)  # type: ignore[arg-type]  # `more` are Role's own fields


_TABLE = (
    _role(
        "resident", "居民", "resident", "dwelling",
        LOOKING | {"residents.see", "needs.see", "devices.see", "incidents.answer", "rollcall.answer"},
        building_permissions=LOOKING | {"devices.see", "incidents.witness", "rollcall.answer"},
    ),
    _role(
        "property", "物业管理人员", "property manager", "estate building",
        RESPONDING | AT_THE_DOOR | {
            "residents.admit", "transmitters.see", "incidents.dismiss", "incidents.close", "exercises.run", "tests.run",
        },
    ),
    _role(
        "control_room", "消防控制室值班员", "control-room operator", "estate building unit",
        RESPONDING | AT_THE_DOOR | {
            "devices.silence", "transmitters.see", "incidents.dismiss", "incidents.dismiss_afar", "incidents.close",
            "exercises.run", "tests.run",
        },
    ),
    _role(
        "station_member", "微型消防站队员", "micro station member", "station",
        RESPONDING | {"needs.see", "incidents.dismiss"},
    ),
    _role(
        "station_leader", "微型消防站站长", "micro station leader", "station",
        RESPONDING | AT_THE_DOOR | {"incidents.dismiss", "incidents.close", "exercises.run"},
    ),
    _role(
        "grid_worker", "社区网格员", "grid worker", "area estate",
        RESPONDING - {"incidents.control"} | AT_THE_DOOR | {"residents.admit", "incidents.dismiss"},
    ),
    _role(
        "police", "派出所民警", "police officer", "area station",
        RESPONDING | {"needs.see"},
    ),
    _role(
        "inspector", "消防监督员", "fire inspector", "area",
        RESPONDING | {"transmitters.see", "incidents.close", "dismissals.see"},
    ),
    _role(
        "administrator", "系统管理员", "administrator", "all area estate",
        LOOKING | {
            "places.manage", "residents.see", "residents.admit", "phones.see", "people.manage", "grants.manage",
            "devices.see", "devices.silence", "transmitters.see", "transmitters.manage", "quarantine.manage",
            "frames.see", "exercises.run", "stations.see", "units.see", "imports.run", "exports.run",
            "exports.unmasked", "policies.manage", "dismissals.see", "tests.run",
        },
        excludes=frozenset({"auditor"}),
    ),
    _role(
        "auditor", "审计员", "auditor", "all area estate", {"audit.see"},
        is_offered=False, excludes=frozenset({"administrator"}),
    ),
    _role(
        "dispatcher", "119指挥中心调度员", "119 dispatcher", "area",
        RESPONDING | {"needs.see", "phones.see"}, is_offered=False,
    ),
    _role(
        "unit_manager", "单位消防安全管理人", "unit fire-safety manager", "unit",
        RESPONDING | {"transmitters.see", "incidents.dismiss", "incidents.close", "exercises.run", "tests.run"},
        is_offered=False,
    ),
    _role(
        "centre_operator", "监控中心值班员", "monitoring-centre operator", "area estate unit",
        RESPONDING | {
            "phones.see", "devices.silence", "transmitters.see", "quarantine.manage", "frames.see",
            "incidents.dismiss_afar", "tests.run",
        },
        is_offered=False,
    ),
    _role(
        "carer", "照护人", "carer", "dwelling",
        LOOKING | {"needs.see", "incidents.answer", "rollcall.answer"},
        building_permissions=LOOKING, is_offered=False,
    ),
    _role(
        "street_office", "街道办事处", "street office", "area",
        LOOKING | {"stations.see", "units.see"}, is_offered=False,
    ),
    _role(
        "industry_department", "行业主管部门", "industry department", "area",
        LOOKING | {"units.see"}, is_offered=False,
    ),
    _role(
        "service_agency", "消防技术服务机构", "service agency", "estate building unit",
        {"places.see", "devices.see", "transmitters.see", "units.see", "tests.run"}, is_offered=False,
    ),
)  # fmt: skip

ROLES: dict[str, Role] = {role.name: role for role in _TABLE}

PERMISSIONS: frozenset[str] = frozenset().union(*(r.permissions | r.building_permissions for r in _TABLE))


def permissions_of(role: str) -> frozenset[str]:
    """What the role may do on the paths it is held on."""
    return ROLES[role].permissions


def roles_with(permission: str, *, on_building: bool = False) -> list[str]:
    """Names of the roles that hold `permission` on their own scope, or on the building above it."""
    if on_building:
        return [r.name for r in _TABLE if permission in r.building_permissions]
    return [r.name for r in _TABLE if permission in r.permissions]


def conflict(held: Iterable[str], new: str) -> str | None:
    """The role already held that one person may never join with `new`, if there is one."""
    return next(iter(sorted(ROLES[new].excludes.intersection(held))), None)
