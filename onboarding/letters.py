"""Letters of the way in."""

from __future__ import annotations

import logging

from django.http import HttpRequest

from identity import api as identity
from kernel import mail
from onboarding import queries

log = logging.getLogger("terem.letters")


def send_workspaces(request: HttpRequest, *, email: str, language: str) -> None:
    """Send the list of workspaces to an address, or the word that there are none.

    Both are letters, so that neither page nor pace tells strangers anything. Raises ``TooMany``
    for somebody who asks again and again.
    """
    identity.claim_letter(request, email)
    found = identity.by_email(email)
    values = {
        "email": email,
        "workspaces": queries.workspaces(found) if found is not None else [],
        "site": queries.public_url(),
    }
    try:
        mail.send(to=[email], template="onboarding/mail/workspaces", language=language, values=values)
    except OSError:
        log.exception("a letter was not sent")
