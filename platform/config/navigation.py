"""Composition at the top: places, panels and figures, as data with rights and dotted names.

A client's page shows deals although ``clients`` may not import ``sales``: panels
are named here and called by :func:`panels`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, get_urlconf, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.module_loading import import_string
from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from config import copies, leases, preferences
from config.setting_groups import grouped
from kernel.parts import Choice
from kernel.when import format_when
from tenants import api as tenants
from ui import answers
from ui.shell import Announcement, Mark, Place, Shell


@dataclass(frozen=True, slots=True)
class Entry:
    """A place: URL name, words, icon, right, the letter after ``g``; ``starts`` marks it as current."""

    url: str
    words: Any
    icon: str
    right: str = "team.belong"
    key: str = ""
    feature: str = ""


PLACES = (
    Entry("home:today", _("Today"), "sun", key="t"),
    Entry("activities:tasks", _("Tasks"), "square-check", "activities.view", "k"),
    Entry("clients:companies", _("Companies"), "building-2", "clients.view", "c"),
    Entry("clients:people", _("People"), "users", "clients.view", "p"),
    Entry("sales:deals", _("Deals"), "square-kanban", "sales.view", "d"),
    Entry("sales:forecast", _("Forecast"), "chart-no-axes-column", "sales.view", "f"),
)
FOOT = (
    Entry("imports:start", _("Import"), "upload", "imports.run", "i"),
    Entry("team:profile", _("Settings"), "settings", key="s"),
    Entry("home:help", _("Help"), "circle-question-mark", key="h"),
)
# What can be begun from anywhere: the palette offers it.
CREATE = (
    Entry("clients:new_company", _("New company"), "plus", "clients.edit"),
    Entry("clients:new_person", _("New person"), "plus", "clients.edit"),
    Entry("sales:new_deal", _("New deal"), "plus", "sales.edit"),
    Entry("activities:new", _("New task"), "plus", "activities.edit"),
    Entry("imports:start", _("Import a file"), "upload", "imports.run"),
)
BOTTOM = (
    Entry("home:today", _("Today"), "sun"),
    Entry("clients:companies", _("Clients"), "building-2", "clients.view"),
    Entry("sales:deals", _("Deals"), "square-kanban", "sales.view"),
    Entry("activities:tasks", _("Tasks"), "square-check", "activities.view"),
    Entry("clients:people", _("People"), "users", "clients.view"),
    Entry("home:more", _("More"), "ellipsis"),
)
# How many places fit beside "More" on a phone.
BOTTOM_ROOM = 4
SETTINGS = (
    Entry("team:profile", _("My profile"), "user"),
    Entry("team:sessions", _("My sessions"), "monitor"),
    Entry("support", _("My questions"), "message-square"),
    Entry("team:members", _("Members"), "user-plus", "team.manage"),
    Entry("team:roles", _("Roles"), "key-round", "team.manage"),
    Entry("team:teams", _("Teams"), "users", "team.manage"),
    Entry("team:policy", _("Workspace"), "building-2", "team.manage"),
    Entry("team:address", pgettext_lazy("of the workspace in the web", "Address"), "globe", "team.manage"),
    Entry("setup:stages", pgettext_lazy("of the product", "Stages"), "layers", "setup.grow"),
    Entry("setup:packs", _("Lines of business"), "briefcase", "setup.grow"),
    Entry("setup:example", pgettext_lazy("an invented company", "Example"), "eye"),
    Entry("setup:adoption", _("How Terem is used"), "chart-no-axes-column", "team.manage"),
    Entry("billing:plan", _("Plan and invoices"), "banknote", "billing.manage"),
    Entry("sales:pipelines", _("Pipelines"), "square-kanban", "sales.set_up"),
    Entry("clients:headings", _("Headings"), "list-filter", "clients.set_up"),
    Entry("records:tags", _("Tags"), "tag", "records.set_up"),
    Entry("imports:list", _("Imports"), "upload", "imports.run"),
    Entry("access:isolation", _("Isolation"), "shield", "access.grant"),
    Entry("access:list", _("Access by the operator"), "lock", "access.grant"),
    Entry("exports:list", _("Take everything out"), "download", "exports.take"),
    Entry("home:jobs", _("Background work"), "refresh-cw"),
    Entry("setup:backups", _("Backups"), "archive", "setup.recover"),
    Entry("timeline:audit", _("History"), "history", "timeline.audit"),
    Entry("timeline:operators", _("Operators’ acts"), "headset", "timeline.audit"),
    Entry("records:trash", _("Trash"), "trash-2"),
)
CONSOLE = (
    Entry("tenants:tenants", _("Companies"), "building-2"),
    Entry("tenants:questions", _("Questions"), "headset"),
    Entry("tenants:jobs", _("Background work"), "refresh-cw"),
    Entry("billing_operator:revenue", _("Revenue"), "chart-no-axes-column"),
    Entry("billing_operator:deliveries", _("Payments"), "banknote"),
    Entry("tenants:faults", _("Errors"), "circle-alert"),
    Entry("tenants:slow", _("Slow queries"), "clock"),
    Entry("tenants:announcements", _("Announcements"), "bell"),
    Entry("tenants:upgrades", _("Upgrades"), "arrow-up"),
    Entry("tenants:maintenance", _("Maintenance"), "pause"),
    Entry("tenants:incidents", _("Incidents"), "triangle-alert"),
)
CONSOLE_BOTTOM = (
    Entry("tenants:tenants", _("Companies"), "building-2"),
    Entry("tenants:jobs", _("Queues"), "refresh-cw"),
    Entry("tenants:faults", _("Errors"), "circle-alert"),
    Entry("tenants:maintenance", pgettext_lazy("a short place in the bar", "Works"), "pause"),
    Entry("tenants:more", _("More"), "ellipsis"),
)

# Kind of record → functions (request, card) that give a panel's HTML, in the order shown.
PANELS: dict[str, tuple[str, ...]] = {
    "company": ("crm_core.sales.views.panels.deals_of_client",),
    "person": ("crm_core.sales.views.panels.deals_of_client",),
}
# Kind of record → what can be begun from its page: an entry and the name under which the record is handed on.
RECORD_ACTIONS: dict[str, tuple[tuple[Entry, str], ...]] = {
    "company": ((Entry("sales:new_deal", _("New deal"), "plus", "sales.edit"), "client"),),
    "person": ((Entry("sales:new_deal", _("New deal"), "plus", "sales.edit"), "person"),),
}
# What stands on the today page beside the tasks: functions of the request that give HTML or nothing.
HOME_PANELS: tuple[str, ...] = (
    "crm_core.timeline.views.great_exports",
    "crm_core.sales.views.panels.deals_without_step",
    "crm_core.setup.views.panels.example",
    "crm_core.setup.views.panels.stage",
    "onboarding.panels.first_steps",
    "crm_core.setup.views.training.panel",
)
HOME_FIGURES: tuple[str, ...] = ("crm_core.sales.views.panels.month_figures",)


def called(names: tuple[str, ...], request: HttpRequest, *arguments: Any) -> list[Any]:
    """Call functions by dotted name; leaves out what gives nothing, and what belongs to a hidden part."""
    shown = [name for name in names if _choice(request).shows_place(name)]
    given = [_function(name)(request, *arguments) for name in shown]
    return [found for found in given if found]


def _choice(request: HttpRequest) -> Choice:
    """Which parts the workspace shows; every part outside of workspaces."""
    return getattr(request, "parts", None) or Choice()


def _function(name: str) -> Callable[..., Any]:
    found: Callable[..., Any] = import_string(name)
    return found


def panels(request: HttpRequest, kind: str, card: Any) -> list[Any]:
    """The panels of a record's page that come from rooms above its app."""
    return called(PANELS.get(kind, ()), request, card)


