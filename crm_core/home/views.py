"""The today page, background work, all places, help."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from crm_core.activities.queries import done_today, needed_today, reminded, talks
from crm_core.home import queries
from crm_core.team.actions import dismiss, read_news
from kernel import guidance
from kernel.jobs import stop
from kernel.jobs.models import Job
from kernel.rights import EVERYBODY
from kernel.web import change, page
from kernel.when import now
from ui import answers


@page(EVERYBODY)
def today(request: HttpRequest) -> HttpResponse:
    """What needs the member today."""
    member: Any = request.member  # type: ignore[attr-defined]
    values: dict[str, Any] = {"now": now(), "greeting": queries.greeting(member)}
    values |= {"panels": _panels(request, "HOME_PANELS"), "figures": _panels(request, "HOME_FIGURES")}
    colleagues = request.parts.shows("home.colleagues")  # type: ignore[attr-defined]
    values |= {"feed": queries.team_feed(member) if colleagues else [], "summary": ""}
    if member.may("activities.view"):
        agenda = needed_today(member)
        values |= {
            "agenda": agenda,
            "done": done_today(member),
            "reminders": reminded(member),
            "summary": queries.summary(agenda.needed, len(agenda.overdue)),
            "talks": talks(member, queries.month_began(member)) if colleagues else 0,
        }
    return answers.page(request, "home/today.html", values)


def _panels(request: HttpRequest, name: str) -> list[Any]:
    """What rooms above and beside show here; the navigation names them."""
    names = import_string(f"{settings.TEREM_NAVIGATION}.{name}")
    called = import_string(f"{settings.TEREM_NAVIGATION}.called")
    return [mark_safe(found) for found in called(names, request)]  # noqa: S308 (HTML of our own templates)


def _titled(found: list[Job]) -> list[dict[str, Any]]:
    return [{"job": one, "title": queries.job_title(one)} for one in found]


@page(EVERYBODY)
def jobs(request: HttpRequest) -> HttpResponse:
    """Background work and how far it is; the list brings itself up to date while something runs."""
    member: Any = request.member  # type: ignore[attr-defined]
    everybody = request.GET.get("who") == "all"
    found = queries.jobs(member, everybody=everybody)
    values = {"rows": _titled(found), "everybody": everybody, "running": any(one.is_open for one in found)}
    return answers.page(request, "home/jobs.html", values, part="list")


@page(EVERYBODY)
def job(request: HttpRequest, id: UUID) -> HttpResponse:
    """One piece of background work: a region that asks again while it runs."""
    found = queries.job(request.member, id)  # type: ignore[attr-defined]
    values = {"job": found, "title": queries.job_title(found)}
    return answers.page(request, "home/job.html", values, part="job")


@change(EVERYBODY)
def stopping(request: HttpRequest, id: UUID) -> HttpResponse:
    """Ask background work to stop; what is done so far stays."""
    found = stop(by=request.member, job_id=id)  # type: ignore[attr-defined]
    values = {"job": found, "title": queries.job_title(found)}
    row = answers.region(request, f"#job-{found.id}", "home/job_lines.html", values, "outerHTML")
    return answers.changed(request, row, to=reverse("home:jobs"), words=_("It stops at its next step"))


@change(EVERYBODY)
def dismissal(request: HttpRequest, id: UUID) -> HttpResponse:
    """Put an announcement of the platform away for oneself."""
    dismiss(by=request.member, announcement_id=id)  # type: ignore[attr-defined]
    return answers.changed(request, "", to=answers.safe_next(request, reverse("home:today")))


@page(EVERYBODY)
def more(request: HttpRequest) -> HttpResponse:
    """All places, for narrow screens."""
    return answers.page(request, "home/more.html", {})


@page(EVERYBODY)
def guide(request: HttpRequest) -> HttpResponse:
    """How things are done here with the parts that are shown, and the keys."""
    return answers.page(request, "home/help.html", queries.help_lines(request.parts))  # type: ignore[attr-defined]


@page(EVERYBODY)
def page_help(request: HttpRequest) -> HttpResponse:
    """Help for the page that the person is at (``from``): what it is for, what to do first, its keys."""
    here = answers.came_from(request)
    match = answers.match_of(here)
    values = {
        "guide": guidance.of(match.view_name) if match else None,
        "here": here,
        "number": request.GET.get("request", "")[:40],
    }
    return answers.page(request, "home/page_help.html", values)


@page(EVERYBODY)
def news(request: HttpRequest) -> HttpResponse:
    """What changed with each release."""
    return answers.page(request, "home/news.html", {"entries": queries.NEWS})


@change(EVERYBODY)
def reading(request: HttpRequest) -> HttpResponse:
    """The newest entry was read: the dot goes. The page sends this by itself."""
    read_news(by=request.member, key=queries.NEWS[0].key)  # type: ignore[attr-defined]
    return answers.changed(request, to=reverse("home:news"))
