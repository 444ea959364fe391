"""Pages about records of any kind: trash, tags, stars, and undoing what was done in bulk."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm_core.records import actions, forms, queries, registry
from kernel.errors import Conflict, Invalid
from kernel.rights import EVERYBODY
from kernel.web import change, page
from kernel.web import form as form_page
from ui import answers
from ui.forms import refuse


def _by(request: HttpRequest) -> Any:
    return request.member  # type: ignore[attr-defined]


@page(EVERYBODY)
def trash(request: HttpRequest) -> HttpResponse:
    """What was thrown away in the last thirty days."""
    kind = request.GET.get("kind", "")
    found = queries.trash_page(_by(request), kind, request.GET.get("before", ""))
    kinds = [known for known in registry.kinds() if _by(request).may(known.view_right)]
    values = {"trash": found, "kind": kind, "kinds": kinds, "may_purge": _by(request).may("records.purge")}
    return answers.page(request, "records/trash.html", values)


@change(EVERYBODY)
def trashing(request: HttpRequest, id: UUID) -> HttpResponse:
    """Put one record into the trash."""
    card = queries.any_card_for(_by(request), id)
    _one(actions.trash(by=_by(request), ids=[id]))
    to = answers.safe_next(request, reverse(registry.kind(card.kind).listing))
    undo = reverse("records:restoring", args=[id])
    words = _("“%(name)s” is in the trash") % {"name": card.label}
    return answers.changed(request, to=to, words=words, undo=undo, follow=True)


@change(EVERYBODY)
def restoring(request: HttpRequest, id: UUID) -> HttpResponse:
    """Take one record out of the trash."""
    card = queries.trashed_card(_by(request), id)
    _one(actions.restore(by=_by(request), ids=[id]))
    to = answers.safe_next(request, registry.kind(card.kind).url(id))
    words = _("“%(name)s” is back") % {"name": card.label}
    return answers.changed(request, to=to, words=words, follow=True)


@form_page("records.purge")
def purging(request: HttpRequest, id: UUID) -> HttpResponse:
    """Remove one record for good, after its name was typed."""
    card = queries.trashed_card(_by(request), id)
    form = forms.PurgeForm(request.POST if request.method == "POST" else None, card=card)
    if form.is_valid():
        _one(actions.purge(by=_by(request), ids=[id]))
        words = _("“%(name)s” was removed for good") % {"name": card.label}
        return answers.changed(request, to=reverse("records:trash"), words=words, follow=True)
    answer = answers.invalid if form.errors else answers.page
    return answer(request, "records/purge.html", {"card": card, "form": form})


def _one(outcome: actions.Outcome) -> None:
    """A single record that was kept says why."""
    if outcome.kept:
        raise Conflict(outcome.kept[0].reason)


@change(EVERYBODY)
def star(request: HttpRequest, id: UUID) -> HttpResponse:
    """Star a record or take the star away (``on`` empty)."""
    wanted = bool(request.POST.get("on"))
    if wanted:
        card = actions.star(by=_by(request), card_id=id)
    else:
        actions.unstar(by=_by(request), card_id=id)
        card = queries.any_card_for(_by(request), id)
    values = {"card": card, "starred": wanted}
    region = answers.region(request, "#star", "records/star.html", values)
    return answers.changed(request, region, to=registry.kind(card.kind).url(id))


@change(EVERYBODY)
def tagging(request: HttpRequest, id: UUID) -> HttpResponse:
    """Put a word on a record (``name``) or take one off (``remove``)."""
    card = queries.any_card_for(_by(request), id)
    form = forms.TaggingForm({"name": request.POST.get("name") or request.POST.get("remove", "")})
    if form.is_valid():
        act = actions.remove_tag if request.POST.get("remove") else actions.add_tag
        try:
            act(by=_by(request), card_id=id, name=form.cleaned_data["name"])
        except Invalid as error:
            refuse(form, error)
    values = _tags(request, card)
    if form.errors:
        values |= {"tag_errors": form.errors.get("name", []), "typed": request.POST.get("name", "")}
        return answers.invalid(request, "records/tags.html", values)
    if answers.is_htmx(request):
        return answers.page(request, "records/tags.html", values)
    return answers.changed(request, to=registry.kind(card.kind).url(id))


def _tags(request: HttpRequest, card: Any) -> dict[str, Any]:
    return {
        "card": card,
        "tags": queries.tags_of([card.id]).get(card.id, []),
        "all_tags": queries.all_tags(),
        "may_tag": _by(request).may(registry.kind(card.kind).edit_right),
    }


@form_page("records.set_up")
def tags(request: HttpRequest) -> HttpResponse:
    """All tags, and a line to add one."""
    form = forms.TagForm(request.POST or None)
    if form.is_valid():
        try:
            actions.create_tag(by=_by(request), **form.cleaned_data)
        except Invalid as error:
            refuse(form, error)
        else:
            return answers.changed(request, to=reverse("records:tags"), words=_("Tag added"), follow=True)
    answer = answers.invalid if form.errors else answers.page
    return answer(request, "records/tag_list.html", {"form": form, "tags": queries.tags_with_counts()})


@form_page("records.set_up")
def tag(request: HttpRequest, id: UUID) -> HttpResponse:
    """Rename or recolour a tag."""
    found = queries.tag(id)
    form = forms.TagForm(request.POST or None, initial={"name": found.name, "hue": found.hue})
    if form.is_valid():
        try:
            actions.change_tag(by=_by(request), id=id, **form.cleaned_data)
        except Invalid as error:
            refuse(form, error)
        else:
            return answers.changed(request, to=reverse("records:tags"), words=_("Tag saved"), follow=True)
    answer = answers.invalid if form.errors else answers.page
    return answer(request, "records/tag.html", {"form": form, "tag": found})


@change("records.set_up")
def tag_removal(request: HttpRequest, id: UUID) -> HttpResponse:
    """Remove a tag from everywhere."""
    actions.delete_tag(by=_by(request), id=id)
    return answers.changed(request, to=reverse("records:tags"), words=_("Tag removed"), follow=True)


@page(EVERYBODY)
def change_set(request: HttpRequest, id: UUID) -> HttpResponse:
    """What a bulk change did, and what undoing left alone."""
    found = queries.change_set(_by(request), id)
    values = {"set": found, "kept": queries.kept_links(_by(request), found), "job": queries.undo_job(found)}
    return answers.page(request, "records/change_set.html", values, part="body")


@change(EVERYBODY)
def undoing(request: HttpRequest, id: UUID) -> HttpResponse:
    """Undo a bulk change."""
    found = actions.undo_change_set(by=_by(request), id=id)
    to = reverse("records:change_set", args=[id])
    if found.state == found.State.UNDOING:
        return answers.changed(request, to=to, words=_("Undoing runs in the background"), follow=True)
    kept = found.counts.get("kept", 0)
    if kept:
        words = ngettext("Undone, %(n)s record stays", "Undone, %(n)s records stay", kept) % {"n": kept}
        return answers.changed(request, to=to, words=words, follow=True)
    return answers.changed(request, to=answers.safe_next(request, to), words=_("Undone"), follow=True)
