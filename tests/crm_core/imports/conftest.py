"""A member who imports, and files made on the spot."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest

from crm_core.imports import actions
from crm_core.imports.models import Import
from tests.support.tenants import run_jobs


@pytest.fixture
def browser(client_for: Callable[..., Any], member: Any) -> Any:
    return client_for(member)


@pytest.fixture
def upload(member: Any) -> Callable[..., Import]:
    """``upload("Name,Phone\\nAcme,…")`` gives the checked import of such a file; options as keywords."""

    def make(
        text: str | bytes, *, name: str = "list.csv", kind: str = "", by: Any = None, **options: Any
    ) -> Import:
        data = text.encode() if isinstance(text, str) else text
        who = by or member
        found = actions.upload(by=who, source=io.BytesIO(data), name=name, kind=kind)
        if options:
            actions.settle(by=who, id=found.id, kind="", mapping=found.mapping, options=options)
        return actions.check(by=who, id=found.id)

    return make


@pytest.fixture
def carry_out(member: Any) -> Callable[..., Import]:
    """Begin a checked import and wait for its end."""

    def make(found: Import, *, by: Any = None) -> Import:
        actions.start(by=by or member, id=found.id)
        run_jobs()
        found.refresh_from_db()
        assert found.state == Import.State.DONE, found.job and found.job.error
        return found

    return make


@pytest.fixture
def bring(upload: Callable[..., Import], carry_out: Callable[..., Import]) -> Callable[..., Import]:
    """Upload, check and carry out."""

    def make(text: str | bytes, **options: Any) -> Import:
        return carry_out(upload(text, **options))

    return make
