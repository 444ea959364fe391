"""The files of tests/data/import-encodings: each comes in right, or says which line stands in the way."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from crm_core.clients.models import Company, ContactWay
from crm_core.imports import actions
from crm_core.imports.models import Import
from crm_core.records.models import Card

DATA = Path(__file__).parents[2] / "data" / "import-encodings"


def mapped(upload: Callable[..., Import], member: Any, name: str, **columns: str) -> Import:
    """The checked import of a file whose columns were mapped by hand (``_0="company.name"``)."""
    found = upload((DATA / name).read_bytes(), name=name)
    mapping = {place.removeprefix("_"): key for place, key in columns.items()}
    actions.settle(by=member, id=found.id, kind="company", mapping=mapping, options={})
    actions.settle(by=member, id=found.id, kind="company", mapping=mapping, options={})
    return actions.check(by=member, id=found.id)


@pytest.mark.parametrize("name", ["csvtext.csv", "csvtext_BOM_UTF8.csv", "csvtext_BOM_UTF16LE.csv"])
def test_the_same_table_in_three_encodings(upload: Any, carry_out: Any, member: Any, name: str) -> None:
    found = mapped(upload, member, name, _0="company.name", _1="company.street", _2="company.city")
    carry_out(found)
    rows = Company.objects.order_by("name").values_list("name", "street", "city")
    assert list(rows) == [(f"row{n}-1", f"row{n}-2", f"row{n}-3") for n in (1, 2)]


def test_two_separators_in_one_file(upload: Any, carry_out: Any, member: Any) -> None:
    found = mapped(
        upload, member, "csvSeparator.csv", _0="company.name", _1="company.street", _2="company.city"
    )
    assert found.headers == ["column1", "column2", "some", "column3"][: len(found.headers)]
    carry_out(found)
    assert sorted(Company.objects.values_list("name", flat=True)) == ["col11", "col21"]
    assert sorted(Company.objects.values_list("street", flat=True)) == ["col12", "col22"]


def test_doubled_quotes_are_quotes(upload: Any, carry_out: Any, member: Any) -> None:
    found = mapped(upload, member, "csvEscapedQuotes.csv", _0="company.name", _1="company.city")
    # Names that differ in a sign only may be one company: said, but not decided.
    assert (found.facts["counts"]["new"], found.facts["counts"]["twins"]) == (2, 1)
    carry_out(found)
    assert set(Company.objects.values_list("name", flat=True)) == {'"The Best" Account', 'The "Best" Account'}


def test_a_broken_quote_names_its_line(upload: Any, carry_out: Any) -> None:
    found = upload('Company,City\nAcme,Bath\n"Orion,Leeds\nTern,York\n')
    assert found.facts["counts"]["wrong"] >= 1
    row = found.rows.first()
    assert row is not None and "Line 3" in row.wrong["-1"][0]
    carry_out(found)
    assert Company.objects.filter(name="Acme").exists()
    assert not Company.objects.filter(name__contains="Orion").exists()


def test_times_that_end_in_z(upload: Any, carry_out: Any, member: Any) -> None:
    found = mapped(
        upload, member, "dateEndingInZ.csv", _0="company.name", _2="company.phone", _7="company.created_on"
    )
    carry_out(found)
    card = Card.objects.get()
    assert card.label == "account insert #0"
    assert card.created_at.isoformat() == "2010-10-14T12:00:00+00:00"
    assert ContactWay.objects.get().value == "415-555-0000"
