"""The questionnaire: different answers give different products; skipping works; nothing typed is lost."""

from __future__ import annotations

from typing import Any

import pytest

from kernel.ids import uuid7
from tenants import api as tenants
from tests.onboarding.company import Newcomer

HONEST_NO = {"alone": "no", "few": "no", "unequipped": "no"}
READY = {"needs": "2", "money": "2", "experience": "2", "skill": "2", "help": "1"}
UNREADY = {"needs": "1", "money": "0", "experience": "0", "skill": "1", "help": "0"}
GENERAL, SALES = ["base", "history", "archive"], ["distribution", "control", "planning"]
MARKETING = ["structure", "sources", "complaints", "repeat", "features"]


class Inside:
    """A newcomer inside the workspace, walking the questions."""

    def __init__(self, person: Newcomer) -> None:
        self.person = person

    def get(self, path: str) -> str:
        return str(self.person.visitor.walk(f"http://{self.person.host}{path}").content.decode())

    def send(self, path: str, **data: Any) -> Any:
        page = self.person.visitor.get(f"http://{self.person.host}{path}")
        token = page.content.decode().partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
        return self.person.visitor.post(page.url_asked, {"csrfmiddlewaretoken": token} | data)

    def answer(self, *, goals: dict[str, list[str]], ready: dict[str, str], **more: str) -> str:
        """All four pages; the result page."""
        assert self.send("/questions/", **HONEST_NO)["Location"] == "/questions/verdict/"
        assert self.send("/questions/goals/", **goals, **more)["Location"] == "/questions/readiness/"
        assert self.send("/questions/readiness/", **ready)["Location"] == "/questions/result/"
        return self.get("/questions/result/")

    def menu(self, page: str) -> str:
        return page.partition('<aside class="sidebar"')[2].partition("</aside>")[0]


@pytest.fixture
def inside() -> Any:
    def make(language: str = "en") -> Inside:
        person = Newcomer(uuid7().hex[-10:], language=language)
        page = person.come_in()
        assert page.url_asked == f"http://{person.host}/questions/"
        return Inside(person)

    return make


def test_two_companies_with_different_answers_get_different_products(inside: Any) -> None:
    gentle, brisk = inside(), inside()
    page = gentle.answer(goals={"general": ["base", "history"]}, ready=UNREADY)
    assert "At stage 1. Pace: Gentle." in page
    assert gentle.send("/questions/result/")["Location"] == "/"
    page = brisk.answer(goals={"sales": ["planning"], "marketing": ["structure"]}, ready=READY, line="agency")
    assert "At stage 2. Pace: Brisk." in page
    assert "Add the pack “Agency” now" in page
    assert brisk.send("/questions/result/", pack="on")["Location"] == "/"

    first, second = gentle.get("/"), brisk.get("/")
    for address in ("/deals/", "/deals/forecast/", "/tasks/"):
        assert f'href="{address}"' not in gentle.menu(first)
        assert f'href="{address}"' in brisk.menu(second)
    assert "Order in the base" in first and "Managed selling and service" in second
    assert "every client gets an owner" in first and "every client and deal gets a next step" in second
    assert "Likely this month" not in first and "Likely this month" in second
    assert "Tenders under way" in brisk.get("/deals/") and "Tenders under way" not in gentle.get("/deals/")
    assert "May be shown as a case" in brisk.get("/companies/")
    assert "May be shown as a case" not in gentle.get("/companies/")
    assert "Something that you may sell" not in gentle.get("/help/")
    assert "Something that you may sell" in brisk.get("/help/")
    for one, names in ((gentle, {"Sales"}), (brisk, {"Sales", "Projects"})):
        with tenants.inside(one.person.tenant):
            from crm_core.events.models import Event
            from crm_core.sales.models import Pipeline

            assert {pipeline.name for pipeline in Pipeline.objects.all()} == names
            assert Event.objects.filter(verb="setup.begun").count() == 1


def test_ticking_everything_proposes_an_order(inside: Any) -> None:
    company = inside()
    page = company.answer(goals={"general": GENERAL, "sales": SALES, "marketing": MARKETING}, ready=READY)
    assert "5 goals at a time are enough" in page
    order = [
        page.index(words)
        for words in ("One base of clients", "Structure of sales", "Repeat purchases", "Archive of documents")
    ]
    assert order == sorted(order)
    # What Terem has not, it says so.
    assert "Terem has no part for this today." in page
    assert "At stage 1. Pace: Brisk." in page
    company.send("/questions/result/")
    with tenants.inside(company.person.tenant):
        from crm_core.clients.models import Heading
        from crm_core.records.models import Tag

        assert Tag.objects.filter(name="To hand over").exists()
        assert Heading.objects.filter(name="Buys").exists()


