"""What is new: a dot until it was read, in both languages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import translation

from crm_core.home.queries import NEWS
from crm_core.team.models import Member
from kernel.when import now

DOT = "There is something new to read"


def test_dot_until_read(client_for: Callable[..., Any], member: Any) -> None:
    browser = client_for(member)
    # Whoever joined after the newest entry has missed nothing.
    assert DOT not in browser.get("/").content.decode()
    Member.objects.filter(id=member.id).update(joined_at=now() - timedelta(days=4000))
    assert DOT in browser.get("/").content.decode()
    page = browser.get("/news/").content.decode()
    assert str(NEWS[0].title) in page
    assert 'hx-trigger="load' in page
    assert browser.post("/news/reading/").status_code in (200, 302)
    assert DOT not in browser.get("/").content.decode()


def test_newest_first_with_days() -> None:
    keys = [entry.key for entry in NEWS]
    assert keys == sorted(keys, reverse=True)
    with translation.override("en"):
        assert all(entry.day and entry.lines and str(entry.title) for entry in NEWS)
