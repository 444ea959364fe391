"""The operators' console: what is said to the people of workspaces."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kernel.errors import Invalid
from kernel.web import operator
from kernel.when import now
from tenants import queries
from tenants.console import announcing
from tenants.forms import AnnouncementForm, slugs_of
from ui.answers import changed, invalid, page
from ui.forms import refuse


@operator()
def announcements(request: HttpRequest) -> HttpResponse:
    """All announcements: what is shown now, what comes, what was said."""
    values = {"rows": announcing.latest(), "now": now()}
    return page(request, "tenants/announcements.html", values)


@operator()
def new_announcement(request: HttpRequest) -> HttpResponse:
    """Write one, in both languages, to all or to some."""
    if request.method != "POST":
        form = AnnouncementForm(initial={"ends_at": now() + timedelta(days=7)})
        return page(request, "tenants/announcement.html", {"form": form})
    form = AnnouncementForm(request.POST)
    if form.is_valid():
        try:
            found = _published(form.cleaned_data, request.user)
        except Invalid as error:
            refuse(form, error)
        else:
            number = announcing.audience_of(found).count()
            words = ngettext(
                "Published to %(number)s company.", "Published to %(number)s companies.", number
            ) % {"number": number}
            return changed(request, to=reverse("tenants:announcements"), words=words, follow=True)
    return invalid(request, "tenants/announcement.html", {"form": form})


def _published(given: dict[str, Any], by: Any) -> Any:
    """Publish what the form says; companies are named by the first words of their addresses."""
    values = dict(given)
    values["tenants"] = queries.ids_of(slugs_of(values.pop("tenants")))
    return announcing.publish(by=by, **values)


@operator()
def withdrawal(request: HttpRequest, announcement_id: UUID) -> HttpResponse:
    """End an announcement now."""
    found = announcing.announcement(announcement_id)
    if request.method != "POST":
        return page(request, "tenants/withdrawal.html", {"announcement": found})
    announcing.withdraw(by=request.user, id=found.id)
    return changed(
        request, to=reverse("tenants:announcements"), words=_("The announcement is withdrawn."), follow=True
    )
