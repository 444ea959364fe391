"""The steps of opening: each once, whatever stops in between, however many begin at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections

from kernel import context
from kernel.errors import NotFound
from onboarding import actions, opening
from onboarding.models import Signup
from tenants import api as tenants
from tenants import keeper
from tenants.models import Blank
from tests.onboarding.company import Newcomer
from tests.support.visitor import Visitor, code_for


def begun(person: Newcomer) -> tuple[Any, Any]:
    """An account that is confirmed, and its signup before any step: the browser was closed after the code."""
    from identity.actions import EmailAddress

    person.sign_up()
    EmailAddress.objects.filter(email=person.email).update(verified=True)
    return Signup.objects.get(email=person.email), person.account


@pytest.mark.parametrize("done", range(len(opening.STEPS) + 1))
def test_signing_in_goes_on_where_it_stopped(newcomer: Newcomer, done: int) -> None:
    found, account = begun(newcomer)
    for step in opening.STEPS[:done]:
        step(signup_id=found.id, account=account)
    later = Visitor()
    page = later.follow(later.sign_in(newcomer.email))
    if not page.url_asked.startswith(f"http://{newcomer.host}/"):
        assert "Go on" in page.content.decode()
        page = later.walk(f"/signup/{found.id}/opening/")
    # Whoever has just opened it is asked the questions of the beginning.
    first = "" if done == len(opening.STEPS) else "questions/"
    assert page.url_asked == f"http://{newcomer.host}/{first}"
    once(newcomer)


def once(person: Newcomer) -> None:
    """One tenant, one member, one pipeline, one membership, one lease."""
    from crm_core.sales.models import Pipeline
    from crm_core.team.models import Member, Role

    tenant = person.tenant
    assert tenant.status == "active"
    assert tenant.lease["plan"]
    assert len(tenants.memberships(person.account.pk)) == 1
    with tenants.inside(tenant):
        assert Member.objects.count() == 1
        assert Pipeline.objects.count() == 1
        assert Role.objects.filter(system=True).count() == 1


@pytest.mark.parametrize("marks", [("member_id",), ("leased_at",), ("joined_at",), (), opening.MARKS])
def test_what_was_done_and_left_no_mark_is_repeated(newcomer: Newcomer, marks: tuple[str, ...]) -> None:
    """The process died after the tenant's side was committed, or the one before this release between two marks."""
    found, account = begun(newcomer)
    opening.go_on(signup_id=found.id, account=account)
    Signup.objects.filter(id=found.id).update(done_at=None, **dict.fromkeys(marks))
    opening.go_on(signup_id=found.id, account=account)
    once(newcomer)


def test_dying_between_the_two_databases_is_mended(newcomer: Newcomer, monkeypatch: Any) -> None:
    """The furniture is committed, what the control plane was to note of it is not."""
    found, account = begun(newcomer)

    def dies(*_given: Any, **_more: Any) -> None:
        raise OSError("the process died")

    with monkeypatch.context() as broken:
        broken.setattr(tenants, "join", dies)
        with pytest.raises(OSError, match="died"):
            opening.go_on(signup_id=found.id, account=account)
    left = Signup.objects.get(id=found.id)
    assert left.tenant_id and not any(getattr(left, mark) for mark in (*opening.MARKS, "done_at"))
    assert tenants.tenant(left.tenant_id).status != "active"
    opening.go_on(signup_id=found.id, account=account)
    once(newcomer)


def test_many_begin_at_once(newcomer: Newcomer) -> None:
    found, account = begun(newcomer)

    def go(_number: int) -> Any:
        with context.enter(context.Context(cause="page")):
            try:
                return opening.go_on(signup_id=found.id, account=account).id
            finally:
                for alias in ("default", "tenant"):
                    connections[alias].close()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(go, range(4)))) == 1
    once(newcomer)


def test_address_taken_in_between_is_asked_for_again(newcomer: Newcomer) -> None:
    newcomer.sign_up()
    tenants.open_tenant(slug=newcomer.slug, name="Faster", language="en", zone="UTC", currency="EUR")
    page = newcomer.visitor.follow(newcomer.visitor.fill("/account/code/", code=code_for(newcomer.email)))
    assert "Somebody was faster" in page.content.decode()
    inside = newcomer.visitor.follow(newcomer.visitor.send(page, slug=f"{newcomer.slug}-b"))
    assert inside.url_asked == f"http://{newcomer.slug}-b.terem.test/questions/"


def test_finished_signup_leads_in_and_opens_nothing_twice(owner: Newcomer) -> None:
    found = Signup.objects.get(email=owner.email)
    page = owner.visitor.walk(f"/signup/{found.id}/opening/")
    assert page.url_asked == f"http://{owner.host}/"
    once(owner)


def test_given_up_address_is_free_again(newcomer: Newcomer) -> None:
    found, _account = begun(newcomer)
    visitor = Visitor()
    chooser = visitor.follow(visitor.sign_in(newcomer.email))
    visitor.send(chooser, to=f"{found.id}/removal")
    assert not Signup.objects.get(id=found.id).holds
    other = Newcomer(f"{newcomer.mark}x")
    assert other.sign_up(slug=newcomer.slug).status_code == 302


def test_giving_up_in_the_same_moment_as_opening_gives_up_nothing(
    newcomer: Newcomer, monkeypatch: Any
) -> None:
    """Whoever looked at the signup before its tenant was there must not drop it afterwards."""
    found, account = begun(newcomer)
    look = actions.queries.mine

    def and_then_it_opens(*given: Any) -> Any:
        seen = look(*given)
        for step in opening.STEPS[:2]:
            step(signup_id=found.id, account=account)
        return seen

    with monkeypatch.context() as slow:
        slow.setattr(actions.queries, "mine", and_then_it_opens)
        actions.give_up(account=account, signup_id=found.id)
    left = Signup.objects.get(id=found.id)
    assert left.tenant_id and left.is_open and left.holds
    opening.go_on(signup_id=found.id, account=account)
    once(newcomer)


def test_what_was_given_up_is_not_opened(newcomer: Newcomer) -> None:
    """The page of the opening was still on its way when its owner gave up."""
    found, account = begun(newcomer)
    actions.give_up(account=account, signup_id=found.id)
    with pytest.raises(NotFound):
        opening.go_on(signup_id=found.id, account=account)
    assert Signup.objects.get(id=found.id).tenant_id is None


def test_a_used_up_reserve_is_waited_for(newcomer: Newcomer, settings: Any, monkeypatch: Any) -> None:
    """The web server may not make schemas: its page tries again by itself, the keeper is woken, and nothing is lost."""
    woken: list[tuple[str, str]] = []
    monkeypatch.setattr("tenants.actions.hurry", lambda task, queue: woken.append((task, queue)))
    former, held = settings.TEREM_OWNER_DB, list(Blank.objects.all())
    Blank.objects.all().delete()
    settings.TEREM_OWNER_DB = ""
    newcomer.sign_up()
    page = newcomer.visitor.follow(newcomer.confirm())
    assert page.status_code == 503 and 'http-equiv="refresh" content="1"' in page.content.decode()
    assert woken and set(woken) == {("config.keep_reserve", "owner")}
    settings.TEREM_OWNER_DB = former
    keeper.keep(1)
    settings.TEREM_OWNER_DB = ""
    assert newcomer.visitor.walk(page.url_asked).url_asked == f"http://{newcomer.host}/questions/"
    settings.TEREM_OWNER_DB = former
    Blank.objects.bulk_create(held)
