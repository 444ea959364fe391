"""The seed of a fresh workspace: whole, in its language, fast, and harmless to repeat."""

from __future__ import annotations

from typing import Any

from django.db import connections
from django.test.utils import CaptureQueriesContext

from crm_core.clients.models import Heading
from crm_core.lists.models import SavedView
from crm_core.records.models import Tag
from crm_core.sales.models import Pipeline, Reason, Stage
from crm_core.setup.actions import rights_of, seed
from crm_core.team.models import Member, Role
from kernel.rights import RIGHTS
from tenants import api

MOST_STATEMENTS = 22


def test_a_fresh_workspace_can_be_worked_in(tenant: Any, member: Any) -> None:
    assert [stage.kind for stage in Pipeline.objects.get().stages.all()] == ["open"] * 4 + ["won", "lost"]
    assert {reason.kind for reason in Reason.objects.all()} == {"won", "lost"}
    assert {heading.slot for heading in Heading.objects.filter(kind="company")} == {
        "stage",
        "industry",
        "region",
        "size",
        "source",
    }
    assert SavedView.objects.filter(table="deals").count() >= 5
    assert Tag.objects.exists()
    assert member.role.system
    assert all(member.may(right) for right in RIGHTS)


def test_roles_differ_in_what_they_may_and_see(tenant: Any) -> None:
    administrator, head, seller, reader = Role.objects.order_by("position")
    assert (administrator.system, head.visibility, seller.visibility, reader.visibility) == (
        True,
        "all",
        "own",
        "all",
    )
    assert {"sales.edit", "sales.set_up"} <= set(head.rights)
    assert "sales.edit" in seller.rights
    assert not {"sales.set_up", "team.manage_members", "records.purge"} & set(seller.rights)
    assert all(right.endswith(".view") for right in reader.rights)


def test_the_words_are_those_of_the_language(companies: Any, other_tenant: Any, tenant: Any) -> None:
    assert Stage.objects.first().name == "Qualification"
    assert Member.objects.get().language == "en"


def test_russian_words_in_a_russian_workspace(other_tenant: Any, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock(), api.inside(other_tenant):
        assert Stage.objects.first().name == "Квалификация"
        assert Role.objects.order_by("position").first().name == "Администратор"
        assert Member.objects.get().language == "ru"


def test_seeding_again_adds_nothing_and_gives_the_same_owner(tenant: Any, member: Any) -> None:
    owner = {"account_id": member.account_id, "name": member.name, "email": member.email}
    counted = (Role, Member, Stage, Reason, Heading, SavedView, Tag)
    before = [model.objects.count() for model in counted]
    with CaptureQueriesContext(connections["tenant"]) as told:
        again = seed(language="ru", owner=owner)
    assert again.pk == member.pk
    assert [model.objects.count() for model in counted] == before
    assert len(told) <= 8


def test_the_seed_takes_few_statements(own_tenant: Any, monkeypatch: Any) -> None:
    from crm_core.setup import actions

    told: list[int] = []
    whole = actions.seed

    def counted(**known: Any) -> Any:
        with CaptureQueriesContext(connections["tenant"]) as statements:
            found = whole(**known)
        told.append(len(statements))
        return found

    monkeypatch.setattr(actions, "seed", counted)
    own_tenant("Counted")
    assert 0 < told[0] <= MOST_STATEMENTS


def test_patterns_name_declared_rights_only() -> None:
    assert rights_of(["nothing.*"]) == []
    assert "sales.view" in rights_of(["*.view"])
    assert "sales.view" not in rights_of(["*", "!sales.*"])
    assert set(rights_of(["*"])) == set(RIGHTS)
