"""The cast of clients: an owner's browser, a salesperson, a stranger, one company with a person."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connections
from django.urls import reverse

from crm_core.clients import actions
from crm_core.clients.models import Company, Heading, HeadingValue, Person

PART = {"HX-Request": "true", "HX-Request-Type": "partial"}
WORKSPACE = "config.urls_workspace"

SALES_RIGHTS = [
    "clients.view", "clients.edit", "notes.write", "activities.view", "activities.edit", "sales.view", "sales.edit",
]  # fmt: skip


def url(name: str, /, *args: Any, **query: str) -> str:
    """The address of a page of the workspace."""
    from django.utils.http import urlencode

    path = reverse(name, args=args, urlconf=WORKSPACE)
    return f"{path}?{urlencode(query)}" if query else path


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that go to the tenant's database inside the block, without what opens and ends transactions."""
    seen: list[str] = []

    def note(execute: Any, sql: Any, params: Any, many: Any, found: Any) -> Any:
        if not str(sql).startswith(("SAVEPOINT", "RELEASE")):
            seen.append(str(sql))
        return execute(sql, params, many, found)

    with connections["tenant"].execute_wrapper(note):
        yield seen


@dataclass(frozen=True)
class Cast:
    """``boss`` is the administrator, ``anna`` and ``boris`` see their own records only."""

    boss: Any
    anna: Any
    boris: Any


@pytest.fixture
def cast(member: Any, make_member: Callable[..., Any]) -> Cast:
    return Cast(
        boss=member,
        anna=make_member(name="Anna Keller", rights=SALES_RIGHTS, visibility="own"),
        boris=make_member(name="Boris Lang", rights=SALES_RIGHTS, visibility="own"),
    )


@pytest.fixture
def web(client_for: Callable[..., Any], cast: Cast) -> Any:
    """The administrator's browser."""
    return client_for(cast.boss)


@pytest.fixture
def harbour(cast: Cast) -> Company:
    """A company with a phone, a mail and an owner."""
    return actions.create_company(
        by=cast.boss,
        owner=cast.boss,
        values={"name": "Harbour House Hotels", "website": "www.harbour.example", "city": "Bristol"},
        ways=[actions.Way("phone", "+49 30 901820", "work"), actions.Way("email", "Info@Harbour.example")],
    )


@pytest.fixture
def martha(cast: Cast, harbour: Company) -> Person:
    """A person who works there."""
    return actions.create_person(
        by=cast.boss,
        owner=cast.boss,
        values={"first_name": "Martha", "last_name": "Vaughan", "position": "Head of operations"},
        ways=[actions.Way("phone", "8 (495) 123-45-67")],
        company_id=harbour.pk,
    )


@pytest.fixture
def stage(tenant: Any) -> Heading:
    """The heading "Stage" of companies."""
    return Heading.objects.get(kind="company", slot="stage")


def value_of(heading: Heading, position: int = 0) -> HeadingValue:
    return list(heading.values.order_by("position"))[position]
