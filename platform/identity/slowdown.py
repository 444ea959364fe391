"""Guessing gets slower with every failure, and never locks the owner out.

A *try* is counted by subject (an e-mail address, an account) and network together.
After a few failures each further try has to wait for a pause that grows up to
five minutes; during a pause nothing is checked, so waiting attackers learn nothing.
Somebody else's failures from elsewhere never make the owner wait: they only take
the free tries from networks that fail themselves. A browser in which the owner has
signed in before is counted alone, even beside an attacker on the same network.
From browsers that nobody knows an account can be tried 95 times in an hour, from
however many networks; then only a known browser, a passkey, or a new password by
mail leads in until the guessing has paused for an hour.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import F
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from identity.models import Attempt
from kernel.actions import action
from kernel.errors import TooMany
from kernel.when import now

FREE_TRIES = 5
LONGEST_PAUSE = 300  # seconds
# Seconds by which machines' clocks may differ. A last try that lies further ahead was noted before a clock was
# set back: nobody waits until then.
MOST_SKEW = 60
# So many failures in an hour, wherever from, mean an attack: free tries are gone then.
SUBJECT_UNDER_ATTACK = 20
NETWORK_ATTACKS = 60
# ASVS 2.2.1 allows an account a hundred failures in an hour; those of known browsers count beside these.
SUBJECT_CLOSED = 95
CLOSED_KINDS = ("password", "code")
FORGOTTEN_AFTER = timedelta(hours=1)
KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Direction:
    """Where a try comes from. ``browser`` is set if the owner has signed in in it before."""

    kind: str
    subject: str
    network: str
    browser: str = ""

    @property
    def own(self) -> str:
        """The key that must wait."""
        way = f"browser:{self.browser}" if self.browser else f"network:{self.network}"
        return _key(self.kind, self.subject, way)

    @property
    def wide(self) -> dict[str, int]:
        """Keys that are only counted → how many failures mean an attack."""
        if self.browser:
            return {}
        return {
            _key(self.kind, self.subject, "all"): SUBJECT_UNDER_ATTACK,
            _key(self.kind, "all", self.network): NETWORK_ATTACKS,
        }


def _key(*parts: str) -> str:
    return salted_hmac("identity.slowdown", "\n".join(parts), algorithm="sha256").hexdigest()


def pause_after(failures: int, free: int) -> int:
    """Seconds to wait after so many failures, of which ``free`` cost nothing."""
    if failures < free:
        return 0
    base = 15 if free < FREE_TRIES else 2
    return min(LONGEST_PAUSE, base * 2 ** min(failures - free, 10))


@action()
def claim(direction: Direction) -> None:
    """Take a try before anything is checked; it counts as failed until :func:`succeeded`.

    Raises ``TooMany`` with the seconds to wait. Parallel tries queue at the row, so none slips by.
    """
    _lock_subject(direction)
    known = {row.key: row for row in Attempt.objects.filter(key__in=direction.wide)}
    _see_that_it_is_open(direction, known)
    attack = any(key in known and _failures(known[key]) >= limit for key, limit in direction.wide.items())
    Attempt.objects.get_or_create(key=direction.own)
    row = Attempt.objects.select_for_update().get(key=direction.own)
    failures = _failures(row)
    passed = (now() - row.last_at).total_seconds()
    wait = math.ceil(pause_after(failures, 1 if attack else FREE_TRIES) - passed)
    if failures and wait > 0 and passed > -MOST_SKEW:
        raise TooMany(
            ngettext_lazy(
                "Too many tries. Please try again in %(seconds)s second.",
                "Too many tries. Please try again in %(seconds)s seconds.",
                wait,
            ),
            retry_after=wait,
            seconds=wait,
        )
    row.failures, row.last_at = failures + 1, now()
    row.save()
    _count(direction.wide)


def _lock_subject(direction: Direction) -> None:
    """Tries of one subject by unknown browsers queue here first, so that the bound holds for parallel ones too."""
    for key in list(direction.wide)[:1]:
        Attempt.objects.get_or_create(key=key)
        Attempt.objects.select_for_update().get(key=key)


def _see_that_it_is_open(direction: Direction, known: dict[str, Attempt]) -> None:
    row = next((known[key] for key in list(direction.wide)[:1]), None)
    if row is None or direction.kind not in CLOSED_KINDS or _failures(row) < SUBJECT_CLOSED:
        return
    wait = math.ceil((FORGOTTEN_AFTER - (now() - row.last_at)).total_seconds())
    raise TooMany(
        _(
            "Too many tries on this account. Use a browser in which it was opened before, or a passkey, "
            "or set a new password by mail; otherwise please wait an hour."
        ),
        retry_after=max(1, wait),
    )


def _failures(row: Attempt) -> int:
    return row.failures if now() - row.last_at < FORGOTTEN_AFTER else 0


def _count(keys: Iterable[str]) -> None:
    for key in keys:
        Attempt.objects.get_or_create(key=key)
        stale = Attempt.objects.filter(key=key, last_at__lt=now() - FORGOTTEN_AFTER)
        stale.update(failures=0)
        Attempt.objects.filter(key=key).update(failures=F("failures") + 1, last_at=now())


@action()
def succeeded(direction: Direction) -> None:
    """The try was right: its direction starts anew, and it no longer counts as a failure elsewhere."""
    # The subject's row first, as in claim: two of one account never wait for each other crosswise.
    for key in direction.wide:
        Attempt.objects.filter(key=key, failures__gt=0).update(failures=F("failures") - 1)
    Attempt.objects.filter(key=direction.own).delete()


@action()
def forget_old() -> int:
    """Remove what is older than a day; returns how many rows."""
    removed, _kinds = Attempt.objects.filter(last_at__lt=now() - KEPT).delete()
    return int(removed)


def failures_of(direction: Direction) -> int:
    """How often the subject was failed within the last hour, wherever from."""
    row = Attempt.objects.filter(key=_key(direction.kind, direction.subject, "all")).first()
    return _failures(row) if row is not None else 0
