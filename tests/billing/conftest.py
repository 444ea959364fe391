"""The demonstration server as the other side of every test: each request, answer and event of it is judged."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from billing import providers
from billing.providers.fake.post import Post
from billing.providers.fake.server import Fake
from kernel.when import frozen
from tests.billing.stripe_api.judging import judge

KEY = "sk_test_demonstration"
SECRET = "whsec_demonstration"
BEGIN = "2026-11-03T09:00:00+00:00"


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
    for _words, mend in providers.provider().differences():
        mend()
    yield server
    server.stop()
    judge(server)
