"""What stays behind of requests: log lines and metrics name the company by its schema and tell nothing of its data."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from config.logs import TenantFilter
from kernel import metrics
from kernel.line import line
from tenants import api
from tests.isolation import payloads
from tests.isolation.test_crawl import MEMBERS, Address, ask, at_home, filled, payload_for, signed_in
from tests.isolation.world import World
from tests.support.tenants import Browser, rolled_back

pytestmark = pytest.mark.usefixtures("database")


class Lines(logging.Handler):
    """Keeps every line as it would be written, with the tenant that it would carry."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.addFilter(TenantFilter())
        self.kept: list[tuple[str, str]] = []
        self.setFormatter(logging.Formatter("%(name)s %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        self.kept.append((record.__dict__["tenant"], self.format(record)))


@pytest.fixture
def lines() -> Any:
    handler = Lines()
    root, quiet = logging.getLogger(), logging.getLogger("django.db.backends")
    former = root.level
    root.addHandler(handler)
    # Statements with their values are logged only when somebody asks for debugging.
    quiet.setLevel(logging.INFO)
    yield handler
    root.removeHandler(handler)
    root.setLevel(former)


@pytest.mark.parametrize("address", MEMBERS, ids=str)
def test_lines_of_a_request_carry_its_company_and_none_of_its_data(
    address: Address, worlds: tuple[World, World], lines: Lines
) -> None:
    owner, stranger = worlds
    path = filled(address, owner)
    with api.inside(owner.company.tenant), rolled_back():
        browser = signed_in(owner)
        path += payloads.query_of(address.pattern, owner)
        payload = payload_for(address, browser, path, owner)
        answer = ask(address, browser, path, payload)
        if answer.streaming:
            b"".join(answer.streaming_content)
    signed_in(stranger).get(path)
    assert lines.kept, "nothing was logged"
    for tenant, words in lines.kept:
        assert owner.marker not in words.replace(path, ""), words
        assert stranger.marker not in words, words
        if "terem.request" in words:
            assert tenant in (owner.company.tenant.schema_name, stranger.company.tenant.schema_name), words


def test_metrics_name_schemas_only(worlds: tuple[World, World], settings: Any) -> None:
    settings.TEREM_METRICS_TOKEN = "a token for the tests of traces"
    for world in worlds:
        at_home(world)
    answer = Browser("operator.terem.test").get(
        "/metrics", headers={"Authorization": f"Bearer {settings.TEREM_METRICS_TOKEN}"}
    )
    text = answer.content.decode()
    for world in worlds:
        assert world.company.tenant.schema_name in text
        assert world.marker not in text and world.company.tenant.slug not in text
    line().delete(metrics.key(metrics.SUMS), metrics._hour())
