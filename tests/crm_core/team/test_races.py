"""Two people at the same instant."""

from __future__ import annotations

import threading
from typing import Any

from django.db import connections

from crm_core.team import actions, queries
from kernel.errors import TeremError
from tenants import api


def test_two_administrators_cannot_remove_each_other(own_tenant: Any) -> None:
    company = own_tenant("Race")
    with api.inside(company.tenant):
        first = company.owner
        second = actions.add_member(
            by=first, account_id=None, email="b@race.example", name="B", role_id=first.role_id
        )
    start = threading.Barrier(2)
    outcomes: list[str] = []

    def remove(by: Any, whom: Any) -> None:
        with api.inside(company.tenant):
            start.wait()
            try:
                actions.deactivate(by=by, id=whom.id)
                outcomes.append("done")
            except TeremError as error:
                outcomes.append(type(error).__name__)
        connections.close_all()

    threads = [threading.Thread(target=remove, args=pair) for pair in ((first, second), (second, first))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with api.inside(company.tenant):
        assert sorted(outcomes) == ["Invalid", "done"]
        assert queries.administrators().count() == 1


def test_an_invitation_is_used_once_by_two_at_once(own_tenant: Any) -> None:
    company = own_tenant("Twice")
    key = "the-key-of-the-letter"
    with api.inside(company.tenant):
        owner = company.owner
        found = actions.invite(by=owner, email="new@twice.example", role_id=owner.role_id)
        found.digest = queries.digest(key)
        found.save()
    start = threading.Barrier(2)
    joined: list[Any] = []

    def accept() -> None:
        with api.inside(company.tenant):
            start.wait()
            joined.append(actions.accept(key=key, account_id=4711, email="new@twice.example", name="New").id)
        connections.close_all()

    threads = [threading.Thread(target=accept) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with api.inside(company.tenant):
        assert len(set(joined)) == 1
        assert queries.active_members().count() == 2
