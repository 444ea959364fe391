"""Reading questions: a person's own, a company's, all of them for operators; a page at a time by key."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from kernel.errors import NotFound
from tenants.models import Tenant
from tenants.support.models import Message, Question

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Page:
    """Questions of one page, the latest first, and the key of the next page, empty at the end."""

    rows: list[Question]
    next: str


def of_company(tenant_id: UUID, account_id: int | None = None) -> QuerySet[Question]:
    """The questions of a company, or only those of one account in it."""
    found = Question.objects.filter(tenant_id=tenant_id)
    return found if account_id is None else found.filter(account_id=account_id)


def of_all(state: str = "") -> QuerySet[Question]:
    """The questions of every company, those of one state if it is given."""
    found = Question.objects.select_related("tenant")
    return found.filter(state=state) if state else found


def page(found: QuerySet[Question], after: str = "", size: int = PAGE_SIZE) -> Page:
    """One page after key ``after``; a nonsense key is the first page."""
    key = _read_key(after)
    if key is not None:
        moment, last_id = key
        found = found.filter(Q(last_at__lt=moment) | Q(last_at=moment, id__lt=last_id))
    rows = list(found.order_by("-last_at", "-id")[: size + 1])
    last = rows[size - 1] if len(rows) > size else None
    return Page(rows[:size], _key(last) if last else "")


def _key(last: Question) -> str:
    return base64.urlsafe_b64encode(json.dumps([last.last_at.isoformat(), str(last.id)]).encode()).decode()


def _read_key(text: str) -> tuple[datetime, UUID] | None:
    try:
        moment, last_id = json.loads(base64.urlsafe_b64decode(text.encode()))
        found = datetime.fromisoformat(moment)
        return (found, UUID(last_id)) if found.tzinfo else None
    except (ValueError, TypeError, AttributeError, UnicodeError):
        return None


def counts() -> dict[str, int]:
    """State → number of questions."""
    return dict(Question.objects.order_by().values_list("state").annotate(number=Count("id")))


def question(id: UUID) -> Question:
    """One question, for operators. Raises ``NotFound``."""
    found = Question.objects.select_related("tenant").filter(id=id).first()
    if found is None:
        raise NotFound
    return found


def question_for(tenant_id: UUID, id: UUID, account_id: int | None) -> Question:
    """One question of a company, only the account's own if one is given. Raises ``NotFound``."""
    found = of_company(tenant_id, account_id).filter(id=id).first()
    if found is None:
        raise NotFound
    return found


def messages(found: Question) -> list[Message]:
    """What was said, the first first."""
    return list(found.messages.order_by("at", "id"))


def original(tenant_id: UUID) -> UUID:
    """The company that a workspace belongs to: of a copy beside it, the live one."""
    found = Tenant.objects.filter(id=tenant_id).values_list("copy_of_id", flat=True).first()
    return found or tenant_id


def taken_out(tenant_id: UUID) -> list[dict[str, Any]]:
    """Every question of a company with all that was said, as plain values for its full export."""
    rows = of_company(tenant_id).prefetch_related("messages").order_by("number")
    return [_plain(row) for row in rows]


_TOLD = ("number", "subject", "state", "author", "email", "role", "page", "address", "release", "request_id")


def _plain(row: Question) -> dict[str, Any]:
    said = sorted(row.messages.all(), key=lambda one: (one.at, one.id))
    return {
        **{name: getattr(row, name) for name in _TOLD},
        "asked_at": row.asked_at.isoformat(),
        "messages": [
            {"author": one.author, "by_operator": one.by_operator, "at": one.at.isoformat(), "text": one.text}
            for one in said
        ],
    }
