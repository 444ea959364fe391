"""The list of first tasks on one's today page, and putting it away."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from crm_core.setup.actions.training import keep_training, put_training_away
from crm_core.setup.queries import training
from kernel import context
from kernel.rights import EVERYBODY
from kernel.web import change
from kernel.when import now
from ui import answers


def panel(request: HttpRequest) -> str:
    """What is still to be tried; nothing once all is done or the list was put away. Partners are no pupils."""
    member: Any = request.member  # type: ignore[attr-defined]
    choice: Any = request.parts  # type: ignore[attr-defined]
    if member.is_partner or member.account_id is None:
        return ""
    found = training.kept(member)
    if found.put_away or all(line.done for line in training.lines(member, choice, found.done)):
        return ""
    moment, fresh = now(), training.fresh(member, found)
    if training.is_due(found, fresh) and not context.current().read_only:
        keep_training(by=member, fresh=fresh, read_until=moment)
    lines = training.lines(member, choice, {*found.done, *fresh})
    if not lines or all(line.done for line in lines):
        return ""
    done = sum(line.done for line in lines)
    return render_to_string("setup/training.html", {"lines": lines, "done": done}, request=request)


@change(EVERYBODY)
def putting_away(request: HttpRequest) -> HttpResponse:
    """Show the list no more; the undo brings it back."""
    put_training_away(by=request.member)  # type: ignore[attr-defined]
    undo, words = reverse("setup:training_return"), _("The first tasks are put away")
    return answers.changed(request, to=reverse("home:today"), words=words, undo=undo, follow=True)


@change(EVERYBODY)
def returning(request: HttpRequest) -> HttpResponse:
    """Show the list again."""
    put_training_away(by=request.member, away=False)  # type: ignore[attr-defined]
    return answers.changed(request, to=reverse("home:today"), follow=True)