def record_actions(request: HttpRequest, kind: str, card: Any) -> list[Place]:
    """What this member can begin from a record's page."""
    found = []
    for entry, name in RECORD_ACTIONS.get(kind, ()):
        place = _place(request, entry)
        if place is not None:
            found.append(replace(place, url=f"{place.url}?{name}={card.id}", current=False))
    return found


def _place(request: HttpRequest, entry: Entry) -> Place | None:
    member = getattr(request, "member", None)
    if member is not None and not member.may(entry.right):
        return None
    if not _choice(request).shows_place(entry.url):
        return None
    url = _address(entry.url)
    if not url:
        return None
    current = request.path == url or (url != "/" and request.path.startswith(url))
    return Place(entry.url, entry.words, entry.icon, url, current=current, key=entry.key)


def places(request: HttpRequest, entries: tuple[Entry, ...]) -> list[Place]:
    """The entries that this member may enter; only the closest to the present page is current."""
    found = [place for entry in entries if (place := _place(request, entry)) is not None]
    nearest = max((len(place.url) for place in found if place.current), default=0)
    return [replace(place, current=place.current and len(place.url) == nearest) for place in found]


def palette(request: HttpRequest) -> Any:
    """Where one can go and what one can begin, for the palette: places, actions, help."""
    from crm_core.search.queries import Ways

    known = {entry.url for entry in PLACES + FOOT}
    settings_only = tuple(entry for entry in SETTINGS if entry.url not in known)
    helping = tuple(entry for entry in FOOT if entry.url == "home:help")
    going = PLACES + tuple(entry for entry in FOOT if entry not in helping) + settings_only
    return Ways(places(request, going), places(request, CREATE), places(request, helping))


