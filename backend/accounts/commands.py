"""`flask admin create PHONE` and `flask auditor create PHONE`: the first people of an installation."""

from __future__ import annotations

import click

from backend.accounts import scopes, service
from backend.accounts.errors import AdministratorExists
from backend.accounts.people_routes import people
from backend.accounts.rules_routes import rules
from backend.kernel import db, scope
from backend.kernel.errors import DomainError
from backend.kernel.text import mask_phone


def appoint(role: str, phone: str, name: str = "", *, another: bool = False) -> None:
    """Give `role` over the whole installation; raises AdministratorExists when somebody holds it, unless `another`."""
    with db.transaction():
        if not another and service.people_with_role(role, scope.ROOT):
            raise AdministratorExists()
        person = service.find_or_create(phone, name)
        service.grant(person.id, role, scopes.ALL, None, scopes.find(scopes.ALL, None))


def _create(role: str, phone: str, name: str, another: bool) -> None:
    try:
        appoint(role, phone, name, another=another)
    except DomainError as error:
        raise click.ClickException(f"{error.message('en')} {error.message('zh')}") from None
    click.echo(f"{mask_phone(phone)} is {role} of this installation now. Sign in with this number.")


@people.cli.command("create")
@click.argument("phone")
@click.option("--name", default="", help="Name as the app shows it.")
@click.option("--another", is_flag=True, help="Make one more although there is one.")
def create_administrator(phone: str, name: str, another: bool) -> None:
    """Make the first administrator: a person who signs in with this phone number."""
    _create("administrator", phone, name, another)


@rules.cli.command("create")
@click.argument("phone")
@click.option("--name", default="", help="Name as the app shows it.")
@click.option("--another", is_flag=True, help="Make one more although there is one.")
def create_auditor(phone: str, name: str, another: bool) -> None:
    """Make an auditor, who reads the audit trail and nothing else; never an administrator as well."""
    _create("auditor", phone, name, another)
