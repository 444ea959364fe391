"""Invitations: a letter, a key, one use."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail

from crm_core.team import actions, queries
from crm_core.team.models import Invitation, Role
from kernel.errors import Invalid, NotAllowed, NotFound, TooMany
from kernel.when import frozen, now


@pytest.fixture
def role(member: Any) -> Role:
    return actions.add_role(by=member, name="Seller", rights=["clients.view"], visibility="own")


@pytest.fixture
def letters(settings: Any) -> list[Any]:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    mail.outbox = []
    return mail.outbox


@pytest.fixture
def invite(member: Any, role: Role, letters: list[Any], django_capture_on_commit_callbacks: Any) -> Any:
    """Invite, and give the invitation with the key of its letter."""

    def make(email: str = "Anna@Firm.example", **fields: Any) -> tuple[Invitation, str]:
        with django_capture_on_commit_callbacks(using="tenant", execute=True):
            found = actions.invite(by=member, email=email, role_id=role.id, **fields)
        return found, key_of(letters[-1])

    return make


def key_of(letter: Any) -> str:
    found = re.search(r"/join/([\w-]+)/", letter.body)
    assert found, letter.body
    return found[1]


def accept(key: str, email: str = "anna@firm.example", account_id: int = 900) -> Any:
    return actions.accept(key=key, account_id=account_id, email=email, name="Anna Keller")


def test_the_letter_leads_to_the_workspace(invite: Any, letters: list[Any]) -> None:
    invite(name="Anna")
    assert letters[0].to == ["anna@firm.example"]
    assert "Acme" in letters[0].subject
    assert "http://acme.terem.test/join/" in letters[0].body


def test_accepting_joins_once(invite: Any, role: Role) -> None:
    _found, key = invite()
    made = accept(key)
    assert (made.name, made.role, made.email) == ("Anna Keller", role, "anna@firm.example")
    assert accept(key) == made
    with pytest.raises(NotFound):
        accept(key, account_id=901)
    with pytest.raises(NotFound):
        queries.invitation(key)


def test_the_key_is_for_the_invited_address(invite: Any) -> None:
    _found, key = invite()
    with pytest.raises(Invalid):
        accept(key, email="other@firm.example")


def test_untrue_old_and_revoked_keys(invite: Any, member: Any) -> None:
    with pytest.raises(NotFound):
        accept("untrue")
    found, key = invite()
    with frozen(now() + timedelta(days=8)), pytest.raises(NotFound):
        accept(key)
    actions.revoke(by=member, id=found.id)
    with pytest.raises(NotFound):
        accept(key)


def test_sending_again_voids_the_former_key(
    invite: Any, member: Any, letters: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    found, key = invite()
    with pytest.raises(TooMany):
        actions.resend(by=member, id=found.id)
    with (
        frozen(now() + timedelta(minutes=2)),
        django_capture_on_commit_callbacks(using="tenant", execute=True),
    ):
        actions.resend(by=member, id=found.id)
    with pytest.raises(NotFound):
        queries.invitation(key)
    assert queries.invitation(key_of(letters[-1])) == found


def test_inviting_twice_keeps_one_open(invite: Any) -> None:
    first, _key = invite()
    second, _key = invite()
    assert first.id == second.id
    assert queries.open_invitations().count() == 1


@pytest.mark.parametrize("email", ["", "nobody", "a b@c.example"])
def test_bad_addresses_are_refused_at_the_field(member: Any, role: Role, email: str) -> None:
    with pytest.raises(Invalid) as refused:
        actions.invite(by=member, email=email, role_id=role.id)
    assert "email" in refused.value.fields


def test_a_member_is_not_invited(member: Any, role: Role) -> None:
    with pytest.raises(Invalid) as refused:
        actions.invite(by=member, email=member.email.upper(), role_id=role.id)
    assert "email" in refused.value.fields


def test_nobody_invites_to_a_stronger_role(make_member: Any, member: Any) -> None:
    clerk = make_member(rights=["team.manage"], visibility="own")
    with pytest.raises(NotAllowed):
        actions.invite(by=clerk, email="x@y.example", role_id=member.role_id)


def test_a_letter_that_does_not_leave_is_noted(
    member: Any, role: Role, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    with django_capture_on_commit_callbacks(using="tenant", execute=True):
        found = actions.invite(by=member, email="x@y.example", role_id=role.id)
    assert Invitation.objects.get(id=found.id).sent_at is None