def _look(request: HttpRequest) -> dict[str, Any]:
    language = (get_language() or "en").partition("-")[0]
    other = "en" if language == "ru" else "ru"
    member = getattr(request, "member", None)
    chosen = {} if member else preferences.kept(request) | preferences.chosen(request)
    return {
        "language": language,
        "other_language": other,
        "other_language_name": {"ru": "Русский", "en": "English"}[other],
        "theme": getattr(member, "theme", "") or chosen.get("theme", ""),
        "density": getattr(member, "density", "") or "",
        "flash": answers.flash(request),
    }


def _workspace(request: HttpRequest) -> Shell:
    from crm_core.records.queries import starred

    tenant = request.tenant  # type: ignore[attr-defined]
    member = request.member  # type: ignore[attr-defined]
    copy, copy_back = copies.banner(tenant, member)
    trouble = tenants.trouble_for(tenant)
    return Shell(
        workspace=tenant.name,
        member=member.name,
        places=places(request, PLACES),
        foot=[_with_news(place, member) for place in places(request, FOOT)],
        bottom=_bottom(request),
        # Some two dozen entries that few pages show.
        settings=_late(lambda: grouped(places(request, SETTINGS))),
        starred=[Mark(str(mark.label), mark.url, mark.square) for mark in starred(member)],
        switch=[
            Place("chooser", _("Switch workspace"), "layers", public_url("workspaces/")),
            Place("profile", _("My profile"), "settings", _address("team:profile")),
        ],
        palette=_address("search:palette"),
        leave=_address("leave"),
        announcements=[
            Announcement(notice.text, notice.level, reverse("home:dismissal", args=[notice.id]))
            for notice in tenants.notices_for(tenant, member.dismissed)
        ],
        notice=_maintenance(request)
        or leases.notice(member.language, administrator=member.may("billing.manage")),
        hotkeys=member.hotkeys,
        person=member.id.hex,
        copy=copy,
        copy_back=copy_back,
        tours=copies.tours(tenant),
        guide=copies.guide(request, tenant, member),
        visit=_visit(request),
        visit_leave=_address("leave"),
        help=f"{reverse('home:page_help')}?{_where(request)}",
        note=_partner(member),
        incident=trouble.title if trouble else "",
        incident_url=public_url("status/"),
    )


def _where(request: HttpRequest) -> str:
    """What the help is told of the page: its address and the number of its request."""
    own = request.path == reverse("home:page_help")
    here = request.GET.get("from", "") if own else request.get_full_path()
    return urlencode({"from": here, "request": getattr(request, "id", "")})


