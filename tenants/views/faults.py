"""The operators' console: the feed of unhandled errors."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from kernel.errors import Invalid
from kernel.web import operator
from tenants.console import faults as feed
from tenants.forms import NoteForm
from tenants.models import Fault
from ui.answers import changed, invalid, page
from ui.forms import refuse

SHOWN = 100


@operator()
def faults(request: HttpRequest) -> HttpResponse:
    """Faults by state and kind, those seen last first; the page brings itself up to date."""
    state = request.GET.get("state", Fault.State.OPEN)
    state = state if state in Fault.State.values else ""
    kind = request.GET.get("kind", "")
    kind = kind if kind in Fault.Kind.values else ""
    counted = feed.counts()
    values = {
        "rows": list(feed.feed(state, kind)[:SHOWN]),
        "state": state,
        "kind": kind,
        "kinds": Fault.Kind.choices,
        "states": [(value, words, counted.get(value, 0)) for value, words in Fault.State.choices],
        "all": sum(counted.values()),
    }
    return page(request, "tenants/faults.html", values, part="rows")


@operator()
def fault(request: HttpRequest, fault_id: UUID) -> HttpResponse:
    """One fault: where, since when, which companies, the way through the code; settled with a note."""
    found = feed.fault(fault_id)
    form = NoteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            wanted = request.POST.get("state", Fault.State.RESOLVED)
            wanted = wanted if wanted in Fault.State.values else Fault.State.RESOLVED
            feed.settle(id=found.id, state=wanted, note=form.cleaned_data["note"], by=request.user)
        except Invalid as error:
            refuse(form, error)
        else:
            return changed(
                request, to=reverse("tenants:faults"), words=_("The fault is settled."), follow=True
            )
    values: dict[str, Any] = {"fault": found, "touched": feed.tenants_of(found), "form": form}
    return (invalid if form.errors else page)(request, "tenants/fault.html", values)
