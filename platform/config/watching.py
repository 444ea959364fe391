"""The checks of the status page: each part is asked, and what it says is written down. Once a minute."""

from __future__ import annotations

import logging
from collections.abc import Callable
from smtplib import SMTPException
from typing import Final

from django.db import Error

from billing import api as billing
from kernel import context, mail
from kernel.errors import TeremError
from tenants import api

log = logging.getLogger("terem.watching")


def letters() -> api.Finding:
    """Whether the mail server takes letters."""
    try:
        mail.ask()
    except (OSError, SMTPException) as error:
        return api.Finding("mail", "down", type(error).__name__)
    return api.Finding("mail", "ok")


PROBES: Final[tuple[Callable[[], api.Finding | None], ...]] = (
    api.check_workspaces,
    api.check_work,
    letters,
    billing.check_payments,
    api.check_backups,
)


def run() -> list[api.Finding]:
    """Ask every part and write down what was found. A probe that breaks itself has found nothing."""
    found = []
    with context.enter(context.Context(cause="job")):
        for probe in PROBES:
            try:
                finding = probe()
            except (Error, OSError, TeremError) as error:
                log.warning("the probe %s found nothing: %s", probe.__name__, type(error).__name__)
                continue
            if finding is not None:
                found.append(finding)
        api.record_checks(findings=found)
    return found
