"""Help for one's own settings, people, rights, billing and safety."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.guidance import guide


def declare() -> None:
    """The texts."""
    _oneself()
    _people()
    _money()


def _oneself() -> None:
    guide(
        "team:profile",
        "team:look",
        purpose=_("Your name, language, time zone and how Terem looks."),
        first=_("Check your language and time zone: all times are shown in it."),
    )
    guide(
        "team:sessions",
        purpose=_("Where you are signed in to this workspace."),
        first=_("End what you do not know. If something is strange, change your password."),
    )


def _people() -> None:
    _coming()
    _rights()


def _coming() -> None:
    guide(
        "team:members",
        purpose=_("Who works here, who is invited, who helps from outside, and who has left."),
        first=_("Invite colleagues. Each comes in with an account of their own."),
    )
    guide(
        "team:invitation",
        purpose=_("Sends somebody a letter to join."),
        first=_("Choose the role with care: it says what the person may see and do."),
    )
    guide(
        "team:partner_invitation",
        "team:partner",
        purpose=_("A partner helps from outside for a time, with fewer rights, and takes no seat."),
        first=_("Choose the shortest time that is enough. It can be prolonged, and ended at any moment."),
    )


def _rights() -> None:
    guide(
        "team:member",
        "team:presence",
        purpose=_("One colleague: role, team, presence, and where they are signed in."),
        first=_("Say here if somebody is away: then nobody measures them."),
    )
    guide(
        "team:roles",
        "team:role",
        "team:role_new",
        "team:role_removal",
        purpose=_("A role says what people may do, and whose records they see."),
        first=_("Change the roles that are there before you add new ones; three or four are enough."),
    )
    guide(
        "team:teams",
        "team:team",
        "team:team_new",
        "team:team_removal",
        purpose=_("A team is a group of people who share the view of records."),
        first=_("Make teams only if people must not see each other’s clients."),
    )
    guide(
        "team:policy",
        "team:rules",
        purpose=_("The name of the workspace, what newcomers begin with, and the rules of safety."),
        first=_("Think about a second step at sign-in for everybody: it is the best protection."),
    )
    guide(
        "team:address",
        "team:domain_removal",
        purpose=_("Under which address the workspace answers; it can be a domain of your own."),
        first=_("Type your domain. Terem shows the two records that your DNS needs."),
    )


def _money() -> None:
    guide(
        "billing:plan",
        "billing:checkout",
        "billing:change",
        "billing:details",
        "billing:calculating",
        purpose=_("Your plan, the seats, the next bill and all invoices."),
        first=_("Look at the next bill. Before a change you see exactly what it will cost."),
    )
    guide(
        "billing:usage",
        purpose=_("What was used this month, and what the next bill is likely to be."),
        first=_("Look for what is over 80 per cent. Nothing is cut off without notice."),
    )
