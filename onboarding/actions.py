"""Signing up a company: holding its address, opening its workspace step by step, giving it up."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from identity import api as identity
from kernel.actions import action
from kernel.errors import Conflict, Invalid, TooMany
from kernel.when import now
from onboarding import queries
from onboarding.models import Signup
from tenants import api as tenants

CURRENCIES = {"ru": "RUB"}
ZONES = {"ru": "Europe/Moscow"}
MOST_A_DAY = 10
UNCONFIRMED_KEPT = timedelta(days=7)


class Repeated(Conflict):
    """The same form came a second time; the first is being answered or was."""


def check_address(slug: str, *, but: UUID | None = None) -> None:
    """Raise ``Invalid`` with a sentence if the address cannot be had: form, reserved, taken, kept for another."""
    tenants.check_slug(slug)
    check_held(slug, but=but)


def check_held(slug: str, *, but: UUID | None = None) -> None:
    """Raise ``Invalid`` if the address is kept for another company that is on its way in."""
    if queries.held_by_others(slug, but).exists():
        raise Invalid(slug=_("This address is taken. Please choose another."))


def _keep(found: Signup, *, new: bool) -> None:
    """Save a signup that holds its address; the index tells two that ask at the same moment apart."""
    stale = Signup.objects.filter(slug=found.slug, holds=True, tenant_id=None).exclude(id=found.id)
    stale.filter(created_at__lte=now() - queries.HELD).update(holds=False)
    try:
        with transaction.atomic(using="default"):
            found.save(force_insert=new)
    except IntegrityError as error:
        if new and Signup.objects.filter(id=found.id).exists():
            raise Repeated from error
        raise Invalid(slug=_("This address is taken. Please choose another.")) from error


@action()
def begin(
    *, id: UUID, email: str, account: Any, company: str, slug: str, language: str, zone: str = ""
) -> Signup:
    """Note what a company asks for and hold its address.

    Raises ``Invalid`` (slug), ``Repeated`` for a form sent twice, ``TooMany`` for an account that
    opens workspaces by the dozen.
    """
    if Signup.objects.filter(id=id).exists():
        raise Repeated
    if account is not None and queries.opened_lately(account) >= MOST_A_DAY:
        raise TooMany(_("You have opened many workspaces today. Please go on tomorrow."), retry_after=3600)
    check_address(slug)
    found = Signup(
        id=id,
        email=email,
        account_id=account.pk if account is not None else None,
        company=company,
        slug=slug,
        language=language,
        zone=zone or ZONES.get(language, "UTC"),
        currency=CURRENCIES.get(language, "EUR"),
    )
    _keep(found, new=True)
    return found


@action()
def sign_up(request: HttpRequest, *, id: UUID, email: str, password: str, **asked: str) -> HttpResponse:
    """A new company with a new account: all of it or nothing, and the session is kept before anybody waits no more.

    A second sending of the same form waits here for the first and then raises ``Repeated``.
    """
    found = begin(id=id, email=email, account=None, **asked)
    account, response = identity.sign_up(
        request, email=email, password=password, after=f"/signup/{found.id}/opening/"
    )
    if account is not None:
        found.account_id = account.pk
        found.save(update_fields=["account_id"])
    request.session["signup"] = str(found.id)
    request.session.save()
    return response


@action()
def sign_up_again(found: Signup, *, password: str, **asked: str) -> None:
    """Somebody went back before confirming and sent the form again: the newest words count."""
    found = Signup.objects.select_for_update().get(id=found.id)
    check_address(asked["slug"], but=found.id)
    if found.account_id is not None:
        identity.change_begun_password(account_id=found.account_id, password=password)
    found.company, found.slug, found.holds = asked["company"], asked["slug"], True
    _keep(found, new=False)


@action()
def change_address(*, account: Any, signup_id: UUID, slug: str) -> Signup:
    """Another address for a workspace that is not open yet, because somebody else was faster."""
    queries.mine(account, signup_id)
    found = Signup.objects.select_for_update().get(id=signup_id)
    if found.tenant_id is None:
        check_address(slug, but=found.id)
        found.slug, found.holds = slug, True
        _keep(found, new=False)
    return found


@action()
def give_up(*, account: Any, signup_id: UUID) -> None:
    """The workspace is not wanted after all; its address is free again."""
    found = queries.mine(account, signup_id)
    # Asked in the same breath: it may be opening in another window.
    Signup.objects.filter(id=found.id, tenant_id=None).update(dropped_at=now(), holds=False)


@action()
def forget_signup(tenant: tenants.Tenant) -> str:
    """A workspace is erased: what its sign-up told goes too. Returns a line for the certificate."""
    removed, _kinds = Signup.objects.filter(tenant_id=tenant.id).delete()
    return f"{removed} sign-ups"


@action()
def drop_stale() -> int:
    """Forget signups that nobody confirmed within a week; returns how many."""
    stale = Signup.objects.filter(tenant_id=None, created_at__lt=now() - UNCONFIRMED_KEPT)
    removed, _kinds = stale.delete()
    return int(removed)
