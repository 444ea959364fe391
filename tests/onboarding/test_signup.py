"""A company signs up: one form, one code, inside. Whatever is pressed twice happens once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections

from kernel.ids import uuid7
from onboarding.models import Signup
from tenants import api as tenants
from tests.onboarding.company import PASSWORD, Newcomer
from tests.support.visitor import Visitor, code_for, letters_to


def test_from_the_form_to_the_first_page(newcomer: Newcomer) -> None:
    assert newcomer.visitor.get("/").status_code == 200
    answer = newcomer.sign_up()
    assert answer["Location"] == "/account/code/"
    page = newcomer.visitor.follow(newcomer.confirm())
    assert page.status_code == 200
    assert page.url_asked == f"http://{newcomer.host}/questions/"
    text = newcomer.visitor.get(f"http://{newcomer.host}/").content.decode()
    assert f"Light {newcomer.mark}" in text
    assert "Bring your list" in text
    assert "Invite" in text
    tenant = newcomer.tenant
    assert tenant.status == "active"
    assert tenant.lease["features"]
    with tenants.inside(tenant):
        from crm_core.sales.models import Pipeline
        from crm_core.team.models import Member

        owner = Member.objects.select_related("role").get()
        assert owner.role.system
        assert owner.account_id == newcomer.account.pk
        assert owner.name.startswith("Anna")
        assert Pipeline.objects.count() == 1


def test_in_russian(newcomer: Newcomer) -> None:
    person = Newcomer(newcomer.mark, language="ru")
    person.come_in()
    assert person.tenant.language == "ru"
    assert person.tenant.currency == "RUB"
    assert person.tenant.zone == "Europe/Moscow"


def test_zone_of_the_browser_is_taken(newcomer: Newcomer) -> None:
    newcomer.sign_up(zone="Asia/Almaty")
    newcomer.confirm()
    newcomer.visitor.walk("/workspaces/entry/")
    assert newcomer.tenant.zone == "Asia/Almaty"


def test_nonsense_zone_is_no_hindrance(newcomer: Newcomer) -> None:
    newcomer.sign_up(zone="Moon/Crater")
    newcomer.visitor.follow(newcomer.confirm())
    assert newcomer.tenant.zone == "UTC"


def test_without_javascript_the_address_comes_from_the_name(newcomer: Newcomer) -> None:
    newcomer.sign_up(company=f"Свет {newcomer.mark}", slug="")
    found = Signup.objects.get(email=newcomer.email)
    assert found.slug == f"svet-{newcomer.mark}"


def test_pasted_address_is_understood(newcomer: Newcomer) -> None:
    newcomer.sign_up(slug=f"https://{newcomer.slug.upper()}.terem.test/")
    assert Signup.objects.get(email=newcomer.email).slug == newcomer.slug


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("company", "", "required"),
        ("company", "x" * 10_000, "at most 200"),
        ("slug", "a", "3 to 40"),
        ("slug", "-light-", "3 to 40"),
        ("slug", "light--shop", "3 to 40"),
        ("slug", "свет", "3 to 40"),
        ("slug", "admin", "reserved"),
        ("slug", "xn--80ak6aa92e", "3 to 40"),
        ("email", "anna", "has an @"),
        ("email", "anna@northern", "full domain"),
        ("email", "a\x00nna@@x", "more than one @"),
        ("email", "anna@mailinator.com", "vanish"),
        ("password", "short", "at least 12"),
        ("password", "", "required"),
    ],
)
def test_bad_input_is_said_at_its_field_and_the_rest_is_kept(
    newcomer: Newcomer, field: str, typed: str, sentence: str
) -> None:
    answer = newcomer.sign_up(**{field: typed})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in text
    assert sentence in text
    for name, value in newcomer.fields.items():
        if name == "password":
            assert value not in text
        elif name != field:
            assert f'value="{value}"' in text
    assert not Signup.objects.filter(email=newcomer.email).exists()


def test_all_faults_are_said_at_once(newcomer: Newcomer) -> None:
    text = newcomer.sign_up(email="anna@northern", password="short", slug="a").content.decode()
    for name in ("email", "password", "slug"):
        assert f'id="id_{name}_error"' in text or name == "slug"


def test_marks_of_direction_and_nul_do_not_survive(newcomer: Newcomer) -> None:
    newcomer.sign_up(company="Li\x00ght \u202eevil\u202c")
    assert Signup.objects.get(email=newcomer.email).company == "Light evil"


def test_taken_address_is_refused(owner: Newcomer, newcomer: Newcomer) -> None:
    answer = newcomer.sign_up(slug=owner.slug)
    assert answer.status_code == 422
    assert "taken" in answer.content.decode()


def test_programs_that_fill_in_everything_get_nothing(newcomer: Newcomer) -> None:
    answer = newcomer.sign_up(website="http://spam.example")
    assert answer["Location"] == "/account/code/"
    assert not Signup.objects.filter(email=newcomer.email).exists()
    assert not letters_to(newcomer.email)


def test_pressing_again_and_again_makes_one(newcomer: Newcomer) -> None:
    page = newcomer.visitor.walk("/signup/")
    answers = [newcomer.visitor.send(page, **newcomer.fields) for _ in range(4)]
    assert {answer["Location"] for answer in answers} == {"/account/code/"}
    assert Signup.objects.filter(email=newcomer.email).count() == 1
    assert len(letters_to(newcomer.email)) == 1
    newcomer.visitor.follow(newcomer.confirm())
    assert newcomer.tenant.status == "active"


def test_pressing_twice_at_the_same_moment_makes_one(newcomer: Newcomer) -> None:
    """Two requests of one session run side by side: one signup, one letter, and either answer leads on."""
    page = newcomer.visitor.walk("/signup/")

    def press(_number: int) -> Any:
        other = Visitor(newcomer.visitor.network)
        other.client("terem.test").cookies = newcomer.visitor.client("terem.test").cookies
        try:
            return other.send(page, **newcomer.fields)
        finally:
            for alias in ("default", "tenant"):
                connections[alias].close()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(press, range(4)))
    assert {(answer.status_code, answer["Location"]) for answer in answers} == {(302, "/account/code/")}
    assert Signup.objects.filter(email=newcomer.email).count() == 1
    assert len(letters_to(newcomer.email)) == 1
    assert newcomer.visitor.follow(newcomer.confirm()).status_code == 200


def test_going_back_before_confirming_changes_what_was_said(newcomer: Newcomer) -> None:
    newcomer.sign_up()
    page = newcomer.visitor.get("/signup/")
    assert f'value="{newcomer.email}"' in page.content.decode()
    fields = newcomer.fields | {"company": "A better name", "password": "another good secret"}
    assert newcomer.visitor.send(page, **fields)["Location"] == "/account/code/"
    assert Signup.objects.get(email=newcomer.email).company == "A better name"
    newcomer.visitor.follow(newcomer.confirm())
    assert newcomer.tenant.name == "A better name"
    assert Visitor().sign_in(newcomer.email).status_code == 422
    assert Visitor().sign_in(newcomer.email, "another good secret").status_code == 302


def test_two_people_want_one_address_at_once(newcomer: Newcomer) -> None:
    """Both were told that it is free; both send at the same moment; one has it, one is told at the field."""
    rivals = [Newcomer(f"{newcomer.mark}{letter}") for letter in "abcd"]
    pages = [rival.visitor.walk("/signup/") for rival in rivals]

    def press(number: int) -> Any:
        rival = rivals[number]
        try:
            return rival.visitor.send(pages[number], **(rival.fields | {"slug": newcomer.slug}))
        finally:
            for alias in ("default", "tenant"):
                connections[alias].close()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(press, range(4)))
    assert sorted(answer.status_code for answer in answers) == [302, 422, 422, 422]
    refused = next(answer for answer in answers if answer.status_code == 422)
    assert "taken" in refused.content.decode()
    assert Signup.objects.filter(slug=newcomer.slug, holds=True).count() == 1


def test_address_is_kept_for_half_an_hour(newcomer: Newcomer) -> None:
    from kernel.when import now
    from onboarding.queries import HELD

    newcomer.sign_up()
    rival = Newcomer(uuid7().hex[-10:])
    assert rival.sign_up(slug=newcomer.slug).status_code == 422
    Signup.objects.filter(email=newcomer.email).update(created_at=now() - HELD)
    assert rival.sign_up(slug=newcomer.slug).status_code == 302
    rival.visitor.follow(rival.confirm())
    # The first comes back late: nothing is lost but the address.
    page = newcomer.visitor.follow(newcomer.confirm())
    assert "Somebody was faster" in page.content.decode()
    assert newcomer.visitor.send(page, slug=newcomer.slug).status_code == 422
    inside = newcomer.visitor.follow(newcomer.visitor.send(page, slug=f"{newcomer.slug}-2"))
    assert inside.url_asked == f"http://{newcomer.slug}-2.terem.test/questions/"


def test_address_is_suggested_and_checked_while_typing(newcomer: Newcomer, owner: Newcomer) -> None:
    visitor = newcomer.visitor

    def ask(target: str = "", **query: str) -> str:
        client = visitor.client("terem.test")
        headers = {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Target": target}
        return client.get("/signup/address/", query, headers=headers).content.decode()

    suggested = ask("div#address", company="Северный свет", slug="", suggested="")
    assert 'value="severny-svet' in suggested
    assert "free" in suggested
    own = ask("div#address", company="Other", slug="my-own-words", suggested="severny-svet")
    assert 'value="my-own-words"' in own
    taken = ask("div#address-state", company="Other", slug=owner.slug, suggested="")
    assert "taken" in taken
    assert "<input" not in taken
    assert f'value="{owner.slug}-2"' in ask(
        "div#address", company=f"Light {owner.mark}", slug="", suggested=""
    )
    assert "<script>" not in ask("div#address", company="<script>", slug="<script>", suggested="")


def test_account_that_exists_signs_in_and_the_workspace_opens(
    make: Callable[..., Any], newcomer: Newcomer
) -> None:
    """The page tells nobody; the letter does; signing in in this browser opens what was asked for."""
    make(newcomer.email)
    newcomer.sign_up()
    assert "already" in letters_to(newcomer.email)[-1].subject
    code = newcomer.visitor.get("/account/code/")
    assert 'href="/account/login/"' in code.content.decode()
    inside = newcomer.visitor.follow(newcomer.visitor.sign_in(newcomer.email))
    assert inside.url_asked == f"http://{newcomer.host}/questions/"


def test_account_that_exists_goes_on_in_another_browser(make: Callable[..., Any], newcomer: Newcomer) -> None:
    make(newcomer.email)
    newcomer.sign_up()
    other = Visitor()
    page = other.follow(other.sign_in(newcomer.email))
    assert newcomer.fields["company"] in page.content.decode()
    ask = other.walk(f"/signup/{Signup.objects.get(email=newcomer.email).id}/opening/")
    inside = other.follow(other.send(ask, to="opening"))
    assert inside.url_asked == f"http://{newcomer.host}/questions/"


def test_workspace_that_somebody_else_asked_for_can_be_refused(
    make: Callable[..., Any], newcomer: Newcomer
) -> None:
    make(newcomer.email)
    newcomer.sign_up()
    victim = Visitor()
    victim.sign_in(newcomer.email)
    found = Signup.objects.get(email=newcomer.email)
    page = victim.walk(f"/signup/{found.id}/opening/")
    assert Signup.objects.get(id=found.id).tenant_id is None
    assert victim.send(page, to="removal").status_code == 302
    assert newcomer.fields["company"] not in victim.walk("/workspaces/").content.decode()
    assert victim.get(f"/signup/{found.id}/opening/").status_code == 404


def test_nobody_goes_on_with_another_persons_signup(newcomer: Newcomer, owner: Newcomer) -> None:
    newcomer.sign_up()
    found = Signup.objects.get(email=newcomer.email)
    for path in ("opening", "address", "removal"):
        url = f"/signup/{found.id}/{path}/"
        assert owner.visitor.get(url).status_code in (302, 404)
    assert owner.visitor.get(f"/signup/{found.id}/opening/").status_code == 404
    assert Signup.objects.get(id=found.id).is_open


def test_second_workspace_of_one_account(owner: Newcomer) -> None:
    slug = f"second-{owner.mark}"
    page = owner.visitor.get("/signup/")
    assert "password" not in page.content.decode().split("signup-side")[0].split("<form")[1]
    inside = owner.visitor.follow(owner.visitor.send(page, company="Second", slug=slug))
    assert inside.url_asked == f"http://{slug}.terem.test/questions/"
    # The same form again leads to the same workspace, and nobody is asked twice.
    again = owner.visitor.follow(owner.visitor.send(page, company="Second", slug=slug))
    assert again.url_asked == f"http://{slug}.terem.test/"
    assert Signup.objects.filter(slug=slug).count() == 1
    chooser = owner.visitor.walk("/workspaces/").content.decode()
    assert owner.slug in chooser
    assert slug in chooser


def test_workspaces_are_not_opened_by_the_dozen(owner: Newcomer) -> None:
    from kernel.when import now
    from onboarding.actions import MOST_A_DAY

    for number in range(MOST_A_DAY):
        Signup.objects.create(
            email=owner.email,
            account_id=owner.account.pk,
            company="X",
            slug=f"x{number}",
            holds=False,
            done_at=now(),
        )
    answer = owner.visitor.fill("/signup/", company="More", slug=f"more-{owner.mark}")
    assert answer.status_code == 429


def test_letter_that_cannot_be_sent_is_said_and_can_be_asked_for_again(
    newcomer: Newcomer, settings: Any, tmp_path: Any
) -> None:
    (tmp_path / "mail").write_text("a file where a folder should be")
    settings.EMAIL_BACKEND = "identity.mailbox.FolderBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    answer = newcomer.sign_up()
    assert answer["Location"] == "/account/code/"
    assert newcomer.visitor.get("/account/code/").status_code == 200


def test_password_is_what_was_typed(newcomer: Newcomer) -> None:
    newcomer.sign_up(password="  spaces at both ends  ")
    newcomer.visitor.follow(newcomer.confirm())
    assert Visitor().sign_in(newcomer.email, "  spaces at both ends  ").status_code == 302
    assert Visitor().sign_in(newcomer.email, PASSWORD).status_code == 422
    assert code_for(newcomer.email)
