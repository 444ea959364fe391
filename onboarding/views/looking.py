"""The operator's pages around an access: asking in the console, and the two doors of the way in."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from identity import api as identity
from kernel.errors import Conflict, Invalid, NotFound
from kernel.web import entry, operator
from onboarding import entering, looking
from onboarding.forms import ReasonForm
from onboarding.views.entrance import NONCE_AGE, keep
from tenants import api as tenants
from ui import answers
from ui.forms import refuse


@operator()
def asking(request: HttpRequest, tenant_id: UUID) -> HttpResponse:
    """Ask a workspace for access, and see how earlier requests stand."""
    tenant = tenants.tenant(tenant_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            looking.ask(tenant=tenant, by=request.user, reason=form.cleaned_data["reason"])
        except (Invalid, Conflict) as error:
            refuse(form, error if isinstance(error, Invalid) else Invalid(str(error)))
        else:
            words = _("The administrators of the workspace are asked.")
            return answers.changed(
                request, to=reverse("looking:asking", args=[tenant.id]), words=words, follow=True
            )
    answer = answers.invalid if form.errors else answers.page
    values = {"tenant": tenant, "form": form, "asked": looking.asked(tenant)}
    return answer(request, "onboarding/looking.html", values)


@operator()
def ticket(request: HttpRequest, id: UUID) -> HttpResponse:
    """The workspace asks for a ticket: it is given to the operator who was let in."""
    to = looking.issue(id=id, by=request.user, nonce_digest=request.GET.get("nonce", ""))
    return entering.no_trace(HttpResponseRedirect(to))


@entry()
def approach(request: HttpRequest, id: UUID) -> HttpResponse:
    """Mark this browser by a nonce, then ask the console for a ticket that is bound to it."""
    nonce = entering.new_nonce()
    host = f"operator.{settings.TEREM_DOMAIN}"
    way = looking.address(host, f"access/{id}/ticket/?nonce={entering.digest(nonce)}")
    response = HttpResponseRedirect(way)
    keep(response, settings.NONCE_COOKIE, nonce, NONCE_AGE)
    return entering.no_trace(response)


@entry()
def arrive(request: HttpRequest, id: UUID, ticket: str) -> HttpResponse:
    """Burn the ticket and open the visit; whoever is inside already stays there."""
    if request.visit is not None:  # type: ignore[attr-defined]
        return entering.no_trace(HttpResponseRedirect("/"))
    try:
        key = looking.arrive(
            tenant_id=request.tenant.id,  # type: ignore[attr-defined]
            id=id,
            ticket=ticket,
            nonce=request.COOKIES.get(settings.NONCE_COOKIE, ""),
            agent=request.headers.get("User-Agent", ""),
            network=identity.network_of(request),
        )
    except NotFound:
        refused = answers.page(request, "onboarding/ticket_over.html", {"path": "/"}, status=404)
        return entering.no_trace(refused)
    response = HttpResponseRedirect("/")
    keep(response, settings.WORKSPACE_COOKIE, key, 72 * 3600)
    response.delete_cookie(settings.NONCE_COOKIE, samesite="Lax")
    return entering.no_trace(response)
