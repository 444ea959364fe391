"""A schema made by the blueprint equals one made by plain migrations, rights and index names included."""

from __future__ import annotations

import re

import pytest

from kernel import context
from kernel.ids import opaque_name
from tenants import actions, schemas
from tenants.models import Blank, Blueprint
from tests.support.tenants import Company

pytestmark = pytest.mark.usefixtures("database")


def normal(dump: str, name: str) -> list[str]:
    """The dump with only the schema's and role's name taken out, and what differs from run to run."""
    lines = [line for line in dump.splitlines() if line and not line.startswith(("--", "\\"))]
    return [re.sub(re.escape(name), "t_x", line) for line in lines]


@pytest.fixture
def command() -> object:
    with context.enter(context.Context(cause="command")):
        yield


def test_replayed_schema_has_no_difference(companies: tuple[Company, Company], command: None) -> None:
    name = companies[0].tenant.schema_name
    plain = opaque_name("t_")
    schemas.make_by_migrations(plain)
    try:
        expected = normal(schemas.dump(plain), plain)
        assert normal(schemas.dump(name), name) == expected
        assert normal(schemas.dump(schemas.TEMPLATE), schemas.TEMPLATE) == expected
    finally:
        schemas.drop(plain)


def test_statements_are_single_and_name_their_schema() -> None:
    blueprint = Blueprint.objects.get(release=schemas.current_release())
    assert len(blueprint.statements) > 50
    for statement in blueprint.statements:
        assert schemas.SCHEMA_MARK in statement
        assert ";" not in re.sub(r"'[^']*'", "", statement)


def test_reserve_is_filled_and_claimed_once(command: None) -> None:
    actions.fill_reserve(2)
    before = set(Blank.objects.values_list("schema_name", flat=True))
    from django.db import transaction

    with transaction.atomic(using="default"):
        name, release = actions.claim_schema()
    assert name in before
    assert release == schemas.current_release()
    assert not Blank.objects.filter(schema_name=name).exists()
    schemas.drop(name)


def test_failed_claim_leaves_the_blank(command: None) -> None:
    actions.fill_reserve(1)
    before = Blank.objects.count()
    from django.db import transaction

    with pytest.raises(RuntimeError), transaction.atomic(using="default"):
        actions.claim_schema()
        raise RuntimeError
    assert Blank.objects.count() == before


def test_without_reserve_the_blueprint_is_replayed(command: None) -> None:
    for name in list(Blank.objects.values_list("schema_name", flat=True)):
        schemas.drop(name)
        Blank.objects.filter(schema_name=name).delete()
    from django.db import transaction

    with transaction.atomic(using="default"):
        name, _release = actions.claim_schema()
    with schemas.owner() as connection:
        tables = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = %s", [name]).fetchone()
    assert tables is not None
    assert tables[0] > 10
    schemas.drop(name)


def test_blanks_of_earlier_releases_go(command: None) -> None:
    name = actions.make_schema()
    Blank.objects.create(schema_name=name, release="earlier")
    assert actions.drop_stale_reserve() == 1
    with schemas.owner() as connection:
        assert connection.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [name]).fetchone() is None
