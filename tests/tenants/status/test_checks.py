"""Checks are written down as they are made: nothing is filled in, nothing is rounded up, what is old says nothing."""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from config import schedule, watching
from deploy.local import places
from kernel import health, mail, metrics, processes
from kernel.jobs import relay
from kernel.line import line
from kernel.when import frozen, now
from tenants import api
from tenants.models import Check, CheckDay
from tenants.status import checks, probes
from tenants.status.checks import Finding
from tests.support.tenants import Company


def test_the_clock_checks_every_part_and_writes_it_down() -> None:
    schedule.watch()
    found = dict(Check.objects.values_list("part", "state"))
    assert set(found) == {"workspaces", "work", "mail", "backups"}, (
        "nothing is sold here: no word of payments"
    )
    assert found["mail"] == "ok"
    assert CheckDay.objects.get(part="mail").ok == 1
    schedule.watch()
    assert CheckDay.objects.get(part="mail").ok == 2
    ages: Any = line().hget(metrics.key("ticks"), "watch")
    assert ages is not None, "that the clock lives is seen by the same run"


def test_a_day_without_checks_is_unknown_and_stays_so() -> None:
    today = now()
    with frozen(today - timedelta(days=2)):
        checks.record(findings=[Finding("mail", "ok")])
    with frozen(today):
        checks.record(findings=[Finding("mail", "down")])
        days = checks.days(today.date())["mail"]
    assert len(days) == 90
    assert [day.state for day in days[-3:]] == ["ok", "", "down"]
    assert {day.state for day in days[:-3]} == {""}
    assert days[-2].percent is None
    assert checks.share(days) == 50.0
    assert checks.share(days[:-3]) is None


def test_a_day_is_judged_by_what_was_found() -> None:
    def day(**counts: int) -> checks.Day:
        return checks.Day(now().date(), **counts)

    assert day(ok=1440).state == "ok"
    assert day(ok=1439, limited=1).state == "limited"
    assert day(ok=1439, down=1).state == "limited"
    assert day(ok=1400, down=40).state == "down"
    assert day(ok=1_000_000, down=1).percent == 99.99, "never rounded up to a hundred"


def test_what_was_found_long_ago_says_nothing_about_now() -> None:
    checks.record(findings=[Finding("mail", "ok")])
    assert checks.newest()["mail"].state == "ok"
    with frozen(now() + checks.FRESH + timedelta(seconds=1)):
        assert checks.newest() == {}


def test_old_checks_are_forgotten_and_their_sums_stay() -> None:
    with frozen(now() - timedelta(days=3)):
        checks.record(findings=[Finding("mail", "ok")])
    checks.forget_old()
    assert not Check.objects.exists()
    assert CheckDay.objects.count() == 1


def test_letters_that_cannot_be_sent(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", places.free_port()
    assert (watching.letters().state, watching.letters().detail) == ("down", "ConnectionRefusedError")

    def refused() -> None:
        raise smtplib.SMTPAuthenticationError(535, b"anna@customer.example is unknown")

    monkeypatch.setattr(mail, "ask", refused)
    assert watching.letters().detail == "SMTPAuthenticationError", "what a server says may name somebody"


def test_letters_in_a_folder(settings: Any, tmp_path: Any) -> None:
    settings.EMAIL_BACKEND = "identity.mailbox.FolderBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path / "letters")
    assert watching.letters().state == "ok"
    (tmp_path / "file").write_text("")
    settings.EMAIL_FILE_PATH = str(tmp_path / "file")
    assert watching.letters().state == "down"


def test_workspaces_need_databases_and_a_web_process(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setattr(processes, "numbers", lambda: {"web": 0, "worker": 1, "keeper": 1})
    assert probes.workspaces() == Finding("workspaces", "down", "no web process")
    monkeypatch.setattr(processes, "numbers", lambda: {"web": 2, "worker": 1, "keeper": 1})
    assert probes.workspaces().state == "ok"
    settings.TEREM_PROBE = f"http://127.0.0.1:{places.free_port()}"
    assert probes.workspaces().state == "down"
    monkeypatch.setitem(health.CHECKS, "workspaces", health.Probe(_gone, True))
    assert probes.workspaces() == Finding("workspaces", "down", "workspaces does not answer")


def _gone() -> None:
    raise ConnectionError


def test_work_that_waits(own_tenant: Callable[..., Company], monkeypatch: pytest.MonkeyPatch) -> None:
    from kernel.ids import uuid7

    monkeypatch.setattr(processes, "numbers", lambda: {"web": 1, "worker": 1, "keeper": 0})
    assert probes.work().detail == "no keeper"
    company = own_tenant("Waiting")
    for seconds, wanted in ((probes.LATE_WORK + 60, "limited"), (probes.STILL_WORK + 60, "down")):
        with api.inside(company.tenant):
            relay.insert(
                uuid7(), company.tenant.schema_name, "tenant", now() - timedelta(seconds=seconds), "a.b"
            )
        assert probes.work().state == wanted
    relay.drop_all(company.tenant.schema_name)


def test_companies_without_a_backup(own_tenant: Callable[..., Company]) -> None:
    company = own_tenant("Unsaved")
    before = probes.without_backup()
    kept = company.tenant.created_at
    type(company.tenant).objects.filter(id=company.tenant.id).update(created_at=now() - timedelta(days=2))
    assert probes.without_backup() == before + 1
    type(company.tenant).objects.filter(id=company.tenant.id).update(created_at=kept)
    assert probes.without_backup() == before


def test_a_probe_that_breaks_has_found_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Finding:
        raise OSError

    monkeypatch.setattr(watching, "PROBES", (broken, watching.letters))
    assert [found.part for found in watching.run()] == ["mail"]
    assert set(Check.objects.values_list("part", flat=True)) == {"mail"}
