"""The page behind the link of a letter: a closed workspace can be kept here until its last day."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from billing import api as billing
from kernel.web import public
from tenants import api as tenants
from ui import answers


@public()
def leaving(request: HttpRequest, token: str) -> HttpResponse:
    """GET says what will happen and when; POST keeps the workspace. An old or untrue link is a 404."""
    found = tenants.departure_by_token(token)
    if request.method == "POST":
        tenants.keep_workspace(token)
        return answers.changed(
            request,
            to=reverse("onboarding:leaving", args=[token]),
            words=_("The workspace is open again."),
            follow=True,
        )
    values = {"departure": found, "workspace": found.tenant, "pays": billing.sells()}
    return answers.page(request, "onboarding/leaving.html", values)
