"""The demonstration server as the other side of every test: each request, answer and event of it is judged."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

import pytest

from billing import actions, providers
from billing.models import Customer, InboxEvent
from billing.providers.fake.post import Post
from billing.providers.fake.server import Fake
from identity import api as identity
from kernel import context
from kernel.ids import uuid7
from kernel.when import frozen
from tenants import api as tenants
from tests.billing.stripe_api.judging import judge
from tests.identity.test_operators import CONSOLE, sign_in
from tests.identity.test_second_factor import set_up
from tests.support.tenants import Company, make_account
from tests.support.visitor import Visitor

KEY = "sk_test_demonstration"
SECRET = "whsec_demonstration"
BEGIN = "2026-11-03T09:00:00+00:00"


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The official library tries again as often as ever, but without seconds of pause before it."""
    for pause in ("INITIAL_DELAY", "MAX_DELAY"):
        monkeypatch.setattr(f"stripe._http_client.HTTPClient.{pause}", 0.01)


@pytest.fixture
def clock() -> Iterator[Any]:
    """The product's clock, held; move it together with the server's by ``fake.clock``."""
    with frozen(BEGIN) as held:
        yield held


@pytest.fixture
def fake(clock: Any, settings: Any) -> Iterator[Fake]:
    """A running server that the product is set up to use; deliveries wait until a test sends them."""
    sent: list[dict[str, Any]] = []
    begun = int(clock.moment.timestamp())
    server = Fake(key=KEY, post=Post(lambda event: sent.append(event) is None), clock=lambda: begun).start()
    server.watch = True
    settings.TEREM_STRIPE_KEY = KEY
    settings.TEREM_STRIPE_API = server.address
    settings.TEREM_STRIPE_WEBHOOK_SECRETS = SECRET
    _sell(server)
    yield server
    server.stop()
    judge(server)


_SOLD: dict[str, Any] = {}


def _sell(server: Fake) -> None:
    """The catalogue at the server: synchronised once for all tests of this process, through the official library."""
    if not _SOLD:
        for _words, mend in providers.provider().differences():
            mend()
        _SOLD.update(things=deepcopy(server.world.things), hidden=deepcopy(server.world.hidden))
    server.world.things, server.world.hidden = deepcopy(_SOLD["things"]), deepcopy(_SOLD["hidden"])


@pytest.fixture
def own_tenant(own_tenant: Callable[..., Company]) -> Iterator[Callable[..., Company]]:
    """Committed companies. What was sold to them goes afterwards: other tests count all that billing has."""
    made: list[Any] = []

    def make(*named: Any) -> Company:
        company = own_tenant(*named)
        made.append(company.tenant.id)
        return company

    with context.enter(context.Context(cause="command")):
        yield make
        Customer.objects.filter(tenant_id__in=made).delete()
        InboxEvent.objects.all().delete()


@pytest.fixture
def browser(tenant: Any, member: Any, fake: Any, client_for: Any) -> Any:
    actions.start(tenant.id)
    tenants.report_meter(tenant_id=tenant.id, name="members", value=2)
    found = client_for(member)
    found.member = member
    return found


class AtConsole(Visitor):
    """A visitor whose bare paths are those of the console."""

    def _ask(self, method: str, url: str, data: Any = None) -> Any:
        return super()._ask(method, url if url.startswith("http") else f"{CONSOLE}{url}", data)


@pytest.fixture
def operator(tenant: Any) -> AtConsole:
    account = make_account(f"op-{uuid7().hex[-8:]}@northern.example")
    identity.make_operator(account=account)
    visitor = AtConsole()
    sign_in(visitor, account.email)
    set_up(visitor)
    return visitor
