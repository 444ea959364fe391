"""A company is at work within minutes: from the empty form to its first record, at its own address, without a card."""

from __future__ import annotations

import time

from tests.onboarding.company import Newcomer

# What a person types and reads takes longer than the product; two minutes are promised for both together.
# Counted as work of this process: others may be at work on the machine of a test.
MACHINE_SECONDS = 20


def test_from_the_form_to_the_first_record(newcomer: Newcomer) -> None:
    begun = time.process_time()
    page = newcomer.come_in()
    assert page.url_asked == f"http://{newcomer.host}/questions/"
    inside = newcomer.visitor
    assert inside.send(page, to="/questions/skipping/").status_code == 302
    form = inside.walk(f"http://{newcomer.host}/companies/new/")
    made = inside.follow(inside.send(form, name="Our first client"))
    assert made.status_code == 200 and "Our first client" in made.content.decode()
    listed = inside.walk(f"http://{newcomer.host}/companies/").content.decode()
    assert "Our first client" in listed
    assert time.process_time() - begun < MACHINE_SECONDS
    assert newcomer.tenant.lease["status"] in ("trial", "active"), "Nobody has asked for a card."
