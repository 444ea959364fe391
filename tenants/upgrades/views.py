"""The console's pages of upgrades. The web process only writes down what is wanted; the keeper does it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from kernel.errors import Conflict, Invalid
from kernel.web import operator
from tenants.upgrades import runs
from tenants.upgrades.forms import UpgradeForm
from tenants.upgrades.runs import Wanted
from ui.answers import changed, invalid, page
from ui.forms import refuse


@operator()
def upgrades(request: HttpRequest) -> HttpResponse:
    """Where the fleet stands, and every upgrade so far."""
    return page(
        request, "tenants/upgrades/list.html", {"fleet": runs.fleet(runs.target()), "rows": runs.listing()}
    )


@operator()
def planning(request: HttpRequest) -> HttpResponse:
    """Choose how to upgrade; the plan is drawn up before anything runs."""
    form = UpgradeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            run = runs.begin(**form.options, by=request.user, wanted=Wanted.PLAN, to_release=runs.target())
        except (Invalid, Conflict) as error:
            refuse(form, error if isinstance(error, Invalid) else Invalid(str(error)))
        else:
            words = _("The plan is being drawn up.")
            return changed(request, to=reverse("tenants:upgrade", args=[run.id]), words=words, follow=True)
    answer = invalid if form.errors else page
    return answer(request, "tenants/upgrades/new.html", {"form": form, "fleet": runs.fleet(runs.target())})


@operator()
def upgrade(request: HttpRequest, number: int) -> HttpResponse:
    """One upgrade: its plan, its bar, what failed on what. Renews itself while it is open."""
    return page(request, "tenants/upgrades/show.html", runs.picture(runs.run_of(number)), part="state")


def _to(request: HttpRequest, number: int, words: Any) -> HttpResponse:
    return changed(request, to=reverse("tenants:upgrade", args=[number]), words=words, follow=True)


@operator()
def running(request: HttpRequest, number: int) -> HttpResponse:
    """Start a planned upgrade, or go on with a paused or interrupted one."""
    if request.method != "POST":
        return redirect("tenants:upgrade", number)
    runs.ask(number=number, wanted=Wanted.RUN)
    return _to(request, number, _("The upgrade begins in a moment."))


@operator()
def pause(request: HttpRequest, number: int) -> HttpResponse:
    """Finish the companies at hand and wait."""
    if request.method != "POST":
        return redirect("tenants:upgrade", number)
    runs.ask(number=number, wanted=Wanted.PAUSE)
    return _to(request, number, _("The upgrade pauses after the companies at hand."))


@operator()
def retrial(request: HttpRequest, number: int) -> HttpResponse:
    """Try the failed companies again."""
    if request.method != "POST":
        return redirect("tenants:upgrade", number)
    runs.retry(number=number, wanted=Wanted.RUN)
    return _to(request, number, _("The failed companies are tried again in a moment."))