def _partner(member: Any) -> str:
    """What a partner reads at the foot of the sidebar: until when."""
    if getattr(member, "partner_until", None) is None:
        return ""
    until = format_when(
        member.partner_until, language=get_language() or "en", zone=member.zone, style="moment"
    )
    return gettext("You work here as a partner, until %(until)s.") % {"until": until}


def _bottom(request: HttpRequest) -> list[Place]:
    """The places of the phone: the first few that are shown, and the way to all others."""
    found = places(request, BOTTOM)
    return found[:-1][:BOTTOM_ROOM] + found[-1:]


def _counted(found: list[Place]) -> list[Place]:
    """The console's places with what waits for an operator there."""
    counts = tenants.waiting()
    return [replace(place, count=counts.get(place.name) or None) for place in found]


def _maintenance(request: HttpRequest) -> str:
    """The sentence across every page while nothing may be changed."""
    work = getattr(request, "work", None)
    if work is None:
        return ""
    member = request.member  # type: ignore[attr-defined]
    until = format_when(work.until, language=get_language() or "en", zone=member.zone, style="moment")
    words = gettext("Maintenance: everything can be read, changes are paused, until %(until)s as planned.")
    return words % {"until": until}


def _with_news(place: Place, member: Any) -> Place:
    """Help wears a dot until the newest entry of “what is new” was read."""
    from crm_core.home.queries import has_unread_news

    if place.name == "home:help" and has_unread_news(member):
        return replace(place, fresh=_("There is something new to read"))
    return place


def _visit(request: HttpRequest) -> str:
    """The sentence over every page that an operator sees."""
    visit = getattr(request, "visit", None)
    if visit is None:
        return ""
    until = format_when(
        visit.access.until,
        language=get_language() or "en",
        zone=request.tenant.zone,  # type: ignore[attr-defined]
        style="moment",
    )
    words = (
        gettext("You look in as an operator until %(until)s and may change records. Every page is noted.")
        if visit.access.may_change
        else gettext("You look in as an operator until %(until)s, for reading only. Every page is noted.")
    )
    return words % {"until": until}


def _address(name: str) -> str:
    """The address of a place on the present site; nothing where it has none."""
    return _found(name, get_urlconf() or settings.ROOT_URLCONF)


@cache
def _found(name: str, urlconf: str) -> str:
    try:
        return reverse(name, urlconf)
    except NoReverseMatch:
        return ""


def public_url(path: str = "") -> str:
    """An address on the public site and account host."""
    return f"{settings.TEREM_SCHEME}://{settings.TEREM_DOMAIN}{settings.TEREM_PORT_SUFFIX}/{path}"


def _late(make: Callable[..., Any], *arguments: Any) -> Any:
    """What ``make`` gives, made when a template first asks for it."""
    return SimpleLazyObject(partial(make, *arguments))


# What the base of every page reads, also of one that says that the database is gone: nothing is asked for it.
_ON_EVERY_PAGE: dict[str, Callable[[Any], Any]] = {
    "person": lambda member: member.id.hex,
    "hotkeys": lambda member: member.hotkeys,
}


class _Late:
    """The shell, made when a template first asks for it: partials never pay for it."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self._shell: Shell | None = None

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        member = getattr(self._request, "member", None)
        if name in _ON_EVERY_PAGE and member is not None:
            return _ON_EVERY_PAGE[name](member)
        if self._shell is None:
            self._shell = _make(self._request)
        return getattr(self._shell, name)


def _make(request: HttpRequest) -> Shell:
    site = getattr(request, "site", "")
    if site == "workspace" and getattr(request, "member", None) is not None:
        return _workspace(request)
    if site == "operator" and getattr(request, "operator", None):
        return Shell(
            workspace=gettext("Terem"),
            member="",
            places=_counted(places(request, CONSOLE)),
            bottom=places(request, CONSOLE_BOTTOM),
            note=gettext("Customers’ records are not visible here."),
        )
    return Shell(workspace="", member="")


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context of every template: ``shell`` (the frame) and ``look`` (language, theme, density, toast)."""
    return {"shell": _Late(request), "look": _look(request)}
