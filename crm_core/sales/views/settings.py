"""Settings: pipelines with their stages, and the lists of reasons."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from crm_core.sales import actions, queries
from crm_core.sales.forms import NewPipelineForm, PipelineForm, PlaceForm, ReasonForm, StageForm
from crm_core.sales.views.regions import typed
from kernel.errors import Invalid, NotFound
from kernel.web import change, form, page
from ui import answers
from ui.forms import refuse

LIST = "sales/pipelines.html"
ONE = "sales/pipeline.html"
DIALOG = "sales/settings_form.html"


@page(actions.SET_UP)
def pipelines(request: HttpRequest) -> HttpResponse:
    """All pipelines, and the reasons."""
    lists = queries.reason_lists()
    halves = [
        ("won", _("Why deals are won"), _("What people choose from when a deal is won."), lists["won"]),
        ("lost", _("Why deals are lost"), _("What people choose from when a deal is lost."), lists["lost"]),
    ]
    order = reverse("sales:pipeline_order")
    values = {"pipelines": queries.counted_pipelines(), "halves": halves, "order_url": order}
    return answers.page(request, LIST, values)


@form(actions.SET_UP)
def new_pipeline(request: HttpRequest) -> HttpResponse:
    """One more way of selling."""
    asked = NewPipelineForm(typed(request))

    def save() -> str:
        made = actions.add_pipeline(by=_member(request), **asked.cleaned_data)
        return reverse("sales:pipeline", args=[made.id])

    return _dialog(request, asked, _("New pipeline"), save, _("The pipeline is added"))


@form(actions.SET_UP)
def pipeline(request: HttpRequest, id: UUID) -> HttpResponse:
    """A pipeline's name, its rule for reasons, and its stages."""
    every = queries.counted_pipelines()
    found = queries.choose(every, id)
    first = {"name": found.name, "reason_required": found.reason_required}
    asked = PipelineForm(typed(request), initial=first)
    if request.method == "POST" and asked.is_valid():
        try:
            actions.change_pipeline(by=_member(request), id=id, **asked.cleaned_data)
        except Invalid as error:
            refuse(asked, error)
        else:
            return answers.changed(request, to=request.path, words=_("Saved"), follow=True)
    values = {
        "pipeline": found,
        "form": asked,
        "stages": queries.placed(found),
        "several": len(every) > 1,
        "order_url": reverse("sales:stage_order", args=[id]),
    }
    return (answers.invalid if asked.errors else answers.page)(request, ONE, values)


@form(actions.SET_UP)
def pipeline_removal(request: HttpRequest, id: UUID) -> HttpResponse:
    """Remove a pipeline; its deals go to another one."""
    found = queries.pipelines()
    gone = queries.choose(found, id)
    count = sum(queries.stage_counts().get(stage.id, 0) for stage in gone.stages.all())
    asked = PlaceForm(typed(request), targets=[(one.id, one.name) for one in found if one.id != id])

    def save() -> str:
        actions.remove_pipeline(by=_member(request), id=id, to_pipeline_id=asked.chosen)
        return reverse("sales:pipelines")

    title = _("Remove the pipeline “%(name)s”") % {"name": gone.name}
    return _dialog(request, asked, title, save, _("The pipeline is removed"), count=count, danger=True)


@change(actions.SET_UP)
def pipeline_order(request: HttpRequest) -> HttpResponse:
    """Move a pipeline up or down."""
    ids = _moved([one.id for one in queries.pipelines()], request)
    actions.order_pipelines(by=_member(request), ids=ids)
    return answers.changed(request, to=reverse("sales:pipelines"), follow=True)


@form(actions.SET_UP)
def new_stage(request: HttpRequest, id: UUID) -> HttpResponse:
    """One more stage of a pipeline."""
    found = queries.choose(queries.pipelines(), id)
    asked = StageForm(typed(request), initial={"hue": "sky"})

    def save() -> str:
        actions.add_stage(by=_member(request), pipeline_id=id, **asked.cleaned_data)
        return reverse("sales:pipeline", args=[id])

    title = _("New stage in “%(name)s”") % {"name": found.name}
    return _dialog(request, asked, title, save, _("The stage is added"))


@form(actions.SET_UP)
def stage(request: HttpRequest, id: UUID) -> HttpResponse:
    """A stage's name, odds, norm and colour."""
    found = queries.stage(id)
    names = ("name", "probability", "usual_days", "hue", "step_title", "step_kind", "step_days")
    asked = StageForm(typed(request), stage=found, initial={name: getattr(found, name) for name in names})

    def save() -> str:
        actions.change_stage(by=_member(request), id=id, **asked.cleaned_data)
        return reverse("sales:pipeline", args=[found.pipeline_id])

    return _dialog(request, asked, found.name, save, _("Saved"))


