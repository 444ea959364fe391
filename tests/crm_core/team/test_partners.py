"""Partners: limited, marked, without a seat; over by one click and over by themselves."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from crm_core.clients.actions import create_company
from crm_core.events.models import Event
from crm_core.team import actions, queries
from crm_core.team.models import Member, Role, Session
from kernel import context
from kernel.context import Lease
from kernel.errors import Invalid, NotAllowed, NotFound, OverLimit
from kernel.rights import PLATFORM
from kernel.when import frozen, now, today
from tenants.models import Membership, Meter

SOON = timedelta(days=10)


@pytest.fixture
def invite(member: Any, django_capture_on_commit_callbacks: Any, mailoutbox: list[Any]) -> Any:
    """Invite a partner and let them join."""

    def make(number: int = 810, **fields: Any) -> Member:
        from tests.crm_core.team.test_invitations import key_of

        email = f"partner{number}@integrator.example"
        given = {"preset": "set_up", "until": now() + SOON} | fields
        with django_capture_on_commit_callbacks(using="tenant", execute=True):
            actions.invite_partner(by=member, email=email, **given)
        return actions.accept(key=key_of(mailoutbox[-1]), account_id=number, email=email, name="Ina Tegra")

    return make


@pytest.fixture
def partner(invite: Any) -> Member:
    found: Member = invite()
    return found


@pytest.fixture
def browser(client_for: Any, member: Any) -> Any:
    return client_for(member)


def test_a_partner_works_within_limits(partner: Member) -> None:
    for right in ("clients.edit", "sales.set_up", "imports.run"):
        assert partner.may(right), right
    for right in (
        "billing.manage",
        "team.manage",
        "exports.take",
        "setup.recover",
        "timeline.audit",
        "access.grant",
    ):
        assert not partner.may(right), right


def test_a_role_made_stronger_gives_a_partner_nothing_guarded(member: Any, partner: Member) -> None:
    role = partner.role
    rights = [*role.rights, "team.manage", "exports.take"]
    actions.change_role(by=member, id=role.id, name=role.name, rights=rights, visibility=role.visibility)
    again = queries.member(partner.id)
    assert not again.may("team.manage")
    assert not again.may("exports.take")
    with pytest.raises(Invalid):
        administrator = Role.objects.get(system=True)
        actions.change_member(by=member, id=partner.id, role_id=administrator.id, team_id=None)


def test_guarded_rights_only_if_ticked_and_held(member: Any, invite: Any) -> None:
    ticked = invite(811, extra=["exports.take"], preset="look")
    assert ticked.may("exports.take")
    assert ticked.may("clients.view")
    assert not ticked.may("clients.edit")
    head = actions.add_role(by=member, name="People", rights=["team.manage", "clients.view"])
    by = actions.add_member(by=member, account_id=812, email="hr@acme.example", name="HR", role_id=head.id)
    with pytest.raises(NotAllowed):
        actions.invite_partner(
            by=by, email="x@integrator.example", preset="look", until=now() + SOON, extra=["exports.take"]
        )
    with pytest.raises(NotAllowed):
        actions.invite_partner(by=by, email="x@integrator.example", preset="set_up", until=now() + SOON)


@pytest.mark.parametrize("until", [timedelta(0), timedelta(days=-1), timedelta(days=91)])
def test_no_end_in_the_past_or_beyond_ninety_days(member: Any, until: timedelta) -> None:
    with pytest.raises(Invalid):
        actions.invite_partner(by=member, email="y@integrator.example", preset="look", until=now() + until)


def test_over_by_itself_at_the_very_request(client_for: Any, partner: Member) -> None:
    browser = client_for(partner)
    assert browser.get("/companies/").status_code == 200
    with frozen(partner.partner_until - timedelta(seconds=1)):
        assert browser.get("/companies/").status_code == 200
    with frozen(partner.partner_until):
        answer = browser.get("/companies/")
        assert answer.status_code == 302
        assert answer["Location"].startswith("/enter/")
        assert browser.post("/companies/new/", {"name": "Too late"}).status_code == 302
        late = queries.member(partner.id)
        assert not late.may("clients.view")
        with pytest.raises(NotAllowed):
            create_company(by=late, values={"name": "Too late"})
        with pytest.raises(NotAllowed):
            actions.open_session(member=late, agent="", network="")
        assert late.active, "No schedule has run: the request itself is refused."


def test_ended_at_once_by_one_click(client_for: Any, browser: Any, partner: Member) -> None:
    theirs = client_for(partner)
    assert theirs.get("/").status_code == 200
    assert browser.post(f"/settings/members/{partner.id}/partner/ending/").status_code == 302
    assert theirs.get("/").status_code == 302
    assert not Session.objects.filter(member=partner).exists()
    assert not Membership.objects.filter(account_id=partner.account_id, active=True).exists()
    assert Event.objects.filter(verb="team.partner_ended", record_id=partner.id).exists()
    assert browser.post(f"/settings/members/{partner.id}/reactivation/").status_code == 422


def test_schedule_closes_what_is_over(partner: Member) -> None:
    assert actions.end_over(by=PLATFORM) == 0
    with frozen(now() + SOON + timedelta(minutes=1)):
        assert actions.end_over(by=PLATFORM) == 1
    assert not queries.member(partner.id).active
    assert Event.objects.filter(verb="team.partner_over").count() == 1


def test_prolonged_from_now_on_and_back_in(member: Any, partner: Member) -> None:
    actions.end_partner(by=member, id=partner.id)
    again = actions.prolong_partner(by=member, id=partner.id, until=now() + timedelta(days=90))
    assert again.active
    assert again.may("clients.edit")
    with pytest.raises(Invalid):
        actions.prolong_partner(by=member, id=partner.id, until=now() + timedelta(days=91))
    with pytest.raises(NotFound):
        actions.prolong_partner(by=member, id=member.id, until=now() + SOON)


def test_partners_decide_nothing_about_partners(invite: Any) -> None:
    one = invite(813, extra=["team.manage"])
    other = invite(814)
    assert one.may("team.manage")
    with pytest.raises(NotAllowed):
        actions.invite_partner(by=one, email="z@integrator.example", preset="look", until=now() + SOON)
    for partner in (one, other):
        with pytest.raises(NotAllowed):
            actions.prolong_partner(by=one, id=partner.id, until=now() + SOON)
    with pytest.raises(NotAllowed):
        actions.invite(by=one, email="boss@acme.example", role_id=Role.objects.get(system=True).id)


def test_a_partner_takes_no_seat(
    tenant: Any, member: Any, invite: Any, django_capture_on_commit_callbacks: Any
) -> None:
    seats = queries.seats()
    with _limited(seats):
        with django_capture_on_commit_callbacks(using="tenant", execute=True):
            invite(815)
        assert Meter.objects.get(tenant_id=tenant.id, name="members").value == seats
        with pytest.raises(OverLimit):
            actions.invite(by=member, email="one.more@acme.example", role_id=member.role_id)


def _limited(members: int) -> Any:
    from dataclasses import replace

    here = context.current()
    assert here.tenant is not None
    return context.enter(replace(here, tenant=replace(here.tenant, lease=Lease(limits={"members": members}))))


def test_what_a_partner_does_is_marked_for_ever(browser: Any, member: Any, partner: Member) -> None:
    create_company(by=partner, values={"name": "Set up by Ina"})
    made = Event.objects.filter(verb="clients.created").latest("at")
    assert made.actor_label == "Ina Tegra (partner)"
    actions.end_partner(by=member, id=partner.id)
    assert "Ina Tegra (partner)" in browser.get("/settings/history/").content.decode()


def test_by_the_pages(browser: Any, mailoutbox: list[Any]) -> None:
    day = (now() + timedelta(days=20)).date().isoformat()
    given = {"email": "ina@integrator.example", "name": "Ina", "preset": "look", "until": day}
    assert browser.post("/settings/members/partner/", given | {"until": ""}).status_code == 422
    far = (now() + timedelta(days=120)).date().isoformat()
    refused = browser.post("/settings/members/partner/", given | {"until": far})
    assert refused.status_code == 422
    assert far in refused.content.decode(), "what was typed stays"
    assert browser.post("/settings/members/partner/", given).status_code == 302
    assert "as a partner" in mailoutbox[-1].body
    assert "ina@integrator.example" in browser.get("/settings/members/").content.decode()


def test_last_possible_day_is_taken(browser: Any) -> None:
    day: datetime = now() + timedelta(days=90)
    given = {"email": "last@integrator.example", "preset": "look", "until": day.date().isoformat()}
    assert browser.post("/settings/members/partner/", given).status_code == 302


@pytest.mark.parametrize("zone", ["UTC", "America/Los_Angeles", "Europe/Moscow", "Pacific/Kiritimati"])
def test_history_tells_the_day_that_was_chosen(browser: Any, member: Any, zone: str) -> None:
    Member.objects.filter(id=member.id).update(zone=zone)
    day = (today(zone) + timedelta(days=20)).isoformat()
    given = {"email": "far@integrator.example", "preset": "look", "until": day}
    assert browser.post("/settings/members/partner/", given).status_code == 302
    assert Event.objects.get(verb="team.partner_invited").values["until"] == day
