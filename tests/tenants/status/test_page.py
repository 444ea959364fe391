"""The public page: what is known, what is not, in both languages; and it is there when hardly anything else is."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest

from kernel.when import frozen, now
from tenants import bulletin
from tenants.console import maintenance
from tenants.status import checks, incidents
from tenants.status.checks import Finding
from tests.config.test_health import lost
from tests.config.test_observing import own_environment
from tests.tenants.status.conftest import public

TEXTS = {
    "title_en": "Pages are slow",
    "title_ru": "Страницы открываются медленно",
    "text_en": "We are looking for the cause.",
    "text_ru": "Ищем причину.",
}


def text_of(language: str = "en") -> str:
    answer = public(language).get("/status/")
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_nothing_is_said_before_the_first_check() -> None:
    text = text_of()
    assert "Not everything is known now" in text
    assert "Nothing was checked yet." in text
    assert '<svg class="standing-days"' not in text


def test_every_part_with_its_days() -> None:
    today = now()
    with frozen(today - timedelta(days=1)):
        checks.record(findings=[Finding("mail", "down"), Finding("workspaces", "ok")])
    checks.record(findings=[Finding("mail", "ok"), Finding("workspaces", "ok")])
    text = text_of()
    assert "Everything works." in text
    assert "Sign-in and workspaces" in text and "Letters" in text
    assert "Payments" not in text, "nothing is sold here"
    assert text.count('class="unknown"') == 2 * 88
    assert text.count('class="down"') == 1
    assert "50.00% of the checks found it working; checked on 2 days" in text
    assert "100.00% of the checks" in text
    assert "1 day with trouble" in text


def test_what_is_down_is_said_first() -> None:
    checks.record(findings=[Finding("mail", "down", "ConnectionRefusedError"), Finding("work", "ok")])
    text = text_of()
    assert "Something does not work." in text
    assert "ConnectionRefusedError" not in text, "details are for operators"


def test_checks_that_stopped_are_not_good_ones() -> None:
    checks.record(findings=[Finding("mail", "ok")])
    with frozen(now() + timedelta(minutes=10)):
        text = text_of()
    assert "Not everything is known now" in text and "Not known" in text


def test_incidents_in_both_languages_with_all_that_was_said() -> None:
    checks.record(findings=[Finding("mail", "ok")])
    found = incidents.open_trouble(by=None, effect="limited", parts=["workspaces"], **TEXTS)
    incidents.tell(by=None, id=found.id, stage="found", text_en="A disk is full.", text_ru="Диск полон.")
    text = text_of()
    assert "Something works with limits." in text, "what operators say counts like a check"
    assert text.index("A disk is full.") < text.index("We are looking for the cause.")
    russian = text_of("ru")
    assert "Страницы открываются медленно" in russian and "Диск полон." in russian
    assert "A disk is full." not in russian
    incidents.tell(by=None, id=found.id, stage="over", text_en="Done.", text_ru="Готово.")
    text = text_of()
    assert "Everything works." in text and "Going on now" not in text
    assert "Pages are slow" in text, "it stays in the list of what was"


def test_works_are_announced_and_begin_by_themselves() -> None:
    incidents.announce_works(
        by=None,
        parts=["workspaces"],
        starts_at=now() + timedelta(hours=1),
        ends_at=now() + timedelta(hours=2),
        **(TEXTS | {"title_en": "A new disk", "title_ru": "Новый диск"}),
    )
    text = text_of()
    assert "Announced works" in text and "A new disk" in text and "Planned" in text
    with frozen(now() + timedelta(hours=1, minutes=1)):
        text = text_of()
    assert "Going on now" in text and "Under way" in text


def test_it_is_open_while_the_platform_is_closed() -> None:
    work = maintenance.begin(mode="closed", reason="A test.", until=now() + timedelta(hours=1))
    bulletin.forget()
    try:
        assert public().get("/").status_code == 503
        assert public().get("/status/").status_code == 200
    finally:
        maintenance.end(id=work.id)
        bulletin.forget()


def test_only_its_region_is_fetched_anew() -> None:
    headers = {"HX-Request": "true", "HX-Request-Type": "partial"}
    answer = public().get("/status/", headers=headers)
    assert answer.content.decode().lstrip().startswith('<div id="now"')


def test_nobody_changes_anything_there() -> None:
    from tenants.models import Incident

    public().post("/status/", {"title_en": "x"})
    assert not Incident.objects.exists()


WITHOUT = """
import json
import django; django.setup()
from django.test import Client
answer = Client(HTTP_HOST="terem.test", HTTP_ACCEPT_LANGUAGE="en").get("/status/")
print(json.dumps([answer.status_code, answer.content.decode()]))
"""


def test_it_says_so_when_its_own_records_are_gone(test_run: Any) -> None:
    gone = lost("TEREM_CONTROL_DB", test_run.servers.postgres.port)
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT],
        env=own_environment(TEREM_CONTROL_DB=gone),
        capture_output=True,
        text=True,
        check=True,
    )
    status, text = json.loads(done.stdout.splitlines()[-1])
    assert status == 503
    assert "Something does not work." in text


@pytest.mark.parametrize("path", ["/status/nothing/", "/status"])
def test_nothing_else_is_there(path: str) -> None:
    assert public().get(path).status_code in (301, 404)