def test_honest_answers_say_not_yet_and_offer_the_light_mode(inside: Any) -> None:
    company = inside("ru")
    assert (
        company.send("/questions/", alone="yes", few="yes", unequipped="no")["Location"]
        == "/questions/verdict/"
    )
    assert company.get("/questions/verdict/").count("callout") >= 2
    assert company.send("/questions/verdict/", light="yes")["Location"] == "/questions/result/"
    company.send("/questions/result/")
    page = company.get("/")
    assert 'id="team-title"' not in page
    assert 'href="/deals/"' not in page
    assert 'href="/settings/members/"' not in company.get("/settings/profile/")
    # The light mode was a choice for now: the questions can be answered otherwise.
    company.send("/questions/verdict/", light="no")
    company.send("/questions/goals/", sales=["control"])
    company.send("/questions/readiness/", **READY)
    company.send("/questions/result/")
    assert 'href="/tasks/"' in company.menu(company.get("/"))


def test_contradictions_are_pointed_out(inside: Any) -> None:
    company = inside()
    company.send("/questions/", alone="yes", few="no", unequipped="no")
    company.send("/questions/verdict/", light="no")
    company.send("/questions/goals/", sales=["distribution"])
    company.send("/questions/readiness/", **(READY | {"skill": "0"}))
    page = company.get("/questions/result/")
    assert "clients are to be distributed among staff" in page
    assert "not at ease with computers" in page


def test_nothing_is_lost_on_the_way(inside: Any) -> None:
    company = inside()
    refused = company.send("/questions/", alone="yes")
    assert refused.status_code == 422
    assert 'value="yes"' in refused.content.decode() and "checked" in refused.content.decode()
    company.send("/questions/", **HONEST_NO)
    refused = company.send("/questions/goals/", general=["base"], own="x" * 3000)
    assert refused.status_code == 422
    assert "x" * 3000 in refused.content.decode()
    company.send("/questions/goals/", general=["base"], own="More <regular> clients")
    # The browser was closed; the next day everything is there.
    page = company.get("/questions/goals/")
    assert "More &lt;regular&gt; clients" in page
    assert page.count(" checked") == 1
    company.send("/questions/readiness/", **UNREADY)
    company.send("/questions/result/")
    assert "More &lt;regular&gt; clients" in company.get("/settings/growth/")
    # Answers that do not exist change nothing.
    assert company.send("/questions/goals/", general=["everything"]).status_code == 422
    assert company.send("/questions/goals/", line="circus").status_code == 422


def test_skipping_is_possible_and_remembered(inside: Any) -> None:
    company = inside()
    assert "Answer the questions" in company.get("/")
    page = company.person.visitor.get(f"http://{company.person.host}/questions/")
    gone = company.person.visitor.send(page, to="/questions/skipping/")
    assert gone["Location"] == "/"
    page = company.get("/")
    for address in ("/deals/", "/deals/forecast/", "/tasks/"):
        assert f'href="{address}"' in company.menu(page)
    assert "Bring your list" in page
    assert "Answer the questions" not in page
    with tenants.inside(company.person.tenant):
        from crm_core.setup.queries.stages import growth

        assert growth().skipped_at is not None


def test_five_answers_set_what_to_practise_and_how_much_at_a_time(inside: Any) -> None:
    gentle, brisk = inside(), inside()
    page = gentle.answer(goals={"general": ["base"]}, ready=UNREADY)
    assert "2 goals at a time are the limit" in page
    for words in (
        "Agree what is noted after each talk",
        "Name somebody who answers",
        "find a client and note a talk",
    ):
        assert words in page
    page = brisk.answer(goals={"general": ["base"]}, ready=READY)
    assert "5 goals at a time are the limit" in page
    assert "Agree what is noted after each talk" not in page and "find a client" not in page
    for one in (gentle, brisk, gentle):
        assert one.send("/questions/result/")["Location"] == "/"
    assert titles(gentle).count("Agree what is noted after each talk, and by whom") == 1, (
        "Answering again doubles nothing."
    )
    assert len(titles(gentle)) == 6 and len(titles(brisk)) == 1


def titles(one: Inside) -> list[str]:
    """The tasks of a workspace."""
    from crm_core.activities.models import Activity

    with tenants.inside(one.person.tenant):
        return list(Activity.objects.values_list("title", flat=True))


def test_the_result_says_what_it_costs(inside: Any, settings: Any) -> None:
    person = inside()
    # From now on plans are sold; the workspace was opened before, so that nobody has to pay for it.
    settings.TEREM_STRIPE_KEY = "sk_test_x"
    page = person.answer(goals={"general": ["base"]}, ready=UNREADY)
    assert "What would it cost?" in page and "Free" in page.partition('id="reckoned"')[2]
    assert "It may cost nothing every month" not in page
    page = person.get("/questions/result/?people=5&letters=100&storage=1&interval=month&currency=EUR")
    assert "€45.00" in page and "It may cost nothing every month" in page
