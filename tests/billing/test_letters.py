"""Letters of a subscription's life: about each fact one, to every administrator once, in the reader's language."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail as outgoing

from billing import api, inbox, letters
from billing.models import Customer, Letter
from billing.providers.fake import checkout
from crm_core.team.models import Member, Role
from kernel import mail
from tests.billing.test_pages import GOOD, HOME, LATER_BAD, buy, go_on


@pytest.fixture
def post(mailoutbox: list[Any]) -> Any:
    """What was sent since one looked last: subjects, after the schedule has run."""

    def look() -> list[str]:
        api.watch_letters()
        api.send_letters()
        found = [letter.subject for letter in mailoutbox]
        mailoutbox.clear()
        return found

    return look


def reference(tenant: Any) -> str:
    return str(Customer.objects.get(tenant_id=tenant.id).reference)


def test_a_trial_that_ends_is_told_three_days_and_one_day_before(
    browser: Any,
    tenant: Any,
    fake: Any,
    clock: Any,
    post: Any,
) -> None:
    told = {}
    for day in range(15):
        if found := [*post(), *post()]:
            told[day] = found
        go_on(fake, clock, 1, browser)
    subject = "The trial of “Acme” ends on Nov. 17, 2026"
    assert told == {11: [subject], 13: [subject]}


def test_the_whole_life_by_letter(browser: Any, tenant: Any, fake: Any, clock: Any, post: Any) -> None:
    go_on(fake, clock, 14, browser)
    buy(browser)
    post()
    checkout.change_card(fake.world, reference(tenant), LATER_BAD)
    told: dict[int, list[str]] = {}
    for day in range(0, 81, 3):
        if found := post():
            told[day] = found
        go_on(fake, clock, 3, browser)
    assert list(told.values()) == [
        ["A payment for “Acme” has failed"],
        ["“Acme” can only be read from Dec. 31, 2026"],
        ["“Acme” is for reading only now"],
        ["A payment for “Acme” has failed"],
        ["“Acme” is suspended on Feb. 1, 2027"],
        ["“Acme” is suspended"],
    ]
    checkout.change_card(fake.world, reference(tenant), GOOD)
    inbox.reconcile()
    assert post() == ["“Acme” is open again"]
    browser.post(f"{HOME}cancellation/")
    assert post()[0].startswith("The plan of “Acme” ends on")
    browser.post(f"{HOME}cancellation/", {"keep": "yes"})
    browser.post(f"{HOME}cancellation/")
    assert post() == [], "The same end is told once."


def test_a_failed_payment_has_the_link_to_pay(
    browser: Any,
    tenant: Any,
    fake: Any,
    clock: Any,
    mailoutbox: list[Any],
) -> None:
    go_on(fake, clock, 14, browser)
    buy(browser)
    checkout.change_card(fake.world, reference(tenant), LATER_BAD)
    go_on(fake, clock, 31, browser)
    inbox.reconcile()
    api.send_letters()
    letter = next(one for one in mailoutbox if "failed" in one.subject)
    bill = Customer.objects.get().invoices.get(status="open")
    assert bill.page and bill.page in letter.body
    assert "€18.00" in letter.body and bill.number in letter.body
    assert "http://acme.terem.test" in letter.body and HOME in letter.body


def test_every_administrator_reads_in_their_language(
    browser: Any,
    tenant: Any,
    clock: Any,
    mailoutbox: list[Any],
) -> None:
    role = Role.objects.get(system=True)
    Member(name="Борис", email="boris@acme.example", role=role, language="ru", account_id=990_001).save()
    Member(name="Old", email="old@acme.example", role=role, active=False, account_id=990_002).save()
    clock.advance(days=12)
    api.watch_letters()
    api.send_letters()
    by_reader = {letter.to[0]: letter for letter in mailoutbox}
    assert len(by_reader) == len(mailoutbox) == 2
    assert by_reader["owner@acme.example"].body.startswith("Hello,")
    assert by_reader["boris@acme.example"].body != by_reader["owner@acme.example"].body


class Killed(BaseException):
    """The process ends here: nothing behind it runs."""


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_process_that_dies_in_the_middle_makes_nobody_read_twice(
    browser: Any,
    tenant: Any,
    clock: Any,
    mailoutbox: list[Any],
    monkeypatch: Any,
    moment: str,
) -> None:
    """Two administrators; the process dies when the first letter has just been sent, or just not yet."""
    Member(
        name="Anna", email="anna@acme.example", role=Role.objects.get(system=True), account_id=990_003
    ).save()
    clock.advance(days=12)
    api.watch_letters()
    sending = mail.EmailMultiAlternatives.send

    def dying(letter: Any, *args: Any, **kwargs: Any) -> int:
        if moment == "after":
            sending(letter, *args, **kwargs)
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(mail.EmailMultiAlternatives, "send", dying)
        with pytest.raises(Killed):
            api.send_letters()
    assert len(mailoutbox) == (moment == "after")
    assert api.send_letters() == 0, "It is the dead one's turn still."
    clock.advance(minutes=11)
    assert (api.send_letters(), api.send_letters()) == (1, 0)
    readers = [letter.to[0] for letter in mailoutbox]
    assert len(readers) == len(set(readers)) == (2 if moment == "after" else 1)


def test_a_mail_server_that_refuses_is_asked_again(
    browser: Any,
    tenant: Any,
    clock: Any,
    mailoutbox: list[Any],
    monkeypatch: Any,
) -> None:
    clock.advance(days=12)
    api.watch_letters()

    def refusing(letter: Any, *args: Any, **kwargs: Any) -> int:
        raise OSError("no")

    with monkeypatch.context() as patched:
        patched.setattr(mail.EmailMultiAlternatives, "send", refusing)
        assert api.send_letters() == 0
    assert Letter.objects.get().told == []
    clock.advance(minutes=11)
    assert api.send_letters() == 1
    assert len(mailoutbox) == 1 and outgoing.outbox


def test_two_workers_send_one_letter(browser: Any, tenant: Any, clock: Any, mailoutbox: list[Any]) -> None:
    clock.advance(days=12)
    assert (api.watch_letters(), api.watch_letters()) == (1, 0)
    letter = Letter.objects.get()
    assert letters.take(letter_id=letter.id) is not None
    assert letters.take(letter_id=letter.id) is None
    assert letters.note(letter_id=letter.id, email="a@b.example")
    assert not letters.note(letter_id=letter.id, email="a@b.example")


def test_letters_about_a_workspace_that_is_closing_are_not_sent(
    browser: Any,
    tenant: Any,
    clock: Any,
    mailoutbox: list[Any],
) -> None:
    clock.advance(days=12)
    api.watch_letters()
    type(tenant).objects.filter(id=tenant.id).update(status="closing")
    assert api.send_letters() == 1
    assert mailoutbox == []
