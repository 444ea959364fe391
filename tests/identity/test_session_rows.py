"""The account host's sessions as rows: written in one statement each, as Django's own store would leave them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import CreateError, UpdateError
from django.contrib.sessions.models import Session

from identity import actions
from identity.sessions import SessionStore

pytestmark = pytest.mark.usefixtures("accounts")


def kept(**held: Any) -> SessionStore:
    store = SessionStore()
    store.update(held)
    store.save()
    return store


def test_what_is_kept_is_read_again() -> None:
    store = kept(cart="3")
    store["cart"] = "4"
    store.save()
    assert SessionStore(store.session_key)["cart"] == "4"
    assert Session.objects.filter(session_key=store.session_key).count() == 1


def test_either_store_reads_what_the_other_wrote() -> None:
    """The release before this one used Django's store, and runs beside this one for a while."""
    older = db.SessionStore()
    older["cart"] = "3"
    older.save()
    assert SessionStore(older.session_key)["cart"] == "3"
    assert db.SessionStore(kept(cart="5").session_key)["cart"] == "5"


def test_a_session_that_was_ended_does_not_come_back() -> None:
    store = kept(cart="3")
    SessionStore().delete(store.session_key)
    with pytest.raises(UpdateError):
        store.save()
    later = SessionStore(store.session_key)
    assert later.is_empty() or "cart" not in later
    assert later.session_key is None


def test_a_key_in_use_is_never_taken() -> None:
    store, other = kept(cart="3"), SessionStore()
    other._session_key = store.session_key  # type: ignore[attr-defined]
    with pytest.raises(CreateError):
        other.save(must_create=True)
    assert SessionStore(store.session_key)["cart"] == "3"


def test_the_former_key_opens_nothing() -> None:
    store = kept(cart="3")
    former = store.session_key
    store.cycle_key()
    assert store.session_key != former
    store["more"] = "yes"
    store.save()
    found = SessionStore(store.session_key)
    assert (found["cart"], found["more"]) == ("3", "yes")
    assert not Session.objects.filter(session_key=former).exists()


def test_a_key_is_cycled_where_the_row_is_gone() -> None:
    store = kept(cart="3")
    former = store.session_key
    assert store["cart"] == "3"
    Session.objects.filter(session_key=former).delete()
    store.cycle_key()
    store.save()
    assert store.session_key != former
    assert SessionStore(store.session_key)["cart"] == "3"


def begun(make: Callable[..., Any]) -> EmailAddress:
    """The address of an account that nobody has entered yet."""
    account = make()
    EmailAddress.objects.filter(user=account).update(verified=False)
    found: EmailAddress = EmailAddress.objects.get(user=account)
    return found


def test_the_only_address_is_proved(make: Callable[..., Any]) -> None:
    address = begun(make)
    assert actions.confirm_only_address(address)
    assert EmailAddress.objects.get(pk=address.pk).verified


@pytest.mark.parametrize("case", ["second", "taken", "entered"])
def test_where_there_is_more_to_decide_nothing_is_changed(make: Callable[..., Any], case: str) -> None:
    address = begun(make)
    if case == "second":
        EmailAddress.objects.create(user=address.user, email=f"two-{address.email}", verified=True)
    if case == "taken":
        EmailAddress.objects.create(user=make(), email=address.email, verified=True)
    if case == "entered":
        address.user.last_login = address.user.date_joined
    assert not actions.confirm_only_address(address)
    assert not address.verified
    assert not EmailAddress.objects.get(pk=address.pk).verified
