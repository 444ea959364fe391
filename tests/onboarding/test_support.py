"""Questions to the operators: asked from any page, answered by mail and inside, and nothing else is seen by it."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from crm_core.clients.actions import create_company
from crm_core.team import actions as team
from crm_core.team.models import Role
from kernel.ids import uuid7
from kernel.when import frozen, now
from tenants import api
from tenants.models import Message, OperatorAct, Question
from tests.support.operators import at_console, make_operator
from tests.support.tenants import Browser, Company, make_account, run_queue, sign_in

DIALOG = {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Target": "div#dialog-body"}
WORDS = "I press Save and the page stays as it is."


@pytest.fixture
def operator() -> Any:
    return make_operator(f"operator-{uuid7().hex[-8:]}@terem.example")


@pytest.fixture
def console(operator: Any) -> Client:
    return at_console(operator)


@pytest.fixture
def company(own_tenant: Callable[..., Company]) -> Company:
    return own_tenant("Asking")


@pytest.fixture
def owner(company: Company) -> Browser:
    with api.inside(company.tenant, cause="page"):
        return sign_in(Browser(company.host), company.owner)


@pytest.fixture
def colleague(company: Company) -> Browser:
    """Somebody of the company who may only look."""
    email = f"colleague-{uuid7().hex[-8:]}@asking.example"
    account = make_account(email)
    with api.inside(company.tenant, cause="page"):
        role = Role.objects.get(name="Read only")
        member = team.add_member(
            by=company.owner, account_id=account.pk, email=email, name="Colin", role_id=role.id
        )
        return sign_in(Browser(company.host), member)


def ask(browser: Browser, **fields: Any) -> Any:
    given = {"key": str(uuid7()), "subject": "Saving does nothing", "text": WORDS}
    return browser.post("/support/new/", given | fields)


def newest() -> Question:
    """The latest question; one that a test asked in an hour to come does not count."""
    return Question.objects.filter(asked_at__lte=now()).latest("asked_at")


def page(browser: Any, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return str(answer.content.decode())


def test_circumstances_without_anybodys_ids(company: Company, owner: Browser, console: Client) -> None:
    with api.inside(company.tenant, cause="page", actor=company.owner_id):
        client = create_company(by=company.owner, values={"name": "Secret Client"})
    where = f"/companies/{client.pk}/?q=secret"
    asked = owner.get("/support/new/", {"from": where, "request": "a1b2c3d4e5f6"}, headers=DIALOG)
    assert where.replace("&", "&amp;") in asked.content.decode()
    answer = ask(owner, came_from=where, request_number="a1b2c3d4e5f6")
    assert answer.status_code == 302
    found = newest()
    assert (found.page, found.address, found.request_id) == ("companies/<uuid:id>/", "", "a1b2c3d4e5f6")
    assert found.release == company.tenant.release
    assert found.role == "Administrator"
    text = page(console, f"/support/{found.id}/")
    assert WORDS in text
    assert "Secret Client" not in text
    assert str(client.pk) not in text
    assert f"/tenants/{company.tenant.id}/access/" in text, "the way to ask for access"
    ask(owner, came_from=where, shown="on")
    assert newest().address == where


def test_answer_by_mail_and_inside_then_solved_and_open_again(
    company: Company, owner: Browser, console: Client, operator: Any, mailoutbox: list[Any]
) -> None:
    ask(owner)
    found = newest()
    assert "Saving does nothing" in page(console, "/support/")
    console.post(f"/support/{found.id}/", {"key": str(uuid7()), "text": "Press Ctrl and S."})
    letter = mailoutbox[-1]
    assert letter.to == [f"owner@{company.tenant.slug}.example"]
    assert "Press Ctrl and S." in letter.body
    assert f"http://{company.host}/support/{found.id}/" in letter.body
    found.refresh_from_db()
    assert found.state == "waiting"
    text = page(owner, f"/support/{found.id}/")
    assert "Press Ctrl and S." in text
    assert "Waiting for you" in text
    act = OperatorAct.objects.get(tenant=company.tenant, verb="question_answered")
    assert act.account_label == operator.email

    said = {"key": str(uuid7()), "text": "Now it works."}
    assert owner.post(f"/support/{found.id}/", said).status_code == 302
    assert owner.post(f"/support/{found.id}/", said).status_code == 302
    assert Message.objects.filter(question=found).count() == 3, "pressing twice says it once"
    for verb, state in (("solution", "solved"), ("reopening", "open")):
        assert owner.post(f"/support/{found.id}/{verb}/").status_code == 302
        found.refresh_from_db()
        assert found.state == state


def test_answer_in_the_persons_language(
    own_tenant: Callable[..., Company], console: Client, mailoutbox: list[Any]
) -> None:
    company = own_tenant("Вопросы", "ru")
    with api.inside(company.tenant, cause="page"):
        browser = sign_in(Browser(company.host), company.owner)
    ask(browser, subject="Не сохраняется", text="Нажимаю, и ничего.")
    console.post(f"/support/{newest().id}/", {"key": str(uuid7()), "text": "Обновите страницу."})
    assert "Обновите страницу." in mailoutbox[-1].body
    assert newest().language == "ru"


def test_letter_that_has_not_left_is_shown_and_sent_again(
    owner: Browser, console: Client, monkeypatch: Any, mailoutbox: list[Any]
) -> None:
    from kernel import mail

    def refuse(**given: Any) -> None:
        raise ConnectionRefusedError

    ask(owner)
    found = newest()
    with monkeypatch.context() as patched:
        patched.setattr(mail, "send", refuse)
        console.post(f"/support/{found.id}/", {"key": str(uuid7()), "text": "Here it is."})
    assert "has not left" in page(console, f"/support/{found.id}/")
    message = Message.objects.get(question=found, by_operator=True)
    assert console.post(f"/support/{found.id}/letters/{message.id}/").status_code == 302
    assert "Here it is." in mailoutbox[-1].body
    assert "has not left" not in page(console, f"/support/{found.id}/")


def test_own_questions_and_all_for_the_administrator(owner: Browser, colleague: Browser) -> None:
    ask(owner, subject="Of the owner")
    mine = newest()
    ask(colleague, subject="Of the colleague")
    theirs = newest()
    text = page(colleague, "/support/")
    assert "Of the colleague" in text
    assert "Of the owner" not in text
    assert "Of the owner" not in page(colleague, "/support/?whose=all"), "only administrators see all"
    assert colleague.get(f"/support/{mine.id}/").status_code == 404
    assert colleague.post(f"/support/{mine.id}/", {"key": str(uuid7()), "text": "x"}).status_code == 404
    assert "Of the colleague" not in page(owner, "/support/")
    assert "Of the colleague" in page(owner, "/support/?whose=all")
    assert owner.get(f"/support/{theirs.id}/").status_code == 200


def test_another_company_reaches_nothing(owner: Browser, own_tenant: Callable[..., Company]) -> None:
    ask(owner)
    found = newest()
    other = own_tenant("Other")
    with api.inside(other.tenant, cause="page"):
        stranger = sign_in(Browser(other.host), other.owner)
    assert stranger.get(f"/support/{found.id}/").status_code == 404
    for verb in ("", "solution/", "reopening/"):
        assert (
            stranger.post(f"/support/{found.id}/{verb}", {"key": str(uuid7()), "text": "x"}).status_code
            == 404
        )
    assert "Saving does nothing" not in page(stranger, "/support/?whose=all")


def test_nothing_typed_is_lost_and_pressing_twice_asks_once(owner: Browser) -> None:
    refused = ask(owner, subject="", text=WORDS)
    assert refused.status_code == 422
    assert WORDS in refused.content.decode()
    key = str(uuid7())
    first, second = ask(owner, key=key), ask(owner, key=key)
    assert first["Location"] == second["Location"]
    assert ask(owner, subject="a" * 201).status_code == 422
    assert ask(owner, text="a" * 10_001).status_code == 422


def test_not_endlessly_and_what_was_typed_stays(owner: Browser) -> None:
    for _number in range(10):
        assert ask(owner).status_code == 302
    refused = ask(owner, text="The eleventh")
    assert refused.status_code == 422
    assert "The eleventh" in refused.content.decode()
    with frozen(now() + timedelta(hours=1, minutes=1)):
        assert ask(owner).status_code == 302


def test_an_unpaid_workspace_can_still_ask(company: Company, owner: Browser) -> None:
    api.set_lease(tenant_id=company.tenant.id, lease={"plan": "team", "status": "suspended"})
    assert ask(owner).status_code == 302
    assert owner.get("/support/").status_code == 200


def test_an_operator_inside_asks_nothing(owner: Browser, company: Company) -> None:
    """Who looks in is no person of the company: the list that a missing account would open stays shut."""
    from tests.onboarding.test_looking import answer

    ask(owner)
    with api.inside(company.tenant, cause="operator"):
        from crm_core.access import actions as access

        account = make_account(f"looker-{uuid7().hex[-8:]}@terem.example")
        asked = access.ask(id=uuid7(), account_id=account.pk, operator=account.email, reason="Question 1")
    answer(owner, asked)
    with api.inside(company.tenant, cause="operator"):
        key = access.enter(id=asked.id, account_id=account.pk, agent="", network="")
    from django.conf import settings

    browser = Browser(company.host)
    browser.cookies[settings.WORKSPACE_COOKIE] = key
    assert browser.get("/support/").status_code == 403
    assert ask(browser).status_code == 403


def test_paged_by_key(company: Company, owner: Browser, console: Client) -> None:
    from tenants.support import queries

    ask(owner)
    first = newest()
    for number in range(4):
        Question.objects.create(
            tenant=company.tenant, number=number + 2, key=uuid7(), account_id=first.account_id,
            member_id=first.member_id, author="A", email="a@b.example", role="R", subject=f"Number {number}",
        )  # fmt: skip
    rows, after, seen = queries.of_company(company.tenant.id), "", []
    for _page in range(3):
        found = queries.page(rows, after, size=2)
        seen += [row.id for row in found.rows]
        after = found.next
    assert len(seen) == len(set(seen)) == 5
    assert after == ""
    for nonsense in ("x", "W10=", "eyJh"):
        assert console.get("/support/", {"after": nonsense, "state": "all"}).status_code == 200


def test_stands_in_the_full_export(company: Company, owner: Browser) -> None:
    ask(owner)
    found = newest()
    owner.post("/settings/export/beginning/")
    run_queue()
    with api.inside(company.tenant):
        from crm_core.exports.models import Export

        export = Export.objects.get()
    way = owner.post(f"/settings/export/{export.id}/fetching/")
    body = b"".join(owner.get(way.headers["Location"]).streaming_content)
    told = json.loads(zipfile.ZipFile(io.BytesIO(body)).read("support.json"))
    assert [(one["number"], one["subject"]) for one in told] == [(found.number, found.subject)]
    assert told[0]["messages"][0]["text"] == WORDS


def figure(what: str) -> float:
    """What Prometheus is told of the questions that wait."""
    from kernel import metrics

    return metrics.GAUGES["terem_questions"]()[metrics.labels_of(what=what)]


def test_operators_are_told_by_the_figures(company: Company, owner: Browser, console: Client) -> None:
    """A question counts from the moment it is asked until it is answered; its age is that of the oldest."""
    before = figure("number")
    assert ask(owner).status_code == 302
    found = newest()
    assert figure("number") == before + 1
    with frozen(now() + timedelta(hours=5)):
        assert figure("seconds") > 4 * 3600
    answered = console.post(f"/support/{found.id}/", {"key": str(uuid7()), "text": "Like this."})
    assert answered.status_code == 302
    assert figure("number") == before
