"""The palette: one field, and answers below it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from crm_core.search import queries
from kernel.rights import EVERYBODY
from kernel.web import page
from ui import answers

PAGE = "search/page.html"


@page(EVERYBODY, heavy="search")
def palette(request: HttpRequest) -> HttpResponse:
    """Results while typing, the whole palette in its dialog, or a plain page without JavaScript."""
    text = request.GET.get("q", "")
    values = {"found": queries.find(request, text), "q": text.strip()}
    target = answers.asked_for(request)
    template = PAGE
    if target == "palette-results":
        template = "search/results.html"
    elif target:
        template = "search/palette.html"
    return answers.page(request, template, values)
