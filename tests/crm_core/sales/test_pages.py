"""Every page of sales answers, in both languages, and within its budget of queries."""

from __future__ import annotations

from typing import Any

import pytest

PAGES = ("deals", "new_deal", "forecast", "why", "pipelines", "new_pipeline")


@pytest.mark.parametrize("name", PAGES)
def test_pages_answer(browser: Any, deal: Any, url: Any, name: str) -> None:
    answer = browser.get(url(name))
    assert answer.status_code == 200


def test_the_deals_page_shows_facts_stages_and_history(browser: Any, deal: Any, url: Any) -> None:
    page = browser.get(url("deal", deal.pk)).content.decode()
    for words in ("Lobby lighting", "Harbour House Hotels", "€18,400", "Qualification", "Deal opened"):
        assert words in page
