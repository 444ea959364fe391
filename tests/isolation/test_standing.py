"""Standing queries: their words are made once for all companies, their values never."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connections
from django.db.models import CharField, Count, F, QuerySet, Value
from django.test.utils import CaptureQueriesContext

from crm_core.team.models import Member
from kernel.standing import AnyOf, standing
from tenants import api
from tests.support.tenants import Company

pytestmark = pytest.mark.usefixtures("database")


@standing
def named(*, name: str, active: bool = True) -> QuerySet[Member]:
    found = Member.objects.select_related("role").annotate(told=Value("so", output_field=CharField()))
    return found.filter(name=name, active=True) if active else found.filter(name=name)


@standing
def of_kinds(*, kinds: tuple[str, ...]) -> Any:
    return Member.objects.filter(role__visibility__in=kinds).order_by("name").values_list("id", "name")


@standing
def among(*, ids: list[Any]) -> Any:
    found = Member.objects.filter(AnyOf(F("id"), ids)).order_by()
    return found.values("name").annotate(n=Count("id")).order_by("name")


def test_many_values_stand_in_one_array_and_each_company_finds_its_own(
    companies: tuple[Company, Company],
) -> None:
    both = [company.owner_id for company in companies]
    for company in (*companies, *companies):
        with api.inside(company.tenant):
            assert among(ids=both) == [{"name": company.owner.name, "n": 1}]
            assert among(ids=[]) == []


def test_each_company_is_answered_with_its_own_rows(companies: tuple[Company, Company]) -> None:
    for company in (*companies, *companies):
        with api.inside(company.tenant):
            (found,) = named(name=company.owner.name)
            plain = Member.objects.select_related("role").get(name=company.owner.name)
            assert found == plain
            assert (found.role, found.told) == (plain.role, "so")
            assert vars(found)["_born_in"] == company.tenant.schema_name
            assert named(name="Nobody of that name") == []
            assert of_kinds(kinds=()) == []


def test_one_statement_in_the_same_words_as_the_query_itself(companies: tuple[Company, Company]) -> None:
    one, other = companies
    with api.inside(one.tenant):
        named(name=one.owner.name)
    with api.inside(other.tenant):
        name = other.owner.name
    with api.inside(other.tenant), CaptureQueriesContext(connections["tenant"]) as asked:
        named(name=name)
        list(
            Member.objects.select_related("role")
            .annotate(told=Value("so", output_field=CharField()))
            .filter(name=name, active=True)
        )
    first, second = (query["sql"] for query in asked.captured_queries)
    assert first == second
    assert name in first


def test_another_thread_asks_on_its_own_connection(companies: tuple[Company, Company]) -> None:
    seen: list[Any] = []

    def ask(company: Company) -> None:
        with api.inside(company.tenant):
            seen.append(
                (named(name=company.owner.name)[0].id, connections["tenant"].connection.info.backend_pid)
            )
        connections["tenant"].close()

    threads = [threading.Thread(target=ask, args=(company,)) for company in companies]
    with api.inside(companies[0].tenant):
        named(name="Here first")
        mine = connections["tenant"].connection.info.backend_pid
        for thread in threads:
            thread.start()
            thread.join()
    assert {found for found, _pid in seen} == {company.owner_id for company in companies}
    assert mine not in {pid for _found, pid in seen}


def test_what_cannot_stand_is_refused(companies: tuple[Company, Company]) -> None:
    @standing
    def worded(*, name: str) -> QuerySet[Member]:
        return Member.objects.filter(name=f"x{name.value}")  # type: ignore[attr-defined]

    @standing
    def several(*, name: str) -> QuerySet[Member]:
        return Member.objects.filter(name=name).prefetch_related("sessions")

    with api.inside(companies[0].tenant):
        with pytest.raises(ValueError, match="None"):
            named(name=None)
        with pytest.raises(TypeError, match="only when the query is asked"):
            worded(name="Anna")
        with pytest.raises(ValueError, match="one query"):
            several(name="Anna")
