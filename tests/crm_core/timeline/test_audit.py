"""The history of the workspace: looks and exports stand in it, it can be filtered and taken out, nobody changes it."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import ProgrammingError, transaction

from crm_core.clients.actions import change_company, create_company
from crm_core.events.actions import record
from crm_core.events.models import Event
from crm_core.timeline import actions
from crm_core.timeline.models import MassExport
from kernel import context
from kernel.when import now
from tenants import api
from tests.support.tenants import Browser, run_jobs, sign_in

PAGE = "/settings/history/"


def looks(client: Any) -> int:
    return Event.objects.filter(verb="records.viewed", record_id=client.card_id).count()


@pytest.fixture
def client(member: Any) -> Any:
    return create_company(by=member, values={"name": "Northern Light"})


def test_a_look_is_noted_once_a_day(member: Any, make_member: Any, client_for: Any, client: Any) -> None:
    browser = client_for(member)
    path = f"/companies/{client.card_id}/"
    for _time in range(3):
        assert browser.get(path).status_code == 200
    assert looks(client) == 1
    colleague = client_for(make_member(rights=["clients.view"], name="Anna"))
    assert colleague.get(path).status_code == 200
    assert looks(client) == 2
    member.visits.update(at=now() - timedelta(days=1))
    browser.get(path)
    assert looks(client) == 3
    page = browser.get(f"{PAGE}?what=views").content.decode()
    assert "Opened" in page
    assert "Anna" in page


def test_a_look_is_no_change(member: Any, make_member: Any, client_for: Any, client: Any) -> None:
    """Whoever saves after somebody else has looked meets no conflict, and the record's own timeline is silent."""
    reader = client_for(make_member(rights=["clients.view"], name="Anna"))
    version = client.card.version
    reader.get(f"/companies/{client.card_id}/")
    changed = change_company(by=member, id=client.card_id, values={"description": "New"}, version=version)
    assert changed.description == "New"
    assert "Opened" not in client_for(member).get(f"/companies/{client.card_id}/").content.decode()


def test_filters(member: Any, make_member: Any, client_for: Any, client: Any) -> None:
    other = make_member(rights=["clients.view"], name="Boris")
    with context.altered(cause="import"):
        record("clients.created", by=other, record=client.card)
    browser = client_for(member)

    def shown(query: str) -> str:
        answer = browser.get(f"{PAGE}?{query}")
        assert answer.status_code == 200, query
        text: str = answer.content.decode()
        return text.partition("<ol")[2]

    assert "Boris" in shown("cause=import")
    assert "Boris" not in shown("cause=page")
    assert "Boris" in shown(f"who={other.id}")
    assert "Northern Light" in shown("kind=company&record=northern")
    assert "Northern Light" in shown(f"record={client.card_id}&verb=clients.created")
    assert "Northern Light" not in shown("kind=person")
    assert "Northern Light" in shown("since=today&until=today")
    assert "Northern Light" not in shown("until=yesterday")
    assert "Northern Light" in shown("cause=nonsense&since=nonsense&who=nonsense")


def test_history_as_a_file(member: Any, client_for: Any, client: Any) -> None:
    change_company(
        by=member, id=client.card_id, values={"description": "=cmd()"}, version=client.card.version
    )
    answer = client_for(member).post(f"{PAGE}file/?record={client.card_id}")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    line = next(row for row in rows if "'=cmd()" in row)
    assert line[1] == member.name
    assert line[-1] == str(client.card_id)
    fact = Event.objects.get(verb="timeline.exported")
    assert (fact.actor_id, fact.values["filter"]) == (member.id, {"record": str(client.card_id)})
    assert fact.values["rows"] >= 2


def test_a_file_is_read_after_the_request(own_tenant: Any) -> None:
    """The web server takes the pieces when the request's own context has gone."""
    company = own_tenant("Streams")
    with api.inside(company.tenant, cause="page"):
        browser = sign_in(Browser(company.host), company.owner)
    answer = browser.post(f"{PAGE}file/")
    assert b"team.entered" in b"".join(answer.streaming_content)


def test_only_with_the_right(make_member: Any, client_for: Any) -> None:
    browser = client_for(make_member(rights=["clients.view"]))
    assert browser.get(PAGE).status_code == 403
    assert browser.post(f"{PAGE}file/").status_code == 403


def test_a_great_export_tells_the_administrators(
    member: Any, make_member: Any, client_for: Any, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = make_member(rights=["clients.view", "lists.export"], name="Anna")
    browser, at_home = client_for(anna), client_for(member)

    def take() -> Event:
        assert browser.post("/lists/companies/export/").status_code == 200
        run_jobs()
        found: Event = Event.objects.filter(verb="lists.exported").order_by("-at")[0]
        return found

    mail.outbox.clear()
    assert take().values["rows"] >= 1
    assert not MassExport.objects.exists()
    assert "taken out" not in at_home.get("/").content.decode()
    monkeypatch.setattr(actions, "MASS", 1)
    take()
    (letter,) = mail.outbox
    assert letter.to == [member.email]
    assert "Anna" in letter.body
    assert "taken out" in at_home.get("/").content.decode()
    assert "taken out" not in browser.get("/").content.decode()


@pytest.mark.parametrize("verb", ["update", "delete"])
def test_nobody_changes_the_history(member: Any, client: Any, verb: str) -> None:
    """Not by an oversight of ours: PostgreSQL refuses the tenant's role."""
    facts = Event.objects.filter(record_id=client.card_id)
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic(using="tenant"):
        facts.update(actor_label="Nobody") if verb == "update" else facts._raw_delete("tenant")
