from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


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
        wording.say("activities.called", icon="phone", **talk)
        wording.say("activities.met", icon="users", **talk)
        wording.say(
            "activities.done",
            template="activities/facts.html#done",
            group="tasks",
            icon="square-check",
            load=queries.as_read_by,
        )
        # What is planned stands on top of the timeline; that it was planned belongs to the history only.
        wording.say("activities.planned", text=_("Planned: %(title)s"), group=wording.AUDIT)
        wording.say("activities.changed", group="tasks", system=True)
        wording.say("activities.reopened", text=_("Open again: %(title)s"), group=wording.AUDIT)
        wording.say("activities.removed", text=_("Removed: %(title)s"), group=wording.AUDIT)
        wording.say("activities.restored", text=_("Back again: %(title)s"), group=wording.AUDIT)
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
