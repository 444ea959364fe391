"""Daily work of every tenant, a slice of the fleet at a time so that no hour is loaded."""

from __future__ import annotations

import logging
from typing import Any

from django.db import Error

from billing import api as billing
from crm_core.exports import actions as exports
from crm_core.imports.actions import forget_old
from crm_core.records.actions import purge_expired
from crm_core.team.actions import end_over
from identity import api as identity
from kernel import context, signing, storage
from kernel.errors import TeremError
from kernel.rights import PLATFORM
from kernel.when import now
from onboarding.actions import drop_stale
from tenants import api

log = logging.getLogger("terem.nightly")

SLICES = 288  # five minutes each: a day


def tidy() -> None:
    """The control plane's own leavings: unconfirmed accounts and signups, old attempts, ended sessions,
    old faults, announcements and failed tickets."""
    drop_stale()
    identity.drop_unconfirmed()
    identity.forget_old_attempts()
    identity.drop_ended_sessions()
    signing.reseal()
    billing.reconcile()
    api.forget_old_watch()
    api.recount_uses()
    api.forget_old_uses()


def _prove(tenant: Any) -> None:
    """The daily proof that nobody reaches this company; one that cannot be made holds nothing else up."""
    try:
        api.prove(tenant)
    except (Error, OSError):
        log.exception("the isolation of %s could not be tried", tenant.schema_name)


def _recheck(tenant: Any) -> None:
    """The company's own domains are asked for again; what goes wrong with one company's holds nothing else up."""
    try:
        api.recheck_domains(tenant)
    except (Error, TeremError):
        log.exception("the domains of %s could not be checked", tenant.schema_name)


def run(slice_number: int | None = None) -> int:
    """Do the daily work of the tenants whose slice it is; returns how many were visited."""
    moment = now()
    wanted = (moment.hour * 60 + moment.minute) // 5 if slice_number is None else slice_number
    visited = 0
    with context.enter(context.Context(cause="job")):
        if wanted == 0:
            tidy()
        for tenant in api.active():
            if tenant.id.int % SLICES != wanted:
                continue
            with api.inside(tenant, cause="job"):
                while purge_expired(by=PLATFORM) >= 500:
                    pass
                while forget_old(by=PLATFORM) >= 200:
                    pass
                while exports.forget_old(by=PLATFORM) >= 100:
                    pass
                exports.give_up_stale()
                end_over(by=PLATFORM)
                bytes_used = storage.used()
            api.report_meter(tenant_id=tenant.id, name=storage.METER, value=bytes_used)
            _prove(tenant)
            _recheck(tenant)
            visited += 1
    if visited:
        log.info("daily work of %s companies is done", visited)
    return visited
