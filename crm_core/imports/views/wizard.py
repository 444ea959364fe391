"""The wizard: the file, its columns with the check, the beginning."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from crm_core.imports import actions, queries
from crm_core.imports.forms import OptionsForm, ReadingForm, UploadForm, answers_in, mapping_in
from crm_core.imports.views.columns import STEPS, values_of
from kernel.errors import Invalid
from kernel.uploads import REFUSED, demand_arrived
from kernel.web import change, form
from ui import answers
from ui.forms import refuse

START = "imports/start.html"
COLUMNS = "imports/columns.html"
READING = "imports/reading.html"


@form("imports.run")
def start(request: HttpRequest) -> HttpResponse:
    """The first step: choose a file. Known exports need nothing more."""
    member: Any = request.member  # type: ignore[attr-defined]
    given = request.POST if request.method == "POST" else None
    asked = UploadForm(given, initial={"kind": request.GET.get("kind", "")})
    if request.method == "POST" and asked.is_valid():
        try:
            source = _file(request)
            found = actions.upload(
                by=member, source=source, name=source.name, kind=asked.cleaned_data["kind"]
            )
        except Invalid as error:
            refuse(asked, error)
        else:
            return answers.changed(request, to=reverse("imports:columns", args=[found.id]), follow=True)
    values = {"form": asked, "steps": STEPS, "step": 1, "words_file": _("Table")} | {
        "recent": queries.visible_to(member).newest()[:5],
        "most": settings.TEREM_UPLOAD_LIMIT // 2**20,
    }
    return (answers.invalid if asked.errors else answers.page)(request, START, values)


def _file(request: HttpRequest) -> Any:
    """The uploaded file. Raises ``Invalid`` if there is none, or if it was refused on its way in."""
    if request.META.get(REFUSED):
        raise actions.too_large()
    demand_arrived(request)
    source = request.FILES.get("file")
    if source is None:
        raise Invalid(_("Choose a file."), field="file")
    if source.size is not None and source.size > settings.TEREM_UPLOAD_LIMIT:
        raise actions.too_large()
    return source


@form("imports.run", heavy="check")
def columns(request: HttpRequest, id: UUID) -> HttpResponse:
    """The second step: what each column is, and what becomes of each row."""
    member: Any = request.member  # type: ignore[attr-defined]
    found = queries.import_of(member, id)
    if not found.is_open:
        return answers.sent_on(request, reverse("imports:show", args=[found.id]))
    if request.method == "POST":
        asked = OptionsForm(request.POST, found=found, member=member)
        asked.is_valid()
        options = asked.options() | answers_in(request.POST, found)
        mapping = mapping_in(request.POST, found)
        actions.settle(by=member, id=id, kind=request.POST.get("kind", ""), mapping=mapping, options=options)
        if not answers.is_htmx(request):
            return answers.sent_on(request, reverse("imports:columns", args=[id]))
    if not (found.is_checked and request.method == "GET"):
        found = actions.check(by=member, id=id)
    return answers.page(request, COLUMNS, values_of(request, member, found), part="check")


@form("imports.run")
def reading(request: HttpRequest, id: UUID) -> HttpResponse:
    """How the file is written: encoding, separator, sheet, line of the names."""
    member: Any = request.member  # type: ignore[attr-defined]
    found = queries.open_import(member, id)
    asked = ReadingForm(request.POST if request.method == "POST" else None, found=found)
    if request.method == "POST" and asked.is_valid():
        try:
            actions.reread(by=member, id=id, chosen=asked.chosen())
        except Invalid as error:
            refuse(asked, error)
        else:
            return answers.changed(request, to=reverse("imports:columns", args=[id]), follow=True)
    values = {"form": asked, "found": found, "steps": STEPS, "step": 2}
    return (answers.invalid if asked.errors else answers.page)(request, READING, values)


@change("imports.run")
def beginning(request: HttpRequest, id: UUID) -> HttpResponse:
    """The third step begins: the import runs in the background."""
    member: Any = request.member  # type: ignore[attr-defined]
    actions.check(by=member, id=id) if queries.import_of(member, id).is_open else None
    actions.start(by=member, id=id)
    return answers.sent_on(request, reverse("imports:show", args=[id]))


@change("imports.run")
def removal(request: HttpRequest, id: UUID) -> HttpResponse:
    """Forget a draft."""
    actions.discard(by=request.member, id=id)  # type: ignore[attr-defined]
    return answers.changed(request, to=reverse("imports:list"), words=_("Draft removed"), follow=True)
