"""What the today page says: the greeting, what colleagues did, background work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from crm_core.events.models import Event, EventQuerySet
from crm_core.records.queries import links
from crm_core.team.models import Member
from kernel.errors import NotFound
from kernel.jobs import BACKGROUND
from kernel.jobs.models import Job
from kernel.parts import PARTS, Choice
from kernel.standing import standing
from kernel.when import now, read_zone, today

# The facts that colleagues like to hear of, each as a noun: no language needs a gender for it.
HEADLINES: dict[str, Any] = {
    "clients.created": pgettext_lazy("headline", "new client"),
    "notes.added": pgettext_lazy("headline", "note"),
    "activities.called": pgettext_lazy("headline", "call"),
    "activities.met": pgettext_lazy("headline", "meeting"),
    "sales.opened": pgettext_lazy("headline", "new deal"),
    "sales.won": pgettext_lazy("headline", "won"),
    "sales.lost": pgettext_lazy("headline", "lost"),
    "imports.finished": pgettext_lazy("headline", "import finished"),
}
_LOOK_BACK = timedelta(days=14)
_MOST_FACTS = 40
_WORDS = (
    "", pgettext_lazy("number of things", "one"), pgettext_lazy("number of things", "two"),
    pgettext_lazy("number of things", "three"), pgettext_lazy("number of things", "four"),
    pgettext_lazy("number of things", "five"), pgettext_lazy("number of things", "six"),
    pgettext_lazy("number of things", "seven"), pgettext_lazy("number of things", "eight"),
    pgettext_lazy("number of things", "nine"), pgettext_lazy("number of things", "ten"),
)  # fmt: skip
# Reminders wait for their moment; as background work they would only confuse.
_QUIET = ("activities.remind",)


@dataclass(frozen=True, slots=True)
class News:
    """What changed for the people of a workspace with one release. ``key`` sorts as text: its day."""

    key: str
    title: Any
    lines: tuple[Any, ...]

    @property
    def day(self) -> date:
        return date.fromisoformat(self.key)


# Newest first; told to every workspace as soon as this code serves it.
NEWS = (
    News(
        "2026-11-22",
        _("At your own pace, with help on every page"),
        (
            _("A few questions set what Terem shows; stages add more when your people are ready."),
            _("Packs for eight lines of business, and an invented company of your line to look around in."),
            _("The question mark on every page says what the page is for, and leads to those who can help."),
            _("First tasks on the page of today, ticked by real work."),
            _(
                "Passkeys: sign in with the finger, face or PIN of your device. Sessions without use can be ended."
            ),
            _("Your own domain, and a partner from outside who helps for a time and with fewer rights."),
            _("Backups that you restore yourselves: all of it into a copy, or one record."),
            _("The plan shows what is used and the next bill; a change says its price before."),
            _("Terem is updated while you work: nobody has to leave, nothing is locked."),
        ),
    ),
    News(
        "2026-11-20",
        _("The first release"),
        (
            _("Companies, people and deals with everything that happened with them on one line of time."),
            _("Import from spreadsheets and other systems; every import can be undone as a whole."),
            _("Saved lists, bulk changes, and a palette that finds names, phones and addresses."),
        ),
    ),
)


def help_lines(choice: Choice) -> dict[str, list[tuple[Any, Any]]]:
    """The words and the ways of the help page, from the parts that are shown."""
    shown = [part for part in PARTS.values() if choice.shows(part.name)]
    return {
        "glossary": [line for part in shown for line in part.glossary],
        "ways": [line for part in shown for line in part.ways],
    }


def has_unread_news(member: Member) -> bool:
    """True until the member has opened the newest entry; newcomers are not told what they never missed."""
    return member.news_seen < NEWS[0].key and f"{member.joined_at:%Y-%m-%d}" < NEWS[0].key


def number_words(number: int) -> str:
    """A small number as a word, a greater one in figures."""
    return str(_WORDS[number]) if 0 < number < len(_WORDS) else str(number)


def greeting(member: Member) -> str:
    """Good morning and the like, by the hour where the member is, with the first name."""
    hour = now().astimezone(read_zone(member.zone)).hour
    name = member.name.split()[0] if member.name.split() else ""
    if 5 <= hour < 12:
        return gettext("Good morning, %(name)s.") % {"name": name}
    if 12 <= hour < 18:
        return gettext("Good afternoon, %(name)s.") % {"name": name}
    if 18 <= hour < 23:
        return gettext("Good evening, %(name)s.") % {"name": name}
    return gettext("Hello, %(name)s.") % {"name": name}


def summary(needed: int, overdue: int) -> SafeString:
    """How many things need the member today, in words and with the right plural."""
    if not needed:
        return mark_safe(gettext("Nothing needs you today."))  # noqa: S308 (our own words)
    first = ngettext(
        "<b>%(count)s thing</b> needs you today", "<b>%(count)s things</b> need you today", needed
    ) % {"count": number_words(needed)}
    if first.startswith("<b>"):
        first = "<b>" + first[3].upper() + first[4:]
    if not overdue:
        return mark_safe(f"{first}.")  # noqa: S308 (our own words and a number)
    late = ngettext("<b>%(count)s is overdue</b>", "<b>%(count)s are overdue</b>", overdue) % {
        "count": number_words(overdue)
    }
    return mark_safe(f"{first}, {late}.")  # noqa: S308 (our own words and a number)


@dataclass(frozen=True, slots=True)
class Headline:
    """One line about a colleague: who, what (a noun), about which record, when (drawn in ``style``)."""

    actor: str
    words: Any
    label: str
    url: str
    at: datetime
    style: str


def team_feed(member: Member, limit: int = 8) -> list[Headline]:
    """The latest facts of colleagues about records that the member sees; an import counts once. Two queries."""
    events = _of_colleagues(member=member.id, since=now() - _LOOK_BACK)
    known = links(member, {event.record_id for event in events})
    zone, here = read_zone(member.zone), today(member.zone)
    lines: list[Headline] = []
    for event in events:
        link = known.get(event.record_id) if event.record_id else None
        if event.record_id and (link is None or not link.url):
            continue
        label, url = (link.label, link.url) if link else (str(event.values.get("file", "")), "")
        style = "time" if event.at.astimezone(zone).date() == here else "short"
        lines.append(Headline(event.actor_label, HEADLINES[event.verb], label, url, event.at, style))
        if len(lines) == limit:
            break
    return lines


@standing
def _of_colleagues(*, member: Any, since: Any) -> EventQuerySet:
    """The latest facts with a headline that others wrote; some of them are about what the member does not see."""
    return (
        Event.objects.filter(verb__in=list(HEADLINES), at__gte=since)
        .exclude(actor_id=member)
        .exclude(actor_id=None)
        .filter(Q(change_set=None) | Q(verb="imports.finished"))
        .order_by("-at", "-id")[:_MOST_FACTS]
    )


def month_began(member: Member) -> datetime:
    """The first moment of this month where the member is."""
    first = today(member.zone).replace(day=1)
    return datetime(first.year, first.month, 1, tzinfo=read_zone(member.zone))


def jobs(member: Member, *, everybody: bool = False, limit: int = 50) -> list[Job]:
    """Background work, the newest first: the member's own, or everybody's with the right to see it."""
    rows = Job.objects.exclude(name__in=_QUIET)
    if not (everybody and member.may("team.see_jobs")):
        rows = rows.filter(actor=member.id)
    return list(rows.order_by("-created_at")[:limit])


def job(member: Member, id: UUID) -> Job:
    """One piece of background work. Raises ``NotFound``."""
    found = Job.objects.filter(id=id).first()
    if found is None or (found.actor != member.id and not member.may("team.see_jobs")):
        raise NotFound
    return found


def job_title(found: Job) -> str:
    """What a job is called: its own title, else that of its kind of work."""
    declared = BACKGROUND.get(found.name)
    return found.title or (str(declared.title) if declared else "") or str(_("Background work"))
