"""Help for the workspace as a whole: stages, lines of business, history, backups, access, questions."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.guidance import guide


def declare() -> None:
    """The texts."""
    _growing()
    _safety()
    _asking()


def _growing() -> None:
    guide(
        "setup:stages",
        "setup:part",
        purpose=_("Which parts of Terem are shown now, and when the next ones come."),
        first=_("Look at the figures of your stage. The next one is offered when they are reached."),
    )
    guide(
        "setup:packs",
        "setup:pack",
        purpose=_("Pipelines, headings and tags for your line of business, ready to take."),
        first=_("Look at the preview of your line. What is taken can be undone."),
    )
    guide(
        "setup:example",
        purpose=_("An invented company of your line with a year of work, apart from your data."),
        first=_("Choose your line and open it. Try everything there: one press takes it away again."),
    )
    guide(
        "setup:tours",
        purpose=_("Short walks through the example, one for each kind of work."),
        first=_("Begin the one that is nearest to your work. You can leave at any step and go on later."),
    )
    guide(
        "setup:adoption",
        purpose=_("Who uses Terem how, with hints where somebody could need help."),
        first=_("Read the hints, and sit down for ten minutes with one person."),
    )


def _safety() -> None:
    guide(
        "timeline:audit",
        purpose=_("Everything that happened in the workspace: who, what, when. Nobody can change it."),
        first=_("Filter by person, kind or day. What you see can be taken out as a file."),
    )
    guide(
        "timeline:operators",
        purpose=_("What the people who run Terem did to your workspace, and why."),
        first=_("Nothing has to be done here. If you do not understand an entry, ask about it."),
    )
    guide(
        "access:list",
        purpose=_("Operators see nothing unless you let them in here, for some hours."),
        first=_("If a request waits, read its reason. Reading only is nearly always enough."),
    )
    guide(
        "access:isolation",
        purpose=_("The proof that no other company reaches your records, and who looked in."),
        first=_("Look at the date of the last check. A fault would stand here in red."),
    )
    guide(
        "setup:backups",
        "setup:order",
        "setup:record",
        purpose=_("Every night everything is backed up. A backup opens beside the workspace, never over it."),
        first=_("Did something get lost? Open the backup of the day before and take the record over."),
    )
    guide(
        "setup:closing",
        purpose=_("Closes the workspace for good, after days of grace."),
        first=_("Take everything out first. Until the last day you can come back."),
    )


def _asking() -> None:
    guide(
        "support",
        "support_new",
        "support_question",
        purpose=_("Your questions to the people who run Terem, with their answers."),
        first=_("Say what you wanted to do and what happened. One question at a time is answered fastest."),
    )
    guide(
        "questions",
        "questions_goals",
        "questions_readiness",
        "questions_result",
        purpose=_("A few questions about what you want to reach. They set what Terem shows you."),
        first=_("Tick only what matters this year. All of it can be changed later."),
    )
