"""The lists of companies and people, and what fields look up in them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from crm_core.clients import queries, tables
from crm_core.clients.actions import Way
from crm_core.clients.actions.comparing import traits_of
from crm_core.lists.tables import answer
from kernel.errors import NotFound
from kernel.web import page
from ui import answers
from ui.forms import Option


@page("clients.view")
def companies(request: HttpRequest) -> HttpResponse:
    """All companies that the member sees."""
    return answer(request, tables.COMPANIES)


@page("clients.view")
def people(request: HttpRequest) -> HttpResponse:
    """All people that the member sees."""
    return answer(request, tables.PEOPLE)


@page("clients.view")
def choices(request: HttpRequest, kind: str) -> HttpResponse:
    """Companies, people or both (``client``) whose name holds the words, for a field in which one is chosen."""
    member: Any = request.member  # type: ignore[attr-defined]
    kinds = {"company": ("company",), "person": ("person",), "client": ("company", "person")}.get(kind)
    if kinds is None:
        raise NotFound
    words = request.GET.get("q", "")[:200].strip()
    options = [Option(str(card.id), card.label) for card in queries.find_clients(member, kinds, words)]
    known = any(option.label.casefold() == words.casefold() for option in options)
    create = words if request.GET.get("creates") and words and not known else ""
    return answers.page(request, "ui/options.html", {"options": options, "create": create})


@page("clients.edit")
def doubles(request: HttpRequest, kind: str) -> HttpResponse:
    """Clients that may be the one being typed."""
    if kind not in ("company", "person"):
        raise NotFound
    typed = request.GET
    ways = [Way(name, typed.get(name, "")[:300]) for name in ("phone", "email")]
    traits = traits_of(kind, {name: value for name, value in typed.items() if len(value) <= 300}, ways)
    found = queries.possible_doubles(request.member, kind=kind, traits=traits) if traits else []  # type: ignore[attr-defined]
    return answers.page(request, "clients/doubles.html", {"doubles": found})
