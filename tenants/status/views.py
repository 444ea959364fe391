"""The public status page, and the console's pages where operators tell what is going on."""

from __future__ import annotations

import logging
from typing import Any
from uuid import UUID

from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from kernel.errors import Conflict, Invalid
from kernel.web import operator, public
from tenants import queries
from tenants.forms import slugs_of
from tenants.status import checks, incidents, parts
from tenants.status import page as shown
from tenants.status.forms import TroubleForm, UpdateForm, WorksForm
from ui.answers import changed, invalid, page
from ui.forms import refuse

log = logging.getLogger("terem.status")


@public()
def status(request: HttpRequest) -> HttpResponse:
    """How each part is now and was for ninety days. Says so where the records themselves do not answer."""
    try:
        values: dict[str, Any] = {"page": shown.present()}
    except Error as error:
        log.warning("the status page has no records: %s", type(error).__name__)
        return page(request, "tenants/status/silent.html", status=503)
    return page(request, "tenants/status/page.html", values, part="now")


@operator()
def all_incidents(request: HttpRequest) -> HttpResponse:
    """What people are told, and what the last checks found."""
    newest = checks.newest()
    found = [
        (words, newest.get(name), parts.TONES[newest[name].state if name in newest else ""])
        for name, words in parts.PARTS.items()
    ]
    values = {"rows": incidents.latest(), "checks": found, "unknown": parts.UNKNOWN}
    return page(request, "tenants/status/incidents.html", values)


@operator()
def new_trouble(request: HttpRequest) -> HttpResponse:
    """Tell people that something does not work."""
    form = TroubleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            given = dict(form.cleaned_data)
            given["companies"] = queries.ids_of(slugs_of(given.pop("tenants")))
            incidents.open_trouble(by=request.user, **given)
        except Invalid as error:
            refuse(form, error)
        else:
            return _told(request, _("The incident stands on the status page."))
    values = {"form": form, "works": False}
    return (invalid if form.errors else page)(request, "tenants/status/new.html", values)


@operator()
def new_works(request: HttpRequest) -> HttpResponse:
    """Announce works for a time ahead."""
    form = WorksForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            incidents.announce_works(by=request.user, **form.cleaned_data)
        except Invalid as error:
            refuse(form, error)
        else:
            return _told(request, _("The works stand on the status page."))
    values = {"form": form, "works": True}
    return (invalid if form.errors else page)(request, "tenants/status/new.html", values)


@operator()
def incident(request: HttpRequest, incident_id: UUID) -> HttpResponse:
    """One incident with all that was said; say more, or end it."""
    found = incidents.incident(incident_id)
    form = UpdateForm(request.POST or None, incident=found)
    if request.method == "POST" and form.is_valid():
        try:
            incidents.tell(by=request.user, id=found.id, **form.cleaned_data)
        except (Invalid, Conflict) as error:
            refuse(form, error if isinstance(error, Invalid) else Invalid(str(error)))
        else:
            return _told(request, _("What you said stands on the status page."))
    values = {
        "incident": found,
        "parts": parts.words_of(found.parts),
        "updates": incidents.updates_of(found),
        "form": form,
    }
    return (invalid if form.errors else page)(request, "tenants/status/incident.html", values)


def _told(request: HttpRequest, words: str) -> HttpResponse:
    return changed(request, to=reverse("tenants:incidents"), words=words, follow=True)
