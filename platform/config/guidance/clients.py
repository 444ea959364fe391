"""Help for companies, people and what they are classified by."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from config.guidance.keys import FORM, LIST, RECORD
from kernel.guidance import guide


def declare() -> None:
    """The texts."""
    _lists()
    _records()


def _lists() -> None:
    guide(
        "clients:companies",
        purpose=_("All companies that you may see, with their owner and next step."),
        first=_("Narrow the list by a filter and keep it as a view, or add a company."),
        keys=LIST,
    )
    guide(
        "clients:people",
        purpose=_("All people: whom you talk to, and how each of them is reached."),
        first=_("Find somebody by name, phone or e-mail, or add a person."),
        keys=LIST,
    )
    guide(
        "clients:new_company",
        "clients:new_person",
        purpose=_(
            "Adds a client. While you type, Terem shows who is there already, so that nobody is kept twice."
        ),
        first=_("A name is enough. Add the phone now: then nobody has to ask for it again."),
        keys=FORM,
    )


def _records() -> None:
    guide(
        "clients:company",
        "clients:person",
        "clients:company_related",
        "clients:person_related",
        purpose=_("Everything about one client: facts, what happened and what comes next."),
        first=_("Note your last talk on top of the line of time, then plan the next step."),
        keys=RECORD,
    )
    guide(
        "clients:company_ways",
        "clients:person_ways",
        purpose=_("Phones, e-mail and other ways to reach the client."),
        first=_("Write each as you know it; Terem puts phones into one form by itself."),
        keys=FORM,
    )
    guide(
        "clients:company_field",
        "clients:person_field",
        purpose=_("Changes one fact of the client."),
        first=_("Type the new value. Enter saves, Esc restores the former one."),
        keys=FORM,
    )
    guide(
        "clients:employing",
        purpose=_("Says at which company a person works, and as what."),
        first=_("Type the first letters of the company and choose it."),
        keys=FORM,
    )
    guide(
        "clients:headings",
        "clients:heading",
        "clients:heading_values",
        "clients:value",
        "clients:value_removal",
        purpose=_("What clients are classified by: stage, industry, source, and headings of your own."),
        first=_("Remove what nobody will fill in. Five good values are better than thirty."),
    )
