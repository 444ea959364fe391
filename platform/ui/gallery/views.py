"""Pages of the gallery, and small answers that let one try what a component does. Nothing is stored."""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.utils import translation

from kernel.errors import Conflict, OverLimit, TeremError, Unavailable
from kernel.web import public
from ui import answers, icons
from ui.gallery import companies, deals, forms, samples
from ui.gallery.registry import FAMILIES, PAGES
from ui.gallery.samples import both
from ui.shell import Look, Place


def _frame(request: HttpRequest, current: str) -> dict[str, Any]:
    query = request.GET.urlencode()
    places = [
        Place(
            family.name,
            family.words,
            family.icon,
            f"/gallery/{family.name}/?{query}",
            current=family.name == current,
            key=family.key,
        )
        for family in FAMILIES
    ]
    return {
        "shell": samples.shell(current, places),
        "look": _look(request),
        "pages": PAGES,
        "query": query,
    }


def _look(request: HttpRequest) -> Look:
    language = translation.get_language() or "en"
    return Look(
        language=language,
        other_language="en" if language == "ru" else "ru",
        other_language_name="English" if language == "ru" else "Русский",
        theme=request.GET.get("theme", ""),
        density=request.GET.get("density", ""),
    )


def _values(request: HttpRequest, current: str) -> dict[str, Any]:
    shown = {
        "companies": companies.COMPANIES,
        "lanes": deals.LANES,
        "hues": samples.HUES,
        "now": samples.NOW,
        "people": samples.PEOPLE,
        "icons": sorted(icons.NAMES),
        "squares": samples.SQUARES,
        "steps": samples.STEPS,
        "step": 2,
        "sample_guide": samples.GUIDE,
    }
    return _frame(request, current) | _forms() | shown


def _forms() -> dict[str, Any]:
    return {
        "form": forms.filled(),
        "other": forms.filled("other_%s"),
        "wrong": forms.filled(
            "wrong_%s",
            name="",
            email="martha@harbourhouse",
            amount=str(both("a lot", "много")),
            closing="31.02.2026",
        ),
        "choices": forms.ChoicesForm(),
        "file": forms.FileForm(),
    }


def _language(named: str | None) -> Any:
    """The language that the address names, else the reader's."""
    return translation.override(named if named in dict(settings.LANGUAGES) else translation.get_language())


@public()
def family(request: HttpRequest, name: str = "actions") -> HttpResponse:
    """One family of components in all states."""
    found = next((family for family in FAMILIES if family.name == name), None)
    if found is None:
        raise Http404
    with _language(request.GET.get("lang")):
        return answers.page(request, "gallery/family.html", _values(request, name) | {"family": found})


@public()
def whole(request: HttpRequest, name: str) -> HttpResponse:
    """A whole page built from the kit."""
    found = next((page for page in PAGES if page.name == name), None)
    if found is None:
        raise Http404
    with _language(request.GET.get("lang")):
        return answers.page(request, found.template, _values(request, name) | {"page": found})


@public()
def trial(request: HttpRequest, what: str) -> HttpResponse:
    """What a component asks the server, answered with samples."""
    answer = TRIALS.get(what)
    if answer is None:
        raise Http404
    page = QueryDict(
        urlsplit(request.headers.get("HX-Current-URL", request.headers.get("Referer", ""))).query
    )
    with _language(page.get("lang")):
        try:
            return answer(request)
        except TeremError as error:
            return answers.error(request, error)


def _palette(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("q", "").casefold()
    found = [company for company in companies.COMPANIES if text in str(company.name).casefold()]
    return answers.page(
        request,
        "gallery/palette.html",
        {"found": found[:8], "families": FAMILIES},
        part="results" if "q" in request.GET else "all",
    )


def _options(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("q", "").strip()
    found = forms.companies(text)[:8]
    known = any(option.label.casefold() == text.casefold() for option in found)
    return answers.options(request, found, create="" if known else text)


def _form(request: HttpRequest) -> HttpResponse:
    form = forms.DealForm(request.POST) if request.method == "POST" else forms.DealForm()
    values = _frame(request, "forms") | {"form": form, "back": "/gallery/forms/"}
    if request.method == "POST" and form.is_valid():
        words = both("Deal added: {}", "Сделка добавлена: {}").format(form.cleaned_data["name"])
        return answers.changed(request, to="/gallery/forms/", words=words, undo=f"{forms.TRY}undo/")
    return (answers.invalid if form.errors else answers.page)(request, "gallery/pages/form.html", values)


def _fact(request: HttpRequest) -> HttpResponse:
    value = request.POST.get("value", request.GET.get("value", "harbourhouse.example"))
    if request.method == "POST" and "cancel" not in request.POST:
        form = forms.FactForm(request.POST)
        if form.is_valid():
            return answers.page(request, "gallery/fact.html", {"value": value, "saved": True}, part="shown")
        return answers.invalid(
            request, "gallery/fact.html", {"form": form, "value": "harbourhouse.example"}, part="edited"
        )
    if "edit" in request.GET:
        values = {"form": forms.FactForm(initial={"value": value}), "value": value}
        return answers.page(request, "gallery/fact.html", values, part="edited")
    return answers.page(request, "gallery/fact.html", {"value": value}, part="shown")


def _move(request: HttpRequest) -> HttpResponse:
    if request.POST.get("lane") == "contract":
        sentence = both(
            "A deal without an amount cannot go to Contract.",
            "Сделка без суммы не может перейти на этап «Договор».",
        )
        raise Conflict(sentence)
    return answers.changed(
        request,
        to="/gallery/page/board/",
        words=both("Moved", "Карточка перенесена"),
        undo=f"{forms.TRY}undo/",
    )


def _undo(request: HttpRequest) -> HttpResponse:
    return answers.changed(request, to="/gallery/", words=both("Taken back", "Отменено"))


def _toast(request: HttpRequest) -> HttpResponse:
    return answers.changed(
        request,
        to="/gallery/feedback/",
        words=both("3 companies assigned to Mark Osei", "Компании (3) назначены: Марк Осипов"),
        undo=f"{forms.TRY}undo/",
    )


def _conflict(request: HttpRequest) -> HttpResponse:
    raise Conflict(
        both("Mark Osei changed this 2 minutes ago", "Поле изменено 2 минуты назад: Марк Осипов"),
        yours=both("€18,400", "1~702~000~₽"),
        theirs=both("€16,900", "1~563~000~₽"),
    )


def _limit(request: HttpRequest) -> HttpResponse:
    words = both("Your plan holds five members.", "Тариф рассчитан на пятерых сотрудников.")
    raise OverLimit(words, limit="members", used=5, allowed=5)


def _away(request: HttpRequest) -> HttpResponse:
    raise Unavailable


def _broken(request: HttpRequest) -> HttpResponse:
    request.id = secrets.token_hex(4)  # type: ignore[attr-defined]
    return answers.failure(request)


TRIALS = {
    "palette": _palette,
    "options": _options,
    "form": _form,
    "fact": _fact,
    "move": _move,
    "undo": _undo,
    "toast": _toast,
    "conflict": _conflict,
    "limit": _limit,
    "away": _away,
    "broken": _broken,
}
