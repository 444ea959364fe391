"""Accounts of the control plane, made by the dozen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction

from kernel import context
from kernel.ids import uuid7


@pytest.fixture
def accounts(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The control plane, rolled back afterwards; commit hooks run at once."""
    with django_db_blocker.unblock(), context.enter(context.Context(cause="page")):
        block = transaction.atomic(using="default")
        block._from_testcase = True  # type: ignore[attr-defined]
        with block:
            yield
            transaction.set_rollback(True, using="default")


@pytest.fixture
def make(accounts: None) -> Callable[..., Any]:
    """Make a confirmed account: ``make()`` or ``make(email)``."""
    from identity import api

    def make_one(email: str = "", password: str = "correct horse battery", **more: Any) -> Any:
        return api.create_account(
            email=email or f"anna{uuid7().hex[-10:]}@northern.example", password=password, **more
        )

    return make_one
