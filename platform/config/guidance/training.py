"""The first tasks of each kind of people."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.training import task


def declare() -> None:
    """Make the tasks known, in the order in which they are shown."""
    _leading()
    _working()
    _looking()


def _leading() -> None:
    """Who manages people arranges the house first."""
    _bringing()
    _arranging()


def _bringing() -> None:
    task(
        "list",
        "lead",
        words=_("Bring your list"),
        hint=_("Import any spreadsheet; you see everything before it is written."),
        verbs=("imports.finished",),
        right="imports.run",
        url="imports:start",
        part="imports.files",
    )
    task(
        "colleague",
        "lead",
        words=_("Invite a colleague"),
        hint=_("Each gets a letter and comes in with an account of their own."),
        verbs=("team.invited",),
        right="team.manage",
        url="team:invitation",
        part="team.people",
    )


def _arranging() -> None:
    task(
        "headings",
        "lead",
        words=_("Arrange what clients are classified by"),
        hint=_("Add a value that you need, or remove one that nobody will fill in."),
        verbs=(
            "clients.value_added",
            "clients.value_changed",
            "clients.value_removed",
            "clients.heading_added",
        ),
        right="clients.set_up",
        url="clients:headings",
        part="clients.headings",
    )
    task(
        "owner",
        "lead",
        words=_("Give a client to a colleague"),
        hint=_("Choose clients in the list, then Owner: from then on somebody is responsible."),
        verbs=("records.assigned",),
        right="records.assign",
        url="clients:companies",
        part="clients.companies",
    )


def _working() -> None:
    """Who works with clients: from the first client to the first deal."""
    _noting()
    _moving()


def _noting() -> None:
    task(
        "client",
        "work",
        words=_("Add your first client"),
        hint=_("A name is enough; while you type, Terem shows who is there already."),
        verbs=("clients.created",),
        right="clients.edit",
        url="clients:new_company",
        part="clients.companies",
    )
    task(
        "talk",
        "work",
        words=_("Note a call or a meeting"),
        hint=_("Open the client, choose Call above the line of time, say how it went."),
        verbs=("activities.called", "activities.met"),
        right="activities.edit",
        url="clients:companies",
        part="activities.steps",
    )
    task(
        "step",
        "work",
        words=_("Plan a next step"),
        hint=_("“Call Anna tomorrow 10:00” is enough; Terem reminds you."),
        verbs=("activities.planned",),
        right="activities.edit",
        url="activities:new",
        part="activities.steps",
    )


def _moving() -> None:
    task(
        "done",
        "work",
        words=_("Tick a task that is done"),
        hint=_("On the page of today, by the box before the task."),
        verbs=("activities.done",),
        right="activities.edit",
        url="home:today",
        part="activities.steps",
    )
    task(
        "deal",
        "work",
        words=_("Move a deal to the next stage"),
        hint=_("Drag its card on the board, or choose the stage in the deal."),
        verbs=("sales.moved",),
        right="sales.edit",
        url="sales:deals",
        part="sales.deals",
    )


def _looking() -> None:
    """Who only reads, and what everybody can use who leads."""
    task(
        "record",
        "look",
        words=_("Open a client and read what happened"),
        hint=_("The line of time tells it from the newest to the oldest."),
        verbs=("records.viewed",),
        right="clients.view",
        url="clients:companies",
        part="clients.companies",
    )
    task(
        "view",
        "look",
        "lead",
        words=_("Keep a list under a name"),
        hint=_("Filter the list, then save it as a view: it opens by one click from then on."),
        verbs=("lists.view_saved",),
        right="clients.view",
        url="clients:companies",
        part="lists.views",
    )
    task(
        "profile",
        "look",
        words=_("Set your language and time zone"),
        hint=_("All times are shown in your own zone."),
        verbs=("team.profile_changed",),
        right="team.belong",
        url="team:profile",
        part="team.self",
    )
