"""Whatever an operator does to a company is written down with a reason and read by its people; nothing does it silently."""

from __future__ import annotations

import pytest

from tenants.console.acts import WORDS
from tests.tenants.console.test_rights import ROUTES

# What can be sent in the console → the verbs of the acts that it leaves.
ACTS: dict[str, tuple[str, ...]] = {
    "tenants/<uuid:tenant_id>/suspension/": ("suspend",),
    "tenants/<uuid:tenant_id>/resumption/": ("resume",),
    "tenants/<uuid:tenant_id>/maintenance/": ("maintenance_readonly", "maintenance_closed"),
    "tenants/<uuid:tenant_id>/backups/order/": (
        "backed_up", "restored", "swapped", "swapped_back", "copy_dropped",
    ),
    "tenants/<uuid:tenant_id>/closing/": ("leaving",),
    "tenants/<uuid:tenant_id>/staying/": ("staying",),
    "tenants/<uuid:tenant_id>/access/": ("access_asked",),
    "access/<uuid:id>/ticket/": ("looked_inside",),
    "maintenance/new/": ("maintenance_readonly", "maintenance_closed"),
    "maintenance/<uuid:maintenance_id>/end/": ("maintenance_over",),
    "jobs/<uuid:ticket_id>/retry/": ("job_retried",),
    "jobs/<uuid:ticket_id>/cancellation/": ("job_cancelled",),
    "announcements/new/": ("announced",),
    "support/<uuid:id>/": ("question_answered",),
    "support/<uuid:id>/state/": ("question_solved", "question_reopened"),
    "support/<uuid:id>/letters/<uuid:message_id>/": ("answer_mailed_again",),
    "announcements/<uuid:announcement_id>/withdrawal/": ("announcement_withdrawn",),
    "incidents/new/": ("incident_opened",),
    "incidents/works/": ("works_announced",),
    "incidents/<uuid:incident_id>/": ("incident_told", "incident_over"),
    "deliveries/<uuid:id>/retry/": ("delivery_retried",),
    "deliveries/comparison/": ("payments_compared",),
    "tenants/<uuid:tenant_id>/billing/credit/": ("credit_given",),
    "tenants/<uuid:tenant_id>/billing/trial/": ("trial_extended",),
    "tenants/<uuid:tenant_id>/billing/plan/": ("plan_placed",),
}  # fmt: skip
# What tells about no company alone, and where it is written instead.
ELSEWHERE: dict[str, str] = {
    "upgrades/new/": "the run keeps who asked for it",
    "upgrades/<int:number>/running/": "the run keeps who asked for it",
    "upgrades/<int:number>/pause/": "the run keeps who asked for it",
    "upgrades/<int:number>/retrial/": "the run keeps who asked for it",
    "faults/<uuid:fault_id>/": "the fault keeps its note and who settled it",
}
# Pages that only show.
SHOW = {
    "", "more/", "tenants/", "tenants.csv", "tenants/<uuid:tenant_id>/", "tenants/<uuid:tenant_id>/backups/",
    "jobs/", "faults/", "slow/", "support/", "announcements/", "maintenance/", "upgrades/", "upgrades/<int:number>/",
    "incidents/", "deliveries/", "revenue/", "tenants/<uuid:tenant_id>/billing/",
}  # fmt: skip


def test_every_address_of_the_console_is_reviewed() -> None:
    """A new one says here which act it leaves, or why nobody's company is concerned."""
    known = {*ACTS, *ELSEWHERE, *SHOW}
    patterns = {pattern for pattern, _route in ROUTES}
    assert patterns - known == set()
    assert known - patterns == set()


@pytest.mark.parametrize("pattern", ACTS)
def test_acts_have_words(pattern: str) -> None:
    assert set(ACTS[pattern]) <= set(WORDS)
