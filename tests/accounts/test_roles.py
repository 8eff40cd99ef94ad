"""The role table: complete, deny by default, and the two roles that never meet in one person."""

from __future__ import annotations

import pytest

from backend.accounts.roles import PERMISSIONS, ROLES, conflict, permissions_of, roles_with

OFFERED = {
    "resident", "property", "control_room", "station_member", "station_leader", "grid_worker", "police", "inspector",
    "administrator",
}  # fmt: skip


def test_every_role_of_the_product_is_here_and_only_those_with_a_home_are_offered() -> None:
    assert {r.name for r in ROLES.values() if r.is_offered} == OFFERED
    assert {r.name for r in ROLES.values() if not r.is_offered} == {
        "auditor", "dispatcher", "unit_manager", "centre_operator", "carer", "street_office", "industry_department",
        "service_agency",
    }  # fmt: skip


def test_permissions_are_a_noun_and_a_verb() -> None:
    assert all(len(p.split(".")) == 2 for p in PERMISSIONS)


def test_every_role_has_a_name_in_both_languages_and_a_scope_to_be_held_on() -> None:
    for role in ROLES.values():
        assert role.zh and role.en and role.permissions and role.scope_kinds


def test_only_roles_held_on_a_dwelling_reach_the_building_above() -> None:
    for role in ROLES.values():
        assert not role.building_permissions or role.scope_kinds == {"dwelling"}


def test_a_resident_knows_only_the_own_household() -> None:
    assert not ROLES["resident"].building_permissions & {"residents.see", "needs.see", "phones.see", "incidents.answer"}


@pytest.mark.parametrize("permission", ["audit.see"])
def test_only_the_auditor_reads_the_trail(permission: str) -> None:
    assert roles_with(permission) == ["auditor"]
    assert permissions_of("auditor") == {"audit.see"}


def test_managing_is_the_administrators_alone() -> None:
    for permission in ("people.manage", "grants.manage", "imports.run", "exports.unmasked", "policies.manage"):
        assert roles_with(permission) == ["administrator"]


def test_dismissing_from_afar_is_for_those_who_sit_at_the_panel() -> None:
    assert set(roles_with("incidents.dismiss_afar")) == {"control_room", "centre_operator"}


def test_administrator_and_auditor_exclude_each_other_both_ways() -> None:
    assert conflict({"administrator", "resident"}, "auditor") == "administrator"
    assert conflict({"auditor"}, "administrator") == "auditor"
    assert conflict({"resident", "property"}, "administrator") is None
