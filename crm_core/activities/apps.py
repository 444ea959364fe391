from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ActivitiesConfig(AppConfig):
    name = "crm_core.activities"
    label = "activities"

    def ready(self) -> None:
        """Declare the rights of the room and its background work; word its facts; say what is planned."""
        from crm_core.activities import (
            actions,  # noqa: F401
            queries,
        )
        from crm_core.timeline import wording

        talk: dict[str, Any] = {
            "group": "conversations",
            "load": queries.as_read_by,
            "template": "activities/facts.html#talk",
        }
        wording.say(
            "activities.called", name=pgettext_lazy("fact in the history", "Call"), icon="phone", **talk
        )
        wording.say(
            "activities.met", name=pgettext_lazy("fact in the history", "Meeting"), icon="users", **talk
        )
        wording.say(
            "activities.done",
            name=_("Task done"),
            template="activities/facts.html#done",
            group="tasks",
            icon="square-check",
            load=queries.as_read_by,
        )
        _word_plans()
        wording.upcoming(upcoming)
        _parts()


def _parts() -> None:
    """Which parts of the product are at home here."""
    from kernel.parts import declare

    declare(
        "activities.steps",
        _("Next steps and calls"),
        _("What is to be done next with a client, and what was said on the phone."),
        goals=("history", "control"),
        light=True,
        places=("activities:new",),
        glossary=(
            (
                _("Next step"),
                _(
                    "The soonest open task, call or meeting of a client or deal. Where there is none, Terem says so."
                ),
            ),
        ),
        ways=(
            (
                _("note a call?"),
                _("Open the client, choose Call above the line of time, choose how it went, save."),
            ),
        ),
    )
    declare(
        "activities.tasks",
        _("List of tasks"),
        _("Everything that is planned, for oneself and for everybody, with one line for quick entry."),
        stage=2,
        goals=("control", "planning"),
        places=("activities:tasks",),
        ways=(
            (
                _("plan quickly?"),
                _("On the page of tasks write one line such as “call Anna tomorrow 10:00”."),
            ),
        ),
    )


def _word_plans() -> None:
    """What is planned stands on top of the timeline; that it was planned belongs to the history only."""
    from crm_core.timeline import wording

    changed = _("Task, call or meeting changed")
    wording.say("activities.changed", name=changed, group="tasks", system=True)
    for verb, text, name in (
        ("activities.planned", _("Planned: %(title)s"), _("Task, call or meeting planned")),
        ("activities.reopened", _("Open again: %(title)s"), _("Task, call or meeting open again")),
        ("activities.removed", _("Removed: %(title)s"), _("Task, call or meeting removed")),
        ("activities.restored", _("Back again: %(title)s"), _("Task, call or meeting back again")),
    ):
        wording.say(verb, text=text, name=name, group=wording.AUDIT)


def upcoming(member: Any, card: Any) -> list[Any]:
    """What is planned for a record and its deals or people, for the top of the timeline."""
    from django.urls import reverse

    from crm_core.activities import queries
    from crm_core.timeline.wording import Upcoming

    icons = {"call": "phone", "meeting": "users"}
    return [
        Upcoming(
            at=row.due_at or row.due_on,
            text=str(row),
            icon=icons.get(row.kind, "square-check"),
            url=reverse("activities:activity", args=[row.id]),
            who=row.owner.name if row.owner else "",
            late=row.is_overdue,
        )
        for row in queries.open_of(member, card)[:5]
    ]
