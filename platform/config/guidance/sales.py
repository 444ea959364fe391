"""Help for deals, pipelines and reports."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from config.guidance.keys import BOARD, FORM, LIST, RECORD
from kernel.guidance import guide


def declare() -> None:
    """The texts."""
    _deals()
    _reports()
    _parts()


def _deals() -> None:
    guide(
        "sales:deals",
        purpose=_("What you may sell, by stages. A deal without a next step says so."),
        first=_("Move a deal by dragging its card, or open it and choose the stage."),
        keys=LIST + BOARD,
    )
    guide(
        "sales:new_deal",
        purpose=_("Opens a deal with a client."),
        first=_("Choose the client, say what it is about, and guess the amount: it can be mended later."),
        keys=FORM,
    )
    guide(
        "sales:deal",
        purpose=_("One deal: its stage, amount, next step and everything that was said."),
        first=_("Look at the next step. If there is none, plan it now."),
        keys=RECORD,
    )
    guide(
        "sales:field",
        "sales:owner",
        purpose=_("Changes one fact of the deal."),
        first=_("Type or choose the new value and save."),
        keys=FORM,
    )
    guide(
        "sales:winning",
        "sales:losing",
        purpose=_("Closes a deal with its reason. From the reasons you learn why you win and lose."),
        first=_("Choose the reason that decided, not the one that sounds best."),
        keys=FORM,
    )


def _reports() -> None:
    guide(
        "sales:forecast",
        purpose=_(
            "What is likely to come in, month by month, from amount and probability of the open deals."
        ),
        first=_("Look at the month that is running: which deals must be closed for it?"),
    )
    guide(
        "sales:why",
        purpose=_("Why deals were won and lost, with numbers and amounts."),
        first=_("Take the most common reason of lost deals and speak about it with the team."),
    )
    guide(
        "sales:pipelines",
        "sales:new_pipeline",
        "sales:pipeline",
        "sales:pipeline_removal",
        purpose=_("A pipeline is the way of a deal through its stages. There can be several."),
        first=_("Name the stages as your people call them; four to six are enough."),
    )


def _parts() -> None:
    guide(
        "sales:new_stage",
        "sales:stage",
        "sales:stage_removal",
        purpose=_("One stage of a pipeline, with its usual probability and time."),
        first=_("Set how many days a deal usually stays here: older ones are marked."),
        keys=FORM,
    )
    guide(
        "sales:new_reason",
        "sales:reason",
        "sales:reason_removal",
        purpose=_("A reason that people choose when a deal is won or lost."),
        first=_("Word it in two or three words that nobody can understand in two ways."),
        keys=FORM,
    )
