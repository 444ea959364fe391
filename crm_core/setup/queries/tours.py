"""Tours of an example: short ways through real pages, one for each kind of work, and how far a person is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_core.records.models import Card
from crm_core.records.queries import known_to
from crm_core.setup.models import Example, TourPlace
from crm_core.team.models import Member
from kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class Stop:
    """One step: the page, what to look at there, the words.

    Of pages ``deal`` and ``client`` stand for a record of the story, ``clients`` for the list that its clients are in.

    ``point`` is a selector of something that is on the page whatever its language.
    """

    page: str
    point: str
    title: Any
    text: Any


@dataclass(frozen=True, slots=True)
class Tour:
    """``right`` is what a person must hold for whom the tour is made."""

    name: str
    words: Any
    text: Any
    right: str
    stops: tuple[Stop, ...]


_TODAY = Stop(
    "home:today",
    ".home-main",
    _("The day begins here"),
    _("What is overdue stands on top, then what is due today. Nothing has to be kept in mind."),
)
_CLIENT = Stop(
    "client",
    "#timeline",
    _("Everything about a client"),
    _(
        "Calls, notes and deals of a year in one line, with who did it and when. Whoever takes over reads it in a minute."
    ),
)
_BOARD = Stop(
    "sales:deals",
    ".board, .table, .rows",
    _("Deals and their stages"),
    _("Each column is a stage of this line of business. A deal is moved by dragging or with its menu."),
)
_DEAL = Stop(
    "deal",
    "#next-step",
    _("The next step"),
    _("Every open deal says what comes next and who does it. Without a next step it says so, in amber."),
)

TOURS = (
    Tour(
        "lead",
        pgettext_lazy("name of a tour", "For who leads"),
        _("Figures, people, order: what an owner or administrator looks at."),
        "team.manage",
        (
            _TODAY,
            _BOARD,
            Stop(
                "sales:forecast",
                ".figures",
                _("What is likely to come in"),
                _("Amounts times probability, by month and by colleague; what is overdue is counted apart."),
            ),
            Stop(
                "sales:why",
                ".report",
                _("Why deals are won and lost"),
                _("Every closed deal has a reason. After a few months the list tells what to change."),
            ),
            _CLIENT,
            Stop(
                "setup:adoption",
                ".settings-body",
                _("How everybody gets on"),
                _("For each colleague what was done and what is overdue, with a hint instead of blame."),
            ),
            Stop(
                "timeline:audit",
                ".settings-body",
                _("Who changed what"),
                _("The whole year is in the history, and nobody can change it afterwards."),
            ),
        ),
    ),
    Tour(
        "sales",
        pgettext_lazy("name of a tour", "For who sells or serves"),
        _("A day with clients: the list of tasks, a talk, a deal."),
        "sales.edit",
        (
            _TODAY,
            Stop(
                "activities:tasks",
                "#quick, #tasks-list",
                _("Tasks in one line"),
                _("Write “call tomorrow 10:00” and the task is planned. The list is sorted by day."),
            ),
            _CLIENT,
            Stop(
                "client",
                "#composer",
                _("A talk is noted in half a minute"),
                _(
                    "Choose call, note or task, write one sentence, say what comes next. It stands in the timeline at once."
                ),
            ),
            _BOARD,
            _DEAL,
        ),
    ),
    Tour(
        "look",
        pgettext_lazy("name of a tour", "For who only looks"),
        _("Finding what others know, without changing anything."),
        "team.belong",
        (
            _TODAY,
            Stop(
                "clients",
                "#list-tabs",
                _("Lists with tabs"),
                _(
                    "Each tab is a question that was kept: mine, without a next step, without an owner. Packs bring reports as tabs too."
                ),
            ),
            _CLIENT,
            _BOARD,
            Stop(
                "home:help",
                ".glossary",
                _("Help is always here"),
                _("How things are done, for the parts that are switched on, and the keys."),
            ),
        ),
    ),
)


def tour(name: str) -> Tour:
    """A tour by its name. Raises ``NotFound``."""
    found = next((one for one in TOURS if one.name == name), None)
    if found is None:
        raise NotFound
    return found


def tours_for(member: Member) -> list[Tour]:
    """The tours whose pages this member may open; the one that fits best comes first."""
    return [one for one in TOURS if member.may(one.right)]


@dataclass(frozen=True, slots=True)
class Way:
    """A tour with how far the member is: ``place`` is None before the beginning."""

    tour: Tour
    place: TourPlace | None

    @property
    def begun(self) -> bool:
        return self.place is not None and self.place.done_at is None

    @property
    def done(self) -> bool:
        return self.place is not None and self.place.done_at is not None

    @property
    def number(self) -> int:
        """The number of the step where it goes on, from 1."""
        return min(self.place.step, len(self.tour.stops) - 1) + 1 if self.place is not None else 1


def ways(member: Member) -> list[Way]:
    """The member's tours, each with how far it is."""
    places = {one.tour: one for one in TourPlace.objects.filter(member_id=member.id)}
    return [Way(one, places.get(one.name)) for one in tours_for(member)]


def example() -> Example | None:
    """What this workspace shows, where it is an example."""
    return Example.objects.filter(id=1).first()


@dataclass(frozen=True, slots=True)
class Here:
    """The step on which a member is, with the address of its page."""

    tour: Tour
    step: int
    url: str

    @property
    def stop(self) -> Stop:
        return self.tour.stops[self.step]


def under_way(member: Member) -> Here | None:
    """The tour that the member has not left or ended, at its present step. At most four queries."""
    place = (
        TourPlace.objects.filter(member_id=member.id, left_at=None, done_at=None)
        .order_by("-changed_at")
        .first()
    )
    if place is None or place.tour not in {one.name for one in tours_for(member)}:
        return None
    found = tour(place.tour)
    step = min(place.step, len(found.stops) - 1)
    return Here(found, step, address(member, found.stops[step]))


def address(member: Member, stop: Stop) -> str:
    """Where a step's page is; a record of the story that is gone gives way to its list."""
    if stop.page not in ("deal", "client", "clients"):
        return reverse(stop.page)
    told = example()
    name = _open_deal(told) if stop.page == "deal" else "c0"
    card = _seen(member, told.made.get(name) if told else None)
    if card is not None and stop.page != "clients":
        return card.url
    people = card is not None and card.kind == "person"
    return reverse("sales:deals" if stop.page == "deal" else f"clients:{'people' if people else 'companies'}")


def _open_deal(told: Example | None) -> str:
    """The story's name of the first client's last deal, which is open in every line."""
    from crm_core.setup.queries.stories import orders_of, read

    if told is None:
        return ""
    return f"d{len(orders_of(read(told.line)['clients'][0].split('|')[14])) - 1}"


def _seen(member: Member, id: str | None) -> Card | None:
    if id is None:
        return None
    found: Any = known_to(member).filter(id=UUID(id)).first()
    return found if found is not None and found.full else None
