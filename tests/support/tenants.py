"""Fixtures with real tenants: two seeded companies per worker, rolled back after each test, or fresh ones.

``tenant`` (company Acme) and ``other_tenant`` (Beta) are committed once per
worker; a test works in a transaction on both aliases that is rolled back, and
commit hooks run as they would. ``own_tenant`` is a fresh, committed company for
jobs, threads, isolation and closing.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pytest
from django.conf import settings
from django.db import connections, transaction
from django.test import Client
from django.test.client import ClientHandler
from django.test.testcases import TestCase

from kernel import context
from kernel.ids import uuid7

ALIASES = ("default", "tenant")
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Company:
    """A seeded tenant with its owner (role Administrator)."""

    tenant: Any
    owner_id: Any

    @property
    def host(self) -> str:
        return f"{self.tenant.slug}.terem.test"

    @property
    def owner(self) -> Any:
        from crm_core.team.models import Member

        return Member.objects.select_related("role", "team").get(id=self.owner_id)


def make_account(email: str, password: str = "correct horse battery") -> Any:
    """A confirmed account in the control plane."""
    from allauth.account.models import EmailAddress
    from django.contrib.auth import get_user_model

    user = get_user_model().objects.create_user(username=email, email=email, password=password)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def open_company(name: str, slug: str, language: str = "en", email: str = "") -> Company:
    """Open, seed and activate a tenant for a new account; everything is committed."""
    from billing import api as billing
    from crm_core.setup.actions import seed
    from crm_core.team.models import Member
    from tenants import api

    email = email or f"owner@{slug}.example"
    with context.enter(context.Context(cause="command")):
        account = make_account(email)
        found = api.open_tenant(slug=slug, name=name, language=language, zone="UTC", currency="EUR")
        with api.inside(found):
            seed(
                language=language,
                owner={"account_id": account.pk, "name": f"Owner of {name}", "email": email},
            )
            member = Member.objects.get(account_id=account.pk)
        billing.start(found.id)
        api.join(tenant_id=found.id, account_id=account.pk, member_id=member.id)
        found = api.activate(tenant_id=found.id)
    return Company(found, member.id)


@contextmanager
def rolled_back() -> Iterator[None]:
    """One transaction on each alias, undone at the end; nested actions get savepoints of their own."""
    blocks = [transaction.atomic(using=alias) for alias in ALIASES]
    for block in blocks:
        block._from_testcase = True  # type: ignore[attr-defined]
        block.__enter__()
    try:
        yield
    finally:
        for alias, block in zip(reversed(ALIASES), reversed(blocks), strict=True):
            transaction.set_rollback(True, using=alias)
            block.__exit__(None, None, None)


@lru_cache(maxsize=8)
def _handler(_middleware: tuple[str, ...]) -> ClientHandler:
    """One loaded chain of middleware for all browsers, as a server has one for all requests."""
    return ClientHandler(enforce_csrf_checks=False)


class Browser(Client):
    """Django's test client on a company's host, signed in as a member; commit hooks run after each request."""

    def __init__(self, host: str, **defaults: Any) -> None:
        super().__init__(headers=defaults.pop("headers", None), **{"HTTP_HOST": host, **defaults})
        self.host = host
        self.handler = _handler(tuple(settings.MIDDLEWARE))

    def request(self, **request: Any) -> Any:
        with TestCase.captureOnCommitCallbacks(using="tenant", execute=True):
            with TestCase.captureOnCommitCallbacks(using="default", execute=True):
                return super().request(**request)


def sign_in(browser: Browser, member: Any) -> Browser:
    """Open a workspace session for the member and keep its cookie."""
    from django.conf import settings

    from crm_core.team.actions import open_session

    _session, key = open_session(member=member, agent="tests", network="127.0.0.1")
    browser.cookies[settings.WORKSPACE_COOKIE] = key
    return browser


@pytest.fixture(scope="session")
def companies(django_db_setup: None, django_db_blocker: Any) -> tuple[Company, Company]:
    """Acme (English) and Beta (Russian), committed once for this worker."""
    with django_db_blocker.unblock():
        return open_company("Acme", "acme"), open_company("Бета", "beta", "ru")


@pytest.fixture
def database(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Access to the databases with real commits and no rollback."""
    with django_db_blocker.unblock():
        yield
        for alias in ALIASES:
            connections[alias].close()


@pytest.fixture
def tenant(companies: tuple[Company, Company], django_db_blocker: Any) -> Iterator[Any]:
    """The tenant Acme, its context entered, everything rolled back afterwards."""
    from tenants import api

    company = companies[0]
    with django_db_blocker.unblock():
        # What the last test changed was rolled back in the database, not in this object that all share.
        company.tenant.refresh_from_db()
        with api.inside(company.tenant, cause="page"), rolled_back():
            yield company.tenant


@pytest.fixture
def other_tenant(companies: tuple[Company, Company], django_db_blocker: Any) -> Any:
    """The tenant Beta; enter it with ``tenants.api.inside``."""
    with django_db_blocker.unblock():
        companies[1].tenant.refresh_from_db()
    return companies[1].tenant


@pytest.fixture
def member(tenant: Any, companies: tuple[Company, Company]) -> Any:
    """Acme's owner, an administrator."""
    return companies[0].owner


@pytest.fixture
def make_member(tenant: Any) -> Callable[..., Any]:
    """Make another member: ``make_member(rights=[…], visibility="own", name="Anna")``."""
    from crm_core.team.models import Member, Role

    def make(
        *, rights: list[str] | None = None, visibility: str = "all", name: str = "", **fields: Any
    ) -> Any:
        number = next(_numbers)
        role = Role(name=f"Role {number}", rights=rights or [], visibility=visibility)
        role.save()
        made = Member(
            name=name or f"Member {number}", email=f"member{number}@acme.example", role=role, **fields
        )
        made.save()
        return made

    return make


@pytest.fixture
def client_for(tenant: Any, companies: tuple[Company, Company]) -> Callable[..., Browser]:
    """A signed-in browser: ``client_for(member)``; without a member a stranger's."""

    def make(member: Any = None, **defaults: Any) -> Browser:
        browser = Browser(companies[0].host, **defaults)
        return sign_in(browser, member) if member is not None else browser

    return make


@pytest.fixture
def own_tenant(django_db_setup: None, django_db_blocker: Any) -> Iterator[Callable[..., Company]]:
    """Open fresh committed companies: ``own_tenant("Gamma")``; real commits, real jobs."""

    def make(name: str = "Own", language: str = "en") -> Company:
        return open_company(name, f"own-{os.getpid()}-{uuid7().hex[-8:]}", language)

    with django_db_blocker.unblock():
        yield make
        for alias in ALIASES:
            connections[alias].close()


def run_jobs(limit: int = 50) -> int:
    """Run the waiting jobs of the present tenant here and now, inside the test's transaction."""
    from kernel.jobs import relay, running
    from kernel.jobs.models import Job

    done = 0
    while done < limit:
        job = Job.objects.filter(state=Job.State.WAITING).order_by("created_at").first()
        if job is None:
            break
        ticket = relay.Ticket(job.id, context.tenant().schema, job.attempts + 1, uuid7())
        running._run(ticket)
        done += 1
    return done


def run_queue(queue: str = "tenant") -> int:
    """Run due tickets of a queue by the real claim, as a worker would; for ``own_tenant`` tests."""
    from kernel.jobs.running import run_next

    done = 0
    while run_next(queue):
        done += 1
    return done
