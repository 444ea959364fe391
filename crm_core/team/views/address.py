"""Settings page "Address": where the workspace answers, and domains of the company's own."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from crm_core.team import actions, forms
from crm_core.team.actions import MANAGE
from kernel import context
from kernel.errors import Invalid
from kernel.web import change
from kernel.web import form as form_page
from tenants import api as tenants
from ui import answers
from ui.forms import refuse

PAGE = "team/address.html"


def _values(form: Any = None) -> dict[str, Any]:
    tenant = context.tenant()
    return {
        "own": tenants.host_of(tenant.slug),
        "primary": tenants.primary_host(tenant.id),
        "domains": tenants.domains_of(tenant.id),
        "quiet": tenant.quiet,
        "form": form or forms.DomainForm(),
    }


@form_page(MANAGE)
def address(request: HttpRequest) -> HttpResponse:
    """Every address of the workspace; POST asks for one more domain."""
    if request.method != "POST":
        return answers.page(request, PAGE, _values())
    form = forms.DomainForm(request.POST)
    if form.is_valid():
        try:
            actions.add_domain(by=request.member, name=form.cleaned_data["domain"])  # type: ignore[attr-defined]
        except Invalid as error:
            refuse(form, error)
        else:
            return _back(request, _("Domain added. Now set its records."))
    return answers.invalid(request, PAGE, _values(form))


@change(MANAGE, heavy="check")
def check(request: HttpRequest, id: UUID) -> HttpResponse:
    """Ask the DNS now."""
    domain = actions.check_domain(by=request.member, id=id)  # type: ignore[attr-defined]
    served = domain.verified_at is not None and not domain.failing_since
    return _back(
        request, _("The DNS was asked: the domain is in service.") if served else _("The DNS was asked.")
    )


@change(MANAGE)
def precedence(request: HttpRequest, id: UUID) -> HttpResponse:
    """Links and the way in lead to this domain from now on."""
    actions.make_primary(by=request.member, id=id)  # type: ignore[attr-defined]
    return _back(request, _("Links lead to this domain now."))


@change(MANAGE)
def own_precedence(request: HttpRequest) -> HttpResponse:
    """Links and the way in lead to the workspace's own subdomain again."""
    actions.make_primary(by=request.member, id=None)  # type: ignore[attr-defined]
    return _back(request, _("Links lead to the platform’s address now."))


@form_page(MANAGE)
def removal(request: HttpRequest, id: UUID) -> HttpResponse:
    """Take a domain away: what was sent with its links leads nowhere then, so it is asked first."""
    found = tenants.domain_of(context.tenant().id, id)
    if request.method == "POST":
        host = actions.remove_domain(by=request.member, id=id)  # type: ignore[attr-defined]
        if request.get_host().partition(":")[0] == host:
            # The address under the reader's feet is gone.
            return answers.sent_on(request, _elsewhere())
        return _back(request, _("The domain is removed."))
    return answers.page(request, "team/domain_removal.html", {"found": found})


def _elsewhere() -> str:
    host = tenants.host_of(context.tenant().slug)
    return f"{settings.TEREM_SCHEME}://{host}{settings.TEREM_PORT_SUFFIX}{reverse('team:address')}"


def _back(request: HttpRequest, words: str) -> HttpResponse:
    return answers.changed(request, to=reverse("team:address"), words=words, follow=True)
