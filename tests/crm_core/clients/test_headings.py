"""Headings of the workspace's own: filter at once, renamed everywhere, removed with care."""

from __future__ import annotations

from typing import Any

from crm_core.clients import actions, queries
from crm_core.clients.models import Company, Heading, HeadingValue
from tests.support.clients import PART, url, value_of


def add(web: Any, name: str = "Priority", values: str = "High\nLow\nhigh\n") -> Heading:
    web.post(url("clients:headings"), {"kind": "company", "name": name, "values": values})
    return Heading.objects.get(name=name)


def test_a_new_heading_is_a_filter_and_a_fact_at_once(web: Any, harbour: Company) -> None:
    heading = add(web)
    high = heading.values.get(name="High")
    assert [value.name for value in heading.values.all()] == ["High", "Low"]
    assert "Priority" in web.get(url("clients:company", harbour.pk)).content.decode()
    address = url("clients:company_field", harbour.pk, str(heading.id))
    assert web.post(address, {str(heading.id): str(high.id), "version": "1"}, headers=PART).status_code == 200
    other = actions.create_company(by=harbour.card.owner, values={"name": "Aurora Dental"})
    field = f"h{heading.id.hex}"
    page = web.get(url("clients:companies") + f"?{field}.is={high.id}&columns=name,{field}").content.decode()
    assert "Harbour House Hotels" in page
    assert other.name not in page
    empty = web.get(url("clients:companies") + f"?{field}.empty=1").content.decode()
    assert other.name in empty
    assert "Harbour House Hotels" not in empty


def test_renaming_a_value_changes_every_record(web: Any, harbour: Company, stage: Heading) -> None:
    value = value_of(stage)
    actions.change_company(by=harbour.card.owner, id=harbour.pk, values={"stage": value.id})
    web.post(url("clients:value", value.id), {"name": "Warm lead", "hue": "red"})
    assert "Warm lead" in web.get(url("clients:company", harbour.pk)).content.decode()
    harbour.refresh_from_db()
    assert harbour.stage_id == value.id


def test_removing_a_value_in_use_asks_where_to_move(web: Any, harbour: Company, stage: Heading) -> None:
    value, other = value_of(stage), value_of(stage, 1)
    actions.change_company(by=harbour.card.owner, id=harbour.pk, values={"stage": value.id})
    page = web.get(url("clients:value_removal", value.id)).content.decode()
    assert "1 record has this value." in page
    assert web.post(url("clients:value_removal", value.id), {"move_to": ""}).status_code == 422
    assert HeadingValue.objects.filter(id=value.id).exists()
    web.post(url("clients:value_removal", value.id), {"move_to": str(other.id)})
    harbour.refresh_from_db()
    assert harbour.stage == other
    assert not HeadingValue.objects.filter(id=value.id).exists()


def test_records_may_stay_without_a_value(web: Any, harbour: Company) -> None:
    heading = add(web)
    high = heading.values.get(name="High")
    actions.change_company(by=harbour.card.owner, id=harbour.pk, values={str(heading.id): str(high.id)})
    web.post(url("clients:value_removal", high.id), {"move_to": "empty"})
    assert queries.classes_of(harbour.pk) == []


def test_one_name_only_once(web: Any, stage: Heading) -> None:
    answer = web.post(url("clients:headings"), {"kind": "company", "name": stage.name.upper(), "values": ""})
    assert answer.status_code == 422
    assert "There is already a heading called" in answer.content.decode()


def test_the_headings_of_every_workspace_stay(web: Any, stage: Heading) -> None:
    assert web.post(url("clients:heading_removal", stage.id)).status_code == 422
    assert Heading.objects.filter(id=stage.id).exists()
    own = add(web)
    web.post(url("clients:heading_removal", own.id))
    assert not Heading.objects.filter(id=own.id).exists()


def test_values_are_put_in_order(web: Any, stage: Heading) -> None:
    second = value_of(stage, 1)
    web.post(url("clients:heading_order", stage.id), {"value": str(second.id), "by": "-1"})
    assert value_of(stage) == second


def test_only_those_who_set_up_may(client_for: Any, cast: Any) -> None:
    assert client_for(cast.anna).get(url("clients:headings")).status_code == 403
