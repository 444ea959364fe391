"""Sessions: found by the digest of their key, ended by their owner or by whoever manages people."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from crm_core.team import actions, queries
from crm_core.team.models import Session
from kernel.errors import Invalid, NotAllowed, NotFound
from kernel.when import frozen, now
from tenants.models import Tenant


def test_one_query_finds_session_member_role_and_team(
    make_member: Any, django_assert_num_queries: Any
) -> None:
    anna = make_member(rights=["clients.view"])
    _session, key = actions.open_session(member=anna, agent="Firefox", network="::1")
    with django_assert_num_queries(1, using="tenant"):
        found = queries.session_by_key(key)
        assert found is not None
        assert found.member.may("clients.view")
        assert found.member.team is None


def test_the_key_is_not_stored(make_member: Any) -> None:
    session, key = actions.open_session(member=make_member(), agent="", network="")
    assert key not in str(Session.objects.filter(id=session.id).values())
    assert queries.session_by_key("untrue") is None


def test_sessions_end_by_time(make_member: Any) -> None:
    anna = make_member()
    _session, key = actions.open_session(member=anna, agent="", network="")
    with frozen(now() + Session.LIFE + timedelta(seconds=1)):
        assert queries.session_by_key(key) is None
        assert queries.sessions_of(anna) == []


def test_idle_sessions_end_where_the_rules_say_so(make_member: Any) -> None:
    """Used ones go on to the end of their life; without the rule idle ones do too."""
    anna = make_member(rights=["team.manage"])
    _session, key = actions.open_session(member=anna, agent="", network="")
    _other, idle_key = actions.open_session(member=anna, agent="", network="")
    actions.set_policy(by=anna, require_second_factor=False, idle_minutes=30)
    with frozen(now()) as clock:
        for _ in range(8):
            clock.advance(minutes=10)
            found = queries.session_by_key(key)
            assert found is not None
            actions.note_seen(session=found)
        assert queries.session_by_key(idle_key) is None
        assert len(queries.sessions_of(anna)) == 1
        clock.advance(minutes=31)
        assert queries.session_by_key(key) is None
        assert not queries.is_ended(key), "it ran out, nobody ended it"
        actions.set_policy(by=anna, require_second_factor=False)
        assert queries.session_by_key(key) is not None


def test_only_times_that_are_offered_are_taken(make_member: Any) -> None:
    with pytest.raises(Invalid):
        actions.set_policy(
            by=make_member(rights=["team.manage"]), require_second_factor=False, idle_minutes=1
        )


def test_ending_mine_and_all_others(make_member: Any) -> None:
    anna = make_member()
    first, second, third = (actions.open_session(member=anna, agent="", network="")[0] for _ in range(3))
    actions.end_session(by=anna, id=first.id)
    assert actions.end_other_sessions(by=anna, keep=third.id) == 1
    assert [session.id for session in queries.sessions_of(anna)] == [third.id]
    assert second not in queries.sessions_of(anna)


def test_ending_raises_the_directory_version(
    make_member: Any, tenant: Any, django_capture_on_commit_callbacks: Any
) -> None:
    anna = make_member()
    session, _key = actions.open_session(member=anna, agent="", network="")
    before = Tenant.objects.get(id=tenant.id).version
    with django_capture_on_commit_callbacks(using="tenant", execute=True):
        actions.end_session(by=anna, id=session.id)
    assert Tenant.objects.get(id=tenant.id).version == before + 1


def test_others_sessions_need_the_right(make_member: Any, member: Any) -> None:
    anna, boris = make_member(), make_member()
    clerk = make_member(rights=["team.manage"])
    session, _key = actions.open_session(member=anna, agent="", network="")
    with pytest.raises(NotFound):
        actions.end_session(by=boris, id=session.id)
    actions.end_session(by=clerk, id=session.id)
    strong, _key = actions.open_session(member=member, agent="", network="")
    with pytest.raises(NotAllowed):
        actions.end_session(by=clerk, id=strong.id)
