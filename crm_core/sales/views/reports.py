"""The forecast, and why deals are won and lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from crm_core.sales import actions, queries
from kernel.web import page
from kernel.when import now, today
from ui import answers


@page(actions.VIEW)
def forecast(request: HttpRequest) -> HttpResponse:
    """What is likely to be sold month by month; what is overdue, undated or without an amount stands apart."""
    member: Any = request.member  # type: ignore[attr-defined]
    found, chosen = _scope(request)
    made = queries.forecast(member, today(member.zone), chosen)
    part = f"&pipeline={chosen.id}" if chosen else ""
    values = {
        "forecast": made,
        "pipelines": found,
        "pipeline": chosen,
        "lines": _lines(made, part),
        "owners": [{"line": line, "url": _owner_url(line, part)} for line in made.owners],
        "won": _won(made, part),
        "list": reverse("sales:deals"),
        "part": f"&draw=table{part}",
        "at": now(),
    }
    return answers.page(request, "sales/forecast.html", values)


@page(actions.VIEW)
def why(request: HttpRequest) -> HttpResponse:
    """Reasons of won and lost deals over a year."""
    member: Any = request.member  # type: ignore[attr-defined]
    found, chosen = _scope(request)
    made = queries.why(member, today(member.zone), chosen)
    since = made.months[0].isoformat()
    part = f"&closed.between={since}.." + (f"&pipeline={chosen.id}" if chosen else "")
    halves = [
        _half("won", _("Won"), _("Nothing was won in this time."), made.won, made.won_total, part),
        _half("lost", _("Lost"), _("Nothing was lost in this time."), made.lost, made.lost_total, part),
    ]
    values = {"why": made, "halves": halves, "pipelines": found, "pipeline": chosen, "at": now()}
    return answers.page(request, "sales/why.html", values)


def _scope(request: HttpRequest) -> tuple[list[Any], Any]:
    """All pipelines, and the one that the address asks for, if any."""
    found = queries.pipelines()
    wanted = request.GET.get("pipeline")
    return found, queries.choose(found, wanted) if wanted else None


def _deals(query: str, part: str) -> str:
    """The list of just the deals behind a figure."""
    return f"{reverse('sales:deals')}?{query}&draw=table{part}"


def _lines(made: queries.Forecast, part: str) -> list[dict[str, Any]]:
    """The rows of the table: months, then what lies beyond them, and what stands apart."""
    most = max((_weight(span.sums) for span in made.months), default=0)
    months = [
        {
            "label": date_format(span.first, "F Y"),
            "sums": span.sums,
            "share": _share(_weight(span.sums), most),
            "url": _deals(f"state.is=open&expected.between={span.first}..{span.last}", part),
        }
        for span in made.months
    ]
    return months + _apart(made, part)


def _apart(made: queries.Forecast, part: str) -> list[dict[str, Any]]:
    """What stands in no month: later, overdue, without a date; only where there is something."""
    later = f"state.is=open&expected.between={_next_day(made.months[-1].last)}.."
    rows = (
        (made.later, _("Later"), "", later),
        (made.overdue, pgettext("deals", "Overdue"), "negative", "expected.overdue=&sort=expected"),
        (made.undated, _("No date"), "warning", "state.is=open&expected.empty="),
    )
    return [
        {"label": label, "sums": sums, "tone": tone, "url": _deals(query, part)}
        for sums, label, tone, query in rows
        if sums.count
    ]


def _next_day(day: Any) -> Any:
    return day + timedelta(days=1)


def _won(made: queries.Forecast, part: str) -> list[dict[str, Any]]:
    """Months of won deals, the newest first."""
    most = max((_amount(span.sums) for span in made.won), default=0)
    return [
        {
            "label": date_format(span.first, "F Y"),
            "sums": span.sums,
            "share": _share(_amount(span.sums), most),
            "url": _deals(f"state.is=won&closed.between={span.first}..{span.last}", part),
        }
        for span in reversed(made.won)
    ]


def _weight(sums: queries.Sums) -> int:
    """The length of a bar; only meaningful while everything is in one currency."""
    return sum(money.minor for money in sums.weighted.values()) if len(sums.weighted) == 1 else 0


def _amount(sums: queries.Sums) -> int:
    return sum(money.minor for money in sums.amounts.values()) if len(sums.amounts) == 1 else 0


def _share(value: int, most: int) -> int:
    return round(100 * value / most) if most else 0


def _owner_url(line: Any, part: str) -> str:
    owner = f"owner.is={line.owner_id}" if line.owner_id else "owner.empty="
    return _deals(f"state.is=open&{owner}", part)


def _half(kind: str, title: str, empty: str, lines: list[Any], total: Any, part: str) -> dict[str, Any]:
    told = [
        {
            "line": line,
            "url": _deals(
                f"state.is={kind}&" + (f"reason.is={line.reason_id}" if line.reason_id else "reason.empty="),
                part,
            ),
        }
        for line in lines
    ]
    return {"kind": kind, "title": title, "empty": empty, "lines": told, "total": total}
