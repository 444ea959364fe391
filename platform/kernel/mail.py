"""Letters that the product sends: made from templates, in the reader's language, sent after commit.

In development and tests the letters go to a folder that ``./terem mail`` opens.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from email.utils import formataddr
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.template.loader import render_to_string
from django.utils import translation

from kernel import context, metering, metrics

log = logging.getLogger("terem.mail")

# Letters that a workspace sends are counted; those of the platform itself are not.
METER = "letters"


def send(
    *,
    to: Sequence[str],
    template: str,
    language: str,
    values: dict[str, Any],
    sender_name: str = "Terem",
    counted: bool = True,
) -> None:
    """Send ``template``.txt (first line: the subject) and .html, if there is one, to each address.

    Letters carry the tenant's id in a header so that a bounce finds its way back.
    Raises the mail server's error; callers run it in a background action or after commit.
    A copy beside a live workspace sends none. What was sent in a workspace's work is counted as its
    letters, one for each address, unless ``counted`` says that the platform wanted the letter.
    """
    found = context.maybe()
    if found and found.tenant and found.tenant.quiet:
        log.info("a copy sends no letters: %s was not sent", template)
        return
    with translation.override(language):
        text = render_to_string(f"{template}.txt", values).strip()
        subject, _, body = text.partition("\n")
        message = EmailMultiAlternatives(
            subject=" ".join(subject.split()),
            body=body.strip() + "\n",
            from_email=formataddr((sender_name, settings.DEFAULT_FROM_EMAIL)),
            to=list(to),
            headers={"X-Terem-Tenant": str(found.tenant.id) if found and found.tenant else "control"},
        )
        try:
            message.send()
        except (OSError, SMTPException):
            metrics.count("terem_letters_total", outcome="refused")
            raise
        metrics.count("terem_letters_total", outcome="sent")
    if counted and found and found.tenant:
        # After the sending: nobody pays for a letter that the mail server refused.
        metering.count(METER, len(to))


def ask() -> None:
    """Find out whether letters can be handed over now; none is sent. Raises ``OSError`` or the mail server's error."""
    connection = get_connection()
    try:
        connection.open()
    finally:
        connection.close()
