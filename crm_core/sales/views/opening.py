"""A new deal, and what its form suggests while one types."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from crm_core.sales import actions, queries
from crm_core.sales.forms import CLIENTS, CONTACTS, DealForm
from crm_core.sales.views.regions import typed, url_of
from crm_core.team.queries import assignable_by
from kernel import context
from kernel.errors import Invalid
from kernel.web import form, page
from ui import answers
from ui.forms import refuse

FORM = "sales/form.html"


@form(actions.EDIT)
def new_deal(request: HttpRequest) -> HttpResponse:
    """Open a deal; from a client's page with the client filled in."""
    member: Any = request.member  # type: ignore[attr-defined]
    asked = DealForm(typed(request), **_about(request, member))
    if request.method == "POST" and asked.is_valid():
        try:
            made = actions.open_deal(by=member, **asked.known())
        except Invalid as error:
            asked.asks = isinstance(error, actions.DateBeforeOpening)
            refuse(asked, error)
        else:
            words = _("“%(deal)s” is added") % {"deal": made.card.label}
            return answers.changed(request, to=url_of(made), words=words, follow=True)
    answer = answers.invalid if asked.errors else answers.page
    return answer(request, FORM, {"form": asked, "back": reverse("sales:deals"), "save": _("Add deal")})


def _about(request: HttpRequest, member: Any) -> dict[str, Any]:
    """Choices and first values of the form."""
    found = queries.pipelines()
    chosen = queries.choose(found, request.GET.get("pipeline"))
    person = queries.card_of(member, request.GET.get("person"), CONTACTS)
    client = queries.card_of(member, request.GET.get("client"), CLIENTS) or _employer(person) or person
    return {
        "by": member,
        "stages": queries.stage_groups(found),
        "owners": [(str(one.id), one.name) for one in assignable_by(member)],
        "currency": context.tenant().currency,
        "client": client.pk if client else "",
        "initial": {
            "stage": request.GET.get("stage") or str(queries.open_stages(chosen)[0].id),
            "client": str(client.pk) if client else "",
            "contact": str(person.pk) if person else "",
            "owner": str(member.id),
        },
    }


def _employer(person: Any) -> Any:
    company = person.person.company if person is not None else None
    return company.card if company is not None else None


@page(actions.EDIT)
def clients(request: HttpRequest) -> HttpResponse:
    """Companies and people that fit what was typed, as options."""
    return _options(request, CLIENTS)


@page(actions.EDIT)
def contacts(request: HttpRequest) -> HttpResponse:
    """People that fit what was typed, as options; those of the client before anything is typed."""
    return _options(request, CONTACTS)


def _options(request: HttpRequest, kinds: tuple[str, ...]) -> HttpResponse:
    member: Any = request.member  # type: ignore[attr-defined]
    asked = request.GET
    return answers.options(
        request, queries.options(member, kinds, asked.get("q", ""), asked.get("client", ""))
    )
