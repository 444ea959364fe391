"""The settings pages of the team, through HTTP."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse

from crm_core.team import actions, queries
from crm_core.team.models import Invitation, Member, Role, Session, Team


def url(name: str, *args: Any) -> str:
    return reverse(f"team:{name}", args=args, urlconf="config.urls_workspace")


DIALOG = {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Target": "div#dialog-body"}
PAGES = ("profile", "sessions", "members", "invitation", "roles", "role_new", "teams", "team_new", "policy")
OPEN_TO_ALL = ("profile", "sessions")


@pytest.fixture
def client(client_for: Any, member: Any) -> Any:
    return client_for(member)


@pytest.mark.parametrize("name", PAGES)
def test_the_administrator_opens_every_page(client: Any, name: str) -> None:
    assert client.get(url(name)).status_code == 200


@pytest.mark.parametrize("name", PAGES)
def test_others_open_their_own_pages_only(client_for: Any, make_member: Any, name: str) -> None:
    answer = client_for(make_member(rights=["clients.view"])).get(url(name))
    assert answer.status_code == (200 if name in OPEN_TO_ALL else 403)


def test_profile_saves_and_speaks_the_new_language(client: Any, member: Any) -> None:
    told = {"name": "Анна Ковалёва", "language": "ru", "zone": "Europe/Moscow"}
    answer = client.post(url("profile"), told)
    assert answer.status_code == 302
    again = queries.member(member.id)
    assert (again.name, again.language, again.zone) == ("Анна Ковалёва", "ru", "Europe/Moscow")
    assert 'lang="ru"' in client.get(url("profile")).content.decode()


def test_profile_refuses_and_keeps_what_was_typed(client: Any, member: Any) -> None:
    answer = client.post(url("profile"), {"name": " ", "language": "ru", "zone": "Mars/Base"})
    assert answer.status_code == 422
    assert queries.member(member.id).name == member.name
    assert 'value="ru" selected' in answer.content.decode()


def test_look_is_on_the_root_of_the_page(client: Any) -> None:
    client.post(url("look"), {"theme": "dark", "density": "compact"})
    body = client.get(url("profile")).content.decode()
    assert 'data-theme="dark"' in body
    assert 'data-density="compact"' in body
    assert client.post(url("look"), {"theme": "pink"}).status_code == 422


def test_my_sessions(client: Any, member: Any) -> None:
    other, _key = actions.open_session(
        member=member, agent="Mozilla/5.0 (Windows NT 10.0) Firefox/140.0", network="192.0.2.7"
    )
    body = client.get(url("sessions")).content.decode()
    assert "Firefox, Windows" in body
    assert "192.0.2.7" in body
    client.post(url("session_ending", other.id))
    assert not Session.objects.filter(id=other.id).exists()
    assert client.get(url("sessions")).status_code == 200


def test_ending_all_others_keeps_this_one(client: Any, client_for: Any, member: Any) -> None:
    other = client_for(member)
    client.post(url("session_endings"))
    assert client.get(url("sessions")).status_code == 200
    answer = other.get(url("sessions"))
    assert answer.status_code == 302
    assert answer["Location"].startswith("/enter/")


def test_inviting_through_the_page(client: Any, member: Any) -> None:
    role = Role.objects.filter(system=False).first()
    assert role is not None
    told = {"email": "Anna@Firm.example", "name": "Anna", "role": str(role.id), "team": ""}
    assert client.post(url("invitation"), told).status_code == 302
    found = Invitation.objects.get(email="anna@firm.example")
    assert "anna@firm.example" in client.get(url("members")).content.decode()
    client.post(url("invitation_revocation", found.id))
    assert "anna@firm.example" not in client.get(url("members")).content.decode()


def test_a_bad_invitation_keeps_the_form(client: Any) -> None:
    role = Role.objects.filter(system=False).first()
    assert role is not None
    answer = client.post(url("invitation"), {"email": "nobody", "name": "Anna K", "role": str(role.id)})
    assert answer.status_code == 422
    body = answer.content.decode()
    assert 'value="nobody"' in body
    assert 'value="Anna K"' in body
    assert not Invitation.objects.exists()


def test_the_invitation_dialog_is_a_part(client: Any) -> None:
    answer = client.get(url("invitation"), headers=DIALOG)
    body = answer.content.decode()
    assert "<html" not in body
    assert 'id="dialog-title"' in body


def test_member_page_changes_role_and_leaves(client: Any, member: Any, make_member: Any) -> None:
    anna = make_member(name="Anna")
    team = Team(name="North")
    team.save()
    role = Role.objects.get(system=True)
    assert client.get(url("member", anna.id)).status_code == 200
    client.post(url("member", anna.id), {"role": str(role.id), "team": str(team.id)})
    again = queries.member(anna.id)
    assert (again.role, again.team) == (role, team)
    client.post(url("deactivation", anna.id))
    assert not queries.member(anna.id).active
    client.post(url("reactivation", anna.id))
    assert queries.member(anna.id).active


def test_the_last_administrator_is_told(client: Any, member: Any) -> None:
    answer = client.post(url("deactivation", member.id))
    assert answer.status_code == 422
    role = Role.objects.filter(system=False).first()
    assert role is not None
    answer = client.post(url("member", member.id), {"role": str(role.id), "team": ""})
    assert answer.status_code == 422
    assert "administrator" in answer.content.decode()
    assert Member.objects.get(id=member.id).active


def test_roles_are_made_changed_and_removed(client: Any) -> None:
    told = {"name": "Assistant", "visibility": "team", "rights": ["clients.view", "clients.edit"]}
    assert client.post(url("role_new"), told).status_code == 302
    role = Role.objects.get(name="Assistant")
    assert sorted(role.rights) == ["clients.edit", "clients.view"]
    body = client.get(url("role", role.id)).content.decode()
    assert re.search(r'value="clients.view" checked', body)
    assert not re.search(r'value="sales.view" checked', body)
    client.post(url("role", role.id), {"name": "Helper", "visibility": "own", "rights": []})
    role.refresh_from_db()
    assert (role.name, role.visibility, role.rights) == ("Helper", "own", [])
    assert client.post(url("role_removal", role.id)).status_code == 302
    assert not Role.objects.filter(id=role.id).exists()


def test_a_role_in_use_asks_where_its_people_go(client: Any, make_member: Any) -> None:
    anna = make_member()
    answer = client.post(url("role_removal", anna.role_id), {})
    assert answer.status_code == 422
    other = Role.objects.filter(system=False).exclude(id=anna.role_id).first()
    assert other is not None
    assert client.post(url("role_removal", anna.role_id), {"move_to": str(other.id)}).status_code == 302
    assert queries.member(anna.id).role == other


def test_teams_are_made_changed_and_removed(client: Any, make_member: Any) -> None:
    anna = make_member()
    client.post(url("team_new"), {"name": "North", "members": [str(anna.id)]})
    team = Team.objects.get(name="North")
    assert queries.member(anna.id).team == team
    client.post(url("team", team.id), {"name": "South", "members": []})
    assert queries.member(anna.id).team is None
    assert client.post(url("team_new"), {"name": "South"}).status_code == 422
    client.post(url("team_removal", team.id))
    assert not Team.objects.exists()


def test_safety_rules(client: Any) -> None:
    client.post(url("rules"), {"require_second_factor": "on", "idle_minutes": "30"})
    assert queries.policy().require_second_factor
    assert queries.policy().idle_minutes == 30
    assert "After 30 minutes without use" in client.get("/settings/history/").content.decode()
    client.post(url("rules"), {"idle_minutes": "0"})
    assert not queries.policy().require_second_factor
    assert queries.policy().idle_minutes == 0
    assert client.post(url("rules"), {"idle_minutes": "7"}).status_code == 422


def test_the_workspace_is_renamed(client: Any, tenant: Any) -> None:
    told = {"name": "Acme & Sons", "language": "en", "zone": "Europe/Berlin"}
    assert client.post(url("policy"), told).status_code == 302
    tenant.refresh_from_db()
    assert (tenant.name, tenant.zone) == ("Acme & Sons", "Europe/Berlin")
    assert client.post(url("policy"), {"name": "", "language": "en", "zone": "UTC"}).status_code == 422
