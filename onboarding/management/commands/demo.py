"""Make the demo company with its people, and note how to sign in. Safe to repeat."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from billing import api as billing
from crm_core.setup.actions import demo_members, demo_workspace, load_demo, seed
from identity import api as identity
from kernel import context
from kernel.errors import NotFound
from kernel.ids import short_code
from tenants import api as tenants

SLUG = "demo"
OPERATOR = "operator@terem.example"
PLACES = {"en": ("Europe/London", "EUR"), "ru": ("Europe/Moscow", "RUB")}


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--language", choices=sorted(PLACES), default="en")
        parser.add_argument("--anew", action="store_true", help="close the present demo company first")

    def handle(self, *args: Any, **options: Any) -> None:
        note = _read_note()
        with context.enter(context.Context(cause="command")):
            if options["anew"]:
                _close()
            password = note.get("password") or f"lamp-{short_code(5)}-{short_code(5)}".lower()
            tenant = _open(options["language"])
            accounts = _accounts(tenant.language, password)
            filled = _fill(tenant, accounts)
            operator = _account(OPERATOR, "Operator", password)
            identity.make_operator(account=operator)
        address = _address()
        first = demo_members(tenant.language)[0].email
        _write_note(first, password, address)
        self.stdout.write(f"{tenant.name}: {'made' if filled else 'was there already'}.")
        self.stdout.write(f"Workspace  {address}\nSign in    {first}  {password}")


def _open(language: str) -> Any:
    """The demo company's registry row, opened if there is none."""
    try:
        return tenants.by_slug(SLUG)
    except NotFound:
        zone, currency = PLACES[language]
        name = demo_workspace(language)
        return tenants.open_tenant(slug=SLUG, name=name, language=language, zone=zone, currency=currency)


def _close() -> None:
    try:
        found = tenants.by_slug(SLUG)
    except NotFound:
        return
    tenants.close(tenant_id=found.id, reason="The demo company is made anew.")


def _accounts(language: str, password: str) -> dict[str, int]:
    """Confirmed accounts of everybody in the demo company, all with the one password."""
    return {one.email: _account(one.email, one.name, password).pk for one in demo_members(language)}


def _account(email: str, name: str, password: str) -> Any:
    account = identity.by_email(email)
    if account is None:
        return identity.create_account(email=email, password=password, name=name)
    identity.set_password(account=account, password=password)
    return account


def _fill(tenant: Any, accounts: dict[str, int]) -> bool:
    """Seed, people, clients and deals, lease; then the workspace is served."""
    owner = demo_members(tenant.language)[0]
    account_id = accounts[owner.email]
    with tenants.inside(tenant, cause="page"):
        member = seed(
            language=tenant.language,
            owner={"account_id": account_id, "name": owner.name, "email": owner.email},
        )
        filled = load_demo(by=member, language=tenant.language, accounts=accounts)
    billing.start(tenant.id)
    tenants.join(tenant_id=tenant.id, account_id=account_id, member_id=member.id)
    tenants.activate(tenant_id=tenant.id)
    return filled


def _address() -> str:
    return f"{settings.TEREM_SCHEME}://{tenants.host_of(SLUG)}{settings.TEREM_PORT_SUFFIX}/"


def _note() -> Path:
    return Path(settings.TEREM_VAR) / "demo.json"


def _read_note() -> dict[str, str]:
    try:
        found = json.loads(_note().read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _write_note(email: str, password: str, address: str) -> None:
    """Written last: where it is missing, the next start makes the demo again."""
    told = {
        "subdomain": SLUG,
        "address": address,
        "email": email,
        "mail": email,
        "password": password,
        "operator_email": OPERATOR,
        "operator_password": password,
    }
    _note().parent.mkdir(parents=True, exist_ok=True)
    _note().write_text(json.dumps(told, indent=1), "utf-8")
    _note().chmod(0o600)