@form(actions.SET_UP)
def stage_removal(request: HttpRequest, id: UUID) -> HttpResponse:
    """Remove a stage; its deals go to another one of the same kind."""
    found = queries.stage(id)
    others = [one for one in found.pipeline.stages.all() if one.kind == found.kind and one.id != id]
    asked = PlaceForm(typed(request), targets=[(one.id, one.name) for one in others])

    def save() -> str:
        actions.remove_stage(by=_member(request), id=id, to_stage_id=asked.chosen)
        return reverse("sales:pipeline", args=[found.pipeline_id])

    title = _("Remove the stage “%(name)s”") % {"name": found.name}
    count = queries.stage_counts().get(id, 0)
    return _dialog(request, asked, title, save, _("The stage is removed"), count=count, danger=True)


@change(actions.SET_UP)
def stage_order(request: HttpRequest, id: UUID) -> HttpResponse:
    """Move a stage up or down."""
    found = queries.choose(queries.pipelines(), id)
    ids = _moved([stage.id for stage in found.stages.all()], request)
    actions.order_stages(by=_member(request), pipeline_id=id, ids=ids)
    return answers.changed(request, to=reverse("sales:pipeline", args=[id]), follow=True)


@form(actions.SET_UP)
def new_reason(request: HttpRequest, kind: str) -> HttpResponse:
    """One more reason for winning or losing."""
    if kind not in ("won", "lost"):
        raise NotFound
    asked = ReasonForm(typed(request))

    def save() -> str:
        actions.add_reason(by=_member(request), kind=kind, **asked.cleaned_data)
        return reverse("sales:pipelines")

    title = _("New reason for winning") if kind == "won" else _("New reason for losing")
    return _dialog(request, asked, title, save, _("The reason is added"))


@form(actions.SET_UP)
def reason(request: HttpRequest, id: UUID) -> HttpResponse:
    """A reason's name."""
    found = queries.reason(id)
    asked = ReasonForm(typed(request), initial={"name": found.name})

    def save() -> str:
        actions.change_reason(by=_member(request), id=id, **asked.cleaned_data)
        return reverse("sales:pipelines")

    return _dialog(request, asked, found.name, save, _("Saved"))


@change(actions.SET_UP)
def reason_state(request: HttpRequest, id: UUID) -> HttpResponse:
    """Take a reason off the list or put it back; deals that bear it keep it."""
    found = queries.reason(id)
    actions.change_reason(by=_member(request), id=id, active=not found.active)
    words = _("Off the list") if found.active else _("Back on the list")
    return answers.changed(request, to=reverse("sales:pipelines"), words=words, follow=True)


@form(actions.SET_UP)
def reason_removal(request: HttpRequest, id: UUID) -> HttpResponse:
    """Remove a reason; deals that bear it get another one."""
    found = queries.reason(id)
    others = [one for one in queries.all_reasons() if one.kind == found.kind and one.id != id]
    asked = PlaceForm(typed(request), targets=[(one.id, one.name) for one in others])

    def save() -> str:
        actions.remove_reason(by=_member(request), id=id, to_reason_id=asked.chosen)
        return reverse("sales:pipelines")

    title = _("Remove the reason “%(name)s”") % {"name": found.name}
    return _dialog(request, asked, title, save, _("The reason is removed"), count=found.used, danger=True)


def _member(request: HttpRequest) -> Any:
    return request.member  # type: ignore[attr-defined]


def _dialog(
    request: HttpRequest,
    asked: Any,
    title: str,
    save: Any,
    words: str,
    *,
    count: int = 0,
    danger: bool = False,
) -> HttpResponse:
    """One small form, as a dialog or a page of its own; ``save`` gives the address to go to."""
    if request.method == "POST" and asked.is_valid():
        try:
            to = save()
        except Invalid as error:
            refuse(asked, _at_target(error))
        else:
            return answers.changed(request, to=to, words=words, follow=True)
    values = {
        "form": asked,
        "title": title,
        "count": count,
        "danger": danger,
        "back": reverse("sales:pipelines"),
    }
    return (answers.invalid if asked.errors else answers.page)(request, DIALOG, values)


def _at_target(error: Invalid) -> Invalid:
    """Complaints about the place of deals stand at the one field that asks for it."""
    moved = {"target" if name.startswith("to_") else name: found for name, found in error.fields.items()}
    return Invalid(fields=moved)


def _moved(ids: list[UUID], request: HttpRequest) -> list[UUID]:
    """The ids with the posted one (``id``) a place earlier (``up``) or later. Raises ``NotFound``."""
    try:
        place = ids.index(UUID(request.POST.get("id", "")))
    except ValueError:
        raise NotFound from None
    target = place - 1 if request.POST.get("to") == "up" else place + 1
    if 0 <= target < len(ids):
        ids[place], ids[target] = ids[target], ids[place]
    return ids
