"""Asking the DNS: does the record of proof stand there, and does the domain lead to the platform?

Nothing here waits long or raises: whatever goes wrong on the way is the answer "silent".
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from tenants.domains import naming
from tenants.domains.models import Domain

log = logging.getLogger("terem.domains")

Answer = Domain.Answer

# So long the answers of one domain may take altogether, and one try of one question.
PATIENCE_SECONDS = 5.0
TRY_SECONDS = 1.5
MOST_VALUES = 20


@dataclass(frozen=True, slots=True)
class Found:
    """What the DNS said of a domain; ``seen`` and ``pointed_at`` are what stands there, cut short."""

    proof: str
    pointing: str
    seen: str = ""
    pointed_at: str = ""


class _Silent(Exception):
    """The DNS did not answer, or answered with a failure of its own."""


class _Missing(Exception):
    """The DNS answered that there is no such record."""


def ask(host: str, token: str) -> Found:
    """Ask for the record of proof and for the way to the platform; takes ``PATIENCE_SECONDS`` at most."""
    questions = _Questions()
    proof, seen = _proof(questions, host, token)
    if proof == Answer.SILENT:
        return Found(proof, Answer.SILENT)
    pointing, pointed_at = _pointing(questions, host)
    return Found(proof, pointing, seen[:300], pointed_at[:300])


class _Questions:
    """Questions to one resolver that share one deadline."""

    def __init__(self) -> None:
        import dns.nameserver
        import dns.resolver

        self._ends_at = time.monotonic() + PATIENCE_SECONDS
        try:
            self._resolver = dns.resolver.Resolver(configure=not settings.TEREM_DNS)
        except dns.resolver.NoResolverConfiguration:
            self._resolver = dns.resolver.Resolver(configure=False)
        if settings.TEREM_DNS:
            self._resolver.nameservers = [
                dns.nameserver.Do53Nameserver(address, port) for address, port in settings.TEREM_DNS
            ]
        self._resolver.timeout = TRY_SECONDS
        self._resolver.cache = None

    def records(self, name: str, kind: str) -> list[Any]:
        """The records of a name. Raises ``_Missing`` and ``_Silent``."""
        import dns.exception
        import dns.resolver

        left = self._ends_at - time.monotonic()
        if left <= 0:
            raise _Silent
        try:
            answer = self._resolver.resolve(f"{name}.", kind, search=False, lifetime=left)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer) as error:
            raise _Missing from error
        except (dns.exception.DNSException, OSError, ValueError) as error:
            # A log line names no domain: it would tell whose customer somebody is.
            log.info("the DNS did not answer a question for %s: %s", kind, type(error).__name__)
            raise _Silent from error
        return list(answer)[:MOST_VALUES]


def _proof(questions: _Questions, host: str, token: str) -> tuple[str, str]:
    try:
        records = questions.records(naming.proof_name(host), "TXT")
    except _Missing:
        return Answer.MISSING, ""
    except _Silent:
        return Answer.SILENT, ""
    values = [b"".join(record.strings).decode("utf-8", "replace").strip() for record in records]
    if naming.proof_value(token) in values:
        return Answer.FOUND, ""
    return Answer.WRONG, " · ".join(values)


def _pointing(questions: _Questions, host: str) -> tuple[str, str]:
    """By its name (CNAME), or by the very addresses of the platform's edge."""
    try:
        names = _names(questions, host)
        if settings.TEREM_EDGE in names:
            return Answer.FOUND, ""
        found = _addresses(questions, host)
        if not found:
            return (Answer.WRONG, names[0]) if names else (Answer.MISSING, "")
        if found <= _addresses(questions, settings.TEREM_EDGE):
            return Answer.FOUND, ""
    except _Silent:
        return Answer.SILENT, ""
    return Answer.WRONG, ", ".join(names or sorted(found))


def _names(questions: _Questions, host: str) -> list[str]:
    try:
        return [str(record.target).rstrip(".").lower() for record in questions.records(host, "CNAME")]
    except _Missing:
        return []


def _addresses(questions: _Questions, host: str) -> set[str]:
    found: set[str] = set()
    for kind in ("A", "AAAA"):
        try:
            found |= {str(record.address) for record in questions.records(host, kind)}
        except _Missing:
            continue
    return found
