"""Tours: real pages, one's own place, left and taken up again; none outside examples."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.urls import set_urlconf

from crm_core.setup.actions.touring import leave, turn
from crm_core.setup.models import Example, TourPlace
from crm_core.setup.queries import tours
from kernel import context
from kernel.errors import NotFound
from tests.support.clients import url


@contextmanager
def workspace() -> Iterator[None]:
    """Addresses are those of a workspace, also outside of a request."""
    set_urlconf("config.urls_workspace")
    yield
    set_urlconf(None)


def under_way(member: Any) -> tours.Here | None:
    with workspace():
        return tours.under_way(member)


def address(member: Any, stop: tours.Stop) -> str:
    with workspace():
        return tours.address(member, stop)


@pytest.fixture
def example(tenant: Any, harbour: Any) -> Example:
    """The present workspace is one; its first client is the harbour."""
    found = Example(line="services", made={"c0": str(harbour.pk)})
    found.save(force_insert=True)
    return found


def test_every_step_leads_to_a_page_that_is_there(web: Any, cast: Any, example: Example) -> None:
    for tour in tours.TOURS:
        assert 4 <= len(tour.stops) <= 8
        for stop in tour.stops:
            answer = web.get(address(cast.boss, stop))
            assert answer.status_code == 200, (tour.name, stop.page)


def test_a_record_that_is_gone_gives_way_to_its_list(cast: Any, example: Example) -> None:
    example.made = {}
    example.save()
    stops = {stop.page: stop for tour in tours.TOURS for stop in tour.stops}
    assert address(cast.boss, stops["client"]) == url("clients:companies")
    assert address(cast.boss, stops["deal"]) == url("sales:deals")


def test_on_back_left_and_taken_up_again(web: Any, cast: Any, example: Example) -> None:
    page = web.get(url("setup:tours")).content.decode()
    assert "For who leads" in page and "Begin" in page
    first = web.post(url("setup:tour_turning", "lead"), {"step": "0"})
    assert first["Location"] == "/"
    web.post(url("setup:tour_turning", "lead"), {"step": "2"})
    assert web.post(url("setup:tour_turning", "lead"), {"step": "1"})["Location"] == url("sales:deals")
    assert TourPlace.objects.get().step == 1
    answer = web.post(url("setup:tour_leaving", "lead"), {"next": "/companies/"})
    assert answer["Location"] == "/companies/"
    assert under_way(cast.boss) is None
    page = web.get(url("setup:tours")).content.decode()
    assert "At step 2 of 7." in page and "Go on" in page
    web.post(url("setup:tour_turning", "lead"), {"step": "1"})
    found = under_way(cast.boss)
    assert found is not None and (found.tour.name, found.step) == ("lead", 1)
    last = web.post(url("setup:tour_turning", "lead"), {"step": "7"})
    assert last["Location"] == url("setup:tours")
    assert "Seen to the end." in web.get(url("setup:tours")).content.decode()


def test_each_person_has_their_own_place_and_one_tour_at_a_time(cast: Any, example: Example) -> None:
    turn(by=cast.boss, name="lead", step=3)
    turn(by=cast.anna, name="look", step=1)
    turn(by=cast.boss, name="sales", step=0)
    found = under_way(cast.boss)
    assert found is not None and found.tour.name == "sales"
    places = {(one.member_id, one.tour): one for one in TourPlace.objects.all()}
    assert places[cast.boss.id, "lead"].step == 3 and places[cast.boss.id, "lead"].left_at is not None
    assert places[cast.anna.id, "look"].step == 1
    leave(by=cast.anna, name="look")
    assert under_way(cast.anna) is None


def test_the_step_stands_over_its_page(web: Any, example: Example, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only in an example: the tenant's entry says so."""
    from config import copies

    web.post(url("setup:tour_turning", "lead"), {"step": "1"})
    assert "<ui-guide" not in web.get(url("sales:deals")).content.decode()
    shown = copies.guide

    def as_example(request: Any, tenant: Any, member: Any) -> Any:
        from dataclasses import replace

        return shown(request, replace(tenant, example=True), member)

    monkeypatch.setattr(copies, "guide", as_example)
    page = web.get(url("sales:deals")).content.decode()
    assert "step 2 of 7" in page
    assert 'data-point=".board' in page
    elsewhere = web.get(url("activities:tasks")).content.decode()
    assert "To this step" in elsewhere and "data-point" not in elsewhere


def test_outside_of_examples_there_are_no_tours(web: Any, cast: Any) -> None:
    assert not context.tenant().example
    assert web.get(url("setup:tours")).status_code == 404
    assert web.post(url("setup:tour_turning", "look"), {"step": "1"}).status_code == 404
    with pytest.raises(NotFound):
        turn(by=cast.boss, name="look", step=1)


def test_a_tour_is_for_who_may_see_its_pages(cast: Any, example: Example) -> None:
    assert "lead" not in {one.name for one in tours.tours_for(cast.anna)}
    with pytest.raises(NotFound):
        turn(by=cast.anna, name="lead", step=0)
    with pytest.raises(NotFound):
        turn(by=cast.boss, name="no-such-tour", step=0)
