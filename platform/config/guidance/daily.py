"""Help for the pages of every day: today, tasks, notes, background work, help itself."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from config.guidance.keys import FORM, LIST
from kernel.guidance import guide


def declare() -> None:
    """The texts."""
    _day()
    _around()


def _day() -> None:
    guide(
        "home:today",
        purpose=_("Your day on one page: what is overdue, what is due today, and what colleagues did."),
        first=_("Begin with what is overdue. Tick what is done, move what can wait."),
        keys=(("C", _("New task")),),
    )
    guide(
        "activities:tasks",
        purpose=_("All tasks, calls and meetings that are planned, yours or everybody’s."),
        first=_("Write one line such as “call Anna tomorrow 10:00” and press Enter."),
        keys=LIST,
    )
    guide(
        "activities:new",
        "activities:activity",
        "activities:planning",
        purpose=_("Plans one task, call or meeting, for you or for a colleague."),
        first=_("Say what is to be done and when. The day may be a word: tomorrow, Friday."),
        keys=FORM,
    )
    guide(
        "activities:logging",
        purpose=_("Notes a call or a meeting that has taken place."),
        first=_("Choose how it went, write what was agreed, and plan the next step at once."),
        keys=FORM,
    )
    guide(
        "notes:adding",
        "notes:note",
        purpose=_("A note at a client or deal. Everybody who sees the client can read it."),
        first=_("Write what happened and what was agreed, so that a colleague can go on from it."),
        keys=FORM,
    )


def _around() -> None:
    guide(
        "home:jobs",
        "home:job",
        purpose=_("Long work runs here while you go on: imports, exports, changes of many records."),
        first=_("Nothing has to be done here. What has failed says why, and what helps."),
    )
    guide(
        "home:more",
        purpose=_("All places of Terem in one list, for small screens."),
        first=_("Choose a place, or search by the field on top."),
    )
    guide(
        "search:palette",
        purpose=_("Finds clients, deals and places, and begins new things, from anywhere."),
        first=_(
            "Type a few letters of a name, a phone or an e-mail address; the wrong layout does not matter."
        ),
    )
    guide(
        "home:help",
        "home:page_help",
        purpose=_("The words that Terem uses, and how the most common things are done."),
        first=_("Look for your question here. If it is missing, ask: the button is on every page."),
    )
    guide(
        "home:news",
        purpose=_("What changed in Terem, the newest first."),
        first=_("Read the top entry. The dot at Help goes once you have seen it."),
    )
