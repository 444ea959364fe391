"""The forecast adds up: months, overdue and undated apart, what has no amount counted and never summed."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from crm_core.sales import actions, queries
from crm_core.sales.actions import DealRow, bulk_create_deals
from crm_core.sales.models import Deal
from kernel.when import frozen

NOW = "2026-11-22T12:00:00+00:00"
TODAY = date(2026, 11, 22)


@pytest.fixture
def rows(member: Any, sales: Any) -> Any:
    """Deals with dates of their own, as an import brings them."""

    def make(*told: tuple[str, int | None, date | None], currency: str = "EUR", **known: Any) -> None:
        made = [
            DealRow(
                name=name,
                stage_id=sales.first.id,
                currency=currency,
                amount_minor=amount,
                expected_on=day,
                opened_on=date(2026, 1, 5),
                owner_id=member.id,
                **known,
            )
            for name, amount, day in told
        ]
        bulk_create_deals(by=member, rows=made)

    return make


def test_every_deal_stands_in_exactly_one_part(member: Any, rows: Any) -> None:
    rows(
        ("past", 100_00, date(2026, 11, 21)),
        ("long past", 50_00, date(2025, 3, 1)),
        ("today", 200_00, TODAY),
        ("this month", 300_00, date(2026, 11, 30)),
        ("next month", 401_01, date(2026, 12, 1)),
        ("far", 500_00, date(2029, 1, 1)),
        ("no date", 600_00, None),
        ("no amount", None, date(2026, 12, 9)),
    )
    made = queries.forecast(member, TODAY)
    assert [span.sums.count for span in made.months[:2]] == [2, 2]
    assert (made.overdue.count, made.undated.count, made.later.count) == (2, 1, 1)
    assert made.total.count == 8 == sum(span.sums.count for span in made.months) + 2 + 1 + 1
    assert (made.total.without_amount, made.months[1].sums.without_amount) == (1, 1)
    assert made.months[0].sums.amounts["EUR"].minor == 500_00
    assert made.overdue.amounts["EUR"].minor == 150_00


def test_weights_follow_stage_and_override_to_the_cent(member: Any, rows: Any, sales: Any) -> None:
    rows(("by stage", 401_01, date(2026, 12, 1)), ("own", 1000_00, date(2026, 12, 2)))
    Deal.objects.filter(card__label="own").update(probability=35)
    # A fifth of 401.01 is 80.202, rounded per deal.
    month = queries.forecast(member, TODAY).months[1].sums
    assert month.weighted["EUR"].minor == 80_20 + 350_00
    shown = {
        deal.card.label: deal.weighted for deal in queries.visible_to(member).weighed().select_related("card")
    }
    assert sum(shown.values()) == month.weighted["EUR"].minor


def test_currencies_are_never_added_up(member: Any, rows: Any) -> None:
    rows(("euro", 100_00, date(2026, 12, 1)))
    rows(("dollar", 300_00, date(2026, 12, 1)), currency="USD")
    month = queries.forecast(member, TODAY).months[1].sums
    assert {code: money.minor for code, money in month.amounts.items()} == {"EUR": 100_00, "USD": 300_00}


def test_the_page_opens_just_the_deals_behind_a_figure(browser: Any, url: Any, rows: Any) -> None:
    rows(
        ("Past one", 100_00, date(2026, 11, 21)),
        ("Month one", 300_00, date(2026, 11, 30)),
        ("Later one", 401_00, date(2026, 12, 1)),
        ("Bare one", None, date(2026, 12, 2)),
    )
    with frozen(NOW):
        page = browser.get(url("forecast")).content.decode()
        assert "November 2026" in page
        links = {
            "Month one": "state.is=open&amp;expected.between=2026-11-22..2026-11-30",
            "Past one": "expected.overdue=&amp;sort=expected",
            "Bare one": "state.is=open&amp;amount.empty=",
        }
        for name, link in links.items():
            assert link in page, name
            opened = browser.get(
                url("deals") + "?" + link.replace("&amp;", "&") + "&draw=table"
            ).content.decode()
            for other in ("Past one", "Month one", "Later one", "Bare one"):
                assert (other in opened) is (other == name), (name, other)


def test_won_deals_stand_in_the_month_they_were_closed(member: Any, make_deal: Any, sales: Any) -> None:
    for name, day in (("a", date(2026, 10, 31)), ("b", date(2026, 11, 1))):
        made = make_deal(name=name, amount_minor=100_00, currency="EUR", opened_on=date(2026, 9, 1))
        with frozen(NOW):
            actions.win(by=member, id=made.pk, reason_id=sales.reason("won").id, closed_on=day)
    won = queries.forecast(member, TODAY).won
    assert [span.sums.count for span in won[-2:]] == [1, 1]
    assert won[-1].first == date(2026, 11, 1)


def test_owners_add_up_to_the_whole(member: Any, make_member: Any, rows: Any) -> None:
    rows(("a", 100_00, date(2026, 12, 1)), ("b", 200_00, date(2027, 1, 1)))
    made = queries.forecast(member, TODAY)
    assert [line.name for line in made.owners] == [member.name]
    assert [sums.count for sums in made.owners[0].months[:3]] == [0, 1, 1]


def test_a_salesperson_forecasts_the_own_deals_only(make_member: Any, rows: Any) -> None:
    rows(("a", 100_00, date(2026, 12, 1)))
    seller = make_member(rights=["sales.view"], visibility="own")
    assert queries.forecast(seller, TODAY).total.count == 0


def test_an_empty_forecast_is_still_a_page(browser: Any, url: Any) -> None:
    page = browser.get(url("forecast"))
    assert page.status_code == 200
    assert "By month" in page.content.decode()


def test_one_pipeline_can_be_looked_at(member: Any, browser: Any, url: Any, rows: Any) -> None:
    rows(("a", 100_00, date(2026, 12, 1)))
    other = actions.add_pipeline(by=member, name="Service")
    assert queries.forecast(member, TODAY, other).total.count == 0
    assert browser.get(url("forecast", pipeline=other.id)).status_code == 200
    assert browser.get(url("forecast", pipeline="nonsense")).status_code == 404


def test_reasons_are_counted_by_month_and_share(
    member: Any, make_deal: Any, sales: Any, browser: Any, url: Any
) -> None:
    first, second = queries.reasons("lost")[:2]
    for reason in (first, first, second):
        made = make_deal(amount_minor=100_00, currency="EUR")
        actions.lose(by=member, id=made.pk, reason_id=reason.id)
    from kernel.when import today

    why = queries.why(member, today("UTC"))
    assert [(line.name, line.sums.count, line.share) for line in why.lost] == [
        (first.name, 2, 67),
        (second.name, 1, 33),
    ]
    assert why.lost[0].months[-1] == 2
    page = browser.get(url("why")).content.decode()
    assert first.name in page
    assert "67 %" in page
