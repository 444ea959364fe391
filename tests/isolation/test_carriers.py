"""What is cached, stored, signed, queued and logged carries the tenant by construction."""

from __future__ import annotations

import io
import logging
from typing import Any

import pytest
from django.core.cache import cache

from config.logs import TenantFilter
from kernel import cache as held
from kernel import context, signing, storage
from kernel.errors import NoContext, NotFound
from tenants import api
from tests.support.tenants import Company

pytestmark = pytest.mark.usefixtures("database")


def test_cache_keys_are_apart(companies: tuple[Company, Company]) -> None:
    acme, beta = companies
    with api.inside(acme.tenant):
        cache.set("same", "acme")
        held.put("mine", "acme", seconds=60)
    with api.inside(beta.tenant):
        assert cache.get("same") is None
        assert held.get("mine") is None
    with api.inside(acme.tenant):
        assert cache.get("same") == "acme"
        assert held.get("mine") == "acme"


def test_value_stored_by_another_tenant_is_not_believed(companies: tuple[Company, Company]) -> None:
    acme, beta = companies
    with api.inside(beta.tenant):
        cache.set("mine", (acme.tenant.id.hex, "forged"), 60)
        assert held.get("mine") is None


def test_signed_tokens_are_void_elsewhere(companies: tuple[Company, Company]) -> None:
    acme, beta = companies
    with api.inside(acme.tenant):
        token = signing.sign("invitation", {"a": 1})
        assert signing.unsign("invitation", token) == {"a": 1}
        with pytest.raises(NotFound):
            signing.unsign("other purpose", token)
    with api.inside(beta.tenant), pytest.raises(NotFound):
        signing.unsign("invitation", token)
    with context.enter(context.Context()), pytest.raises(NotFound):
        signing.unsign("invitation", token)


def test_files_are_apart(companies: tuple[Company, Company]) -> None:
    acme, beta = companies
    with api.inside(acme.tenant):
        storage.save("imports/file.csv", io.BytesIO(b"acme"))
        assert storage.open_file("imports/file.csv").read() == b"acme"
    with api.inside(beta.tenant):
        with pytest.raises(NotFound):
            storage.open_file("imports/file.csv")
        for name in (
            f"../{acme.tenant.schema_name}/imports/file.csv",
            f"imports/../../{acme.tenant.schema_name}/imports/file.csv",
            "/etc/passwd",
            "..",
            "",
            "imports//file.csv",
            ".hidden",
        ):
            with pytest.raises(NotFound):
                storage.open_file(name)
            with pytest.raises(NotFound):
                storage.save(name, io.BytesIO(b"x"))


@pytest.mark.parametrize(
    "use",
    [
        lambda: cache.get("x"),
        lambda: held.get("x"),
        lambda: signing.sign("x", 1),
        lambda: storage.save("x", io.BytesIO(b"")),
        lambda: storage.open_file("x"),
    ],
    ids=["cache", "held", "signing", "save", "open"],
)
def test_nothing_works_without_a_context(use: Any) -> None:
    with pytest.raises(NoContext):
        use()


def test_log_lines_name_the_tenant(companies: tuple[Company, Company]) -> None:
    record = logging.LogRecord("x", logging.INFO, "", 0, "words", (), None)
    with api.inside(companies[0].tenant):
        TenantFilter().filter(record)
    assert record.__dict__["tenant"] == companies[0].tenant.schema_name


def test_context_is_restored_however_the_block_ends(companies: tuple[Company, Company]) -> None:
    with pytest.raises(RuntimeError), api.inside(companies[0].tenant):
        raise RuntimeError
    assert context.maybe() is None
