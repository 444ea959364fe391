"""The example in the settings: which line, how far it is filled, the way in, anew, away."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from crm_core.setup.actions import examples as actions
from crm_core.setup.actions.growing import GROW
from crm_core.setup.queries import examples as queries
from kernel import context
from kernel.rights import EVERYBODY
from kernel.web import change, page
from ui import answers


@page(EVERYBODY)
def example(request: HttpRequest) -> HttpResponse:
    """The example that is there, and the lines that can be shown."""
    member = request.member  # type: ignore[attr-defined]
    values = {
        "standing": queries.standing(),
        "shelf": queries.shelf(),
        "may": member.may(GROW) and not context.tenant().quiet,
        "chosen": request.GET.get("line", ""),
    }
    return answers.page(request, "setup/example.html", values, part="standing")


@change(GROW)
def opening(request: HttpRequest, key: str) -> HttpResponse:
    """Open the example of a line; the one that was there goes."""
    actions.open_example(by=request.member, line=key)  # type: ignore[attr-defined]
    words = _("The example is there in a moment.")
    return answers.changed(request, to=reverse("setup:example"), words=words, follow=True)


@change(GROW)
def removal(request: HttpRequest) -> HttpResponse:
    """Remove the example; the company's own data stays."""
    removed = actions.remove_example(by=request.member)  # type: ignore[attr-defined]
    words = _("The example is removed. Your own data is as it was.") if removed else _("There is no example.")
    return answers.changed(request, to=reverse("setup:example"), words=words, follow=True)
