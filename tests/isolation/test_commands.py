"""Every management command of ours, found by itself: no company is read aloud or changed by one that is not about it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command, get_commands

from deploy.local import places
from kernel import context
from tenants import api
from tests.isolation.test_crawl import digest
from tests.isolation.world import World
from tests.support.tenants import make_account

pytestmark = pytest.mark.usefixtures("database")


def ours() -> list[str]:
    """Names of the commands that lie in this checkout."""
    found = []
    for name, app in get_commands().items():
        path = Path(apps.get_app_config(app.rpartition(".")[2]).path) if app != "django.core" else Path("/")
        if path.is_relative_to(places.ROOT) and not path.is_relative_to(places.VENV):
            found.append(name)
    return sorted(found)


def _install() -> None:
    call_command("install", reserve=0)


def _demo() -> None:
    call_command("demo")
    with context.enter(context.Context(cause="command")):
        api.close(tenant_id=api.by_slug("demo").id, reason="The test is over.")


def _make_operator() -> None:
    make_account("operator-of-commands@terem.example")
    call_command("make_operator", "operator-of-commands@terem.example")
    call_command("make_operator", "operator-of-commands@terem.example", remove=True)


def _remove_second_factor() -> None:
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    TOTP.activate(make_account("factor@terem.example"), generate_totp_secret())
    call_command("remove_second_factor", "factor@terem.example")


CASES: dict[str, Callable[[], None]] = {
    "demo": _demo,
    "recount": lambda: call_command("recount"),
    "install": _install,
    "make_operator": _make_operator,
    "remove_second_factor": _remove_second_factor,
    "reseal": lambda: call_command("reseal"),
}
# Commands that tell operators of companies: {slug} is one company's address.
# They may name companies, as the console does, and change none.
READING: dict[str, tuple[str, ...]] = {
    "announce": (),
    "backup": ("list", "{slug}"),
    "closing": ("list",),
    "domains": ("list", "{slug}"),
    "drift": (),
    "errors": ("list",),
    "jobs": ("list",),
    "maintenance": ("status",),
    "placement": ("list",),
    "tenants": ("show", "{slug}"),
    "upgrade": ("status",),
}
# Commands that need a provider of payments or an archive; their own tests prove what they touch.
ELSEWHERE = {
    "move": "tests/onboarding",
    "prices": "tests/billing",
    "reconcile": "tests/billing",
    "take_in": "tests/crm_core/exports",
}


@pytest.mark.parametrize("name", [name for name in ours() if name not in READING])
def test_command_tells_and_changes_nothing_of_other_companies(
    name: str, worlds: tuple[World, World], capsys: Any, tmp_path: Path, settings: Any
) -> None:
    if name in ELSEWHERE:
        pytest.skip(f"proved in {ELSEWHERE[name]}")
    assert name in CASES, f"Give the command {name} a case in tests/isolation/test_commands.py."
    settings.TEREM_VAR = str(tmp_path)
    before = [digest(world) for world in worlds]
    CASES[name]()
    told = "".join(capsys.readouterr())
    assert not any(world.marker in told for world in worlds)
    assert [digest(world) for world in worlds] == before


@pytest.mark.parametrize("name", sorted(READING))
def test_command_for_operators_changes_nobody_and_tells_of_the_one_asked_for(
    name: str, worlds: tuple[World, World], capsys: Any, tmp_path: Path, settings: Any
) -> None:
    owner, stranger = worlds
    settings.TEREM_VAR = str(tmp_path)
    before = [digest(world) for world in worlds]
    words = [word.format(slug=owner.company.tenant.slug) for word in READING[name]]
    with suppress(CommandError):  # There may be nothing to tell of, or something that differs.
        call_command(name, *words)
    told = "".join(capsys.readouterr())
    if "{slug}" in READING[name]:
        assert stranger.marker not in told
        assert stranger.company.tenant.schema_name not in told
    if name != "announce":  # What it lists is the platform's own, the same for every company.
        kept = [str(key) for key in stranger.things.values() if isinstance(key, UUID)]
        assert not any(key in told for key in kept)
    assert [digest(world) for world in worlds] == before
