"""Reading accounts: by address, by number, their names, their sessions on the account host."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from allauth.core.internal.httpkit import get_client_ip
from allauth.usersessions.models import UserSession
from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from identity.models import Operator
from kernel.errors import NotFound
from kernel.standing import standing


def by_email(email: str) -> Any:
    """The account that has confirmed this address, or None."""
    found = EmailAddress.objects.select_related("user").filter(email=email.lower(), verified=True).first()
    return found.user if found is not None and found.user.is_active else None


def begun_by(email: str) -> Any:
    """The account of an address, confirmed or not, or None. Never tell anybody the answer."""
    found = (
        EmailAddress.objects.select_related("user").filter(email=email.lower()).order_by("-verified").first()
    )
    return found.user if found is not None else None


def is_of_another(email: str, account: Any) -> bool:
    """Whether an address, confirmed or not, stands at somebody else's account."""
    return bool(_others(email=email.lower(), but=account.pk if account is not None else 0))


@standing
def _others(*, email: str, but: int) -> QuerySet[Any]:
    held = EmailAddress.objects.filter(email=email).values("user_id")
    return get_user_model().objects.exclude(pk=but).filter(Q(email=email) | Q(pk__in=held)).only("pk")


def by_id(account_id: int) -> Any:
    """One account. Raises ``NotFound``."""
    rows = _accounts(id=account_id)
    if not rows:
        raise NotFound
    return rows[0]


@standing
def _accounts(*, id: int) -> QuerySet[Any]:
    return get_user_model().objects.filter(pk=id, is_active=True)


def current(request: HttpRequest) -> Any:
    """The account that is signed in on the account host, or None."""
    account = getattr(request, "user", None)
    return account if account is not None and account.is_authenticated else None


def is_confirmed(account: Any) -> bool:
    """Whether the account has proved that it reads its mail."""
    return EmailAddress.objects.filter(user_id=account.pk, verified=True).exists()


def name_of(account: Any) -> str:
    """What to call somebody: the name given, else what the e-mail address suggests."""
    if account.first_name:
        return str(account.first_name)
    local = account.email.partition("@")[0].partition("+")[0]
    words = [word for word in re.split(r"[._\-\d]+", local) if word]
    return " ".join(word[:1].upper() + word[1:] for word in words[:3])[:120] or str(account.email)[:120]


def operator_of(account: Any) -> Operator | None:
    return Operator.objects.select_related("account").filter(account_id=account.pk, active=True).first()


def network_of(request: HttpRequest) -> str:
    """The network address that a request comes from; behind a proxy the one that the proxy saw."""
    return get_client_ip(request) or ""


@dataclass(frozen=True, slots=True)
class AccountSession:
    """A browser that is signed in on the account host."""

    id: int
    agent: str
    network: str
    begun_at: datetime
    current: bool


def sessions(request: HttpRequest) -> list[AccountSession]:
    """The open sessions of whoever is signed in, this one first."""
    held = UserSession.objects.purge_and_list(request.user)  # type: ignore[attr-defined]
    rows = [
        AccountSession(row.pk, row.user_agent, str(row.ip), row.created_at, row.is_current()) for row in held
    ]
    return sorted(rows, key=lambda row: (not row.current, -row.begun_at.timestamp()))
