"""Packs of lines of business: the shelf, a preview before applying, undo."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm_core.setup.actions.growing import GROW
from crm_core.setup.actions.packs import apply_pack, undo_pack
from crm_core.setup.forms import PackForm
from crm_core.setup.queries import packs as queries
from kernel import context
from kernel.errors import Invalid
from kernel.web import change, page
from kernel.web import form as form_page
from ui import answers
from ui.forms import refuse


@page(GROW)
def packs(request: HttpRequest) -> HttpResponse:
    """Which packs there are, which were applied, and what stayed of those that were undone."""
    values = {
        "packs": queries.packs(queries.language()),
        "told": queries.told(),
        "examples": not context.tenant().quiet,
    }
    return answers.page(request, "setup/packs.html", values)


@form_page(GROW)
def pack(request: HttpRequest, key: str) -> HttpResponse:
    """What a pack would change here; sending the form applies it."""
    preview = queries.preview(key)
    sent = request.POST if request.method == "POST" else None
    form = PackForm(sent, asks=bool(preview.conflicts))
    if form.is_valid():
        try:
            use = apply_pack(by=request.member, key=key)  # type: ignore[attr-defined]
        except Invalid as error:
            refuse(form, error)
        else:
            return answers.changed(request, to=reverse("setup:packs"), words=_made(use), follow=True)
    answer = answers.invalid if form.errors else answers.page
    return answer(request, "setup/pack.html", {"preview": preview, "form": form})


def _made(use: queries.PackUse | None) -> str:
    if use is None:
        return _("Everything of this pack is here already.")
    count = len(use.made)
    return ngettext("Applied: %(count)s thing made", "Applied: %(count)s things made", count) % {
        "count": count
    }


@change(GROW)
def undoing(request: HttpRequest, id: UUID) -> HttpResponse:
    """Remove what the pack made and nobody uses."""
    use = undo_pack(by=request.member, id=id)  # type: ignore[attr-defined]
    gone, kept = len(use.made) - len(use.kept), len(use.kept)
    words = (
        _("Undone: %(gone)s removed, %(kept)s stay because they are in use.")
        if kept
        else _("Undone: %(gone)s removed.")
    )
    return answers.changed(
        request, to=reverse("setup:packs"), words=words % {"gone": gone, "kept": kept}, follow=True
    )
