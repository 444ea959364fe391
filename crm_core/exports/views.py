"""Settings page "Take everything out": begin, watch, fetch, remove."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from crm_core.exports import actions, queries
from crm_core.exports.forms import ArchiveForm
from crm_core.exports.models import Export
from kernel import context
from kernel.errors import Conflict, Invalid
from kernel.uploads import REFUSED, demand_arrived
from kernel.web import change, page
from ui import answers
from ui.forms import refuse

LIST = "exports/list.html"


@page("exports.take")
def listing(request: HttpRequest) -> HttpResponse:
    """What taking everything out means, and the archives that were made."""
    return answers.page(request, LIST, _values(), part="archives")


def _values(form: ArchiveForm | None = None) -> dict[str, Any]:
    rows = []
    for found in queries.exports():
        job = queries.job_of(found) if found.state == Export.State.MAKING else None
        rows.append({"export": found, "job": job, "live": job is not None and job.is_open})
    running = any(row["live"] for row in rows)
    values = {"rows": rows, "running": running, "days": Export.LIFE.days, "form": form or ArchiveForm()}
    return values | {"fresh": queries.is_fresh(), "bringing": queries.bringing()}


@change("exports.take")
def arrival(request: HttpRequest) -> HttpResponse:
    """An archive is brought into a new workspace."""
    form = ArchiveForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            actions.bring(by=request.member, source=_file(request))  # type: ignore[attr-defined]
        except (Invalid, Conflict) as error:
            refuse(form, error if isinstance(error, Invalid) else Invalid(str(error)))
        else:
            words = _("The archive is being taken in.")
            return answers.changed(request, to=reverse("exports:list"), words=words, follow=True)
    return answers.invalid(request, LIST, _values(form))


def _file(request: HttpRequest) -> Any:
    """The uploaded archive. Raises ``Invalid`` if there is none, or if it was refused on its way in."""
    if request.META.get(REFUSED):
        raise actions.too_large()
    demand_arrived(request)
    source = request.FILES.get("file")
    if source is None:
        raise Invalid(_("Choose a file."), field="file")
    return source


@change("exports.take")
def beginning(request: HttpRequest) -> HttpResponse:
    """Begin a full export in the background."""
    actions.start(by=request.member)  # type: ignore[attr-defined]
    words = _("Everything is being gathered. You can leave this page; a letter says when it is ready.")
    return answers.changed(request, to=reverse("exports:list"), words=words, follow=True)


@change("exports.take")
def fetching(request: HttpRequest, id: UUID) -> HttpResponse:
    """Make the address of an archive, good for an hour, and lead there."""
    member: Any = request.member  # type: ignore[attr-defined]
    token = actions.token_of(queries.export(id), member)
    return answers.sent_on(request, reverse("exports:archive", args=[id, token]))


@page("exports.take")
def archive(request: HttpRequest, id: UUID, token: str) -> HttpResponse | FileResponse:
    """The archive itself, streamed; the fetching is noted in the history."""
    found, source = actions.fetch(by=request.member, id=id, token=token)  # type: ignore[attr-defined]
    name = f"{context.tenant().slug}-{found.created_at:%Y-%m-%d}.zip"
    response = FileResponse(source, as_attachment=True, filename=name, content_type="application/zip")
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@change("exports.take")
def removal(request: HttpRequest, id: UUID) -> HttpResponse:
    """Remove an archive from the store."""
    actions.forget(by=request.member, id=id)  # type: ignore[attr-defined]
    return answers.changed(
        request, to=reverse("exports:list"), words=_("The archive is removed"), follow=True
    )
