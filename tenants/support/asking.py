"""What people of a company do: ask, add something, say that it is solved, open it again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from kernel.actions import action
from kernel.errors import Invalid, NotFound, TooMany
from kernel.text import clean
from kernel.when import now
from tenants.models import Tenant
from tenants.support.models import Message, Question

SUBJECT_LONGEST, TEXT_LONGEST = 200, 10_000
HOUR = timedelta(hours=1)
# What one person may ask and say within an hour, and what one company may ask.
ASKED_BY_ONE, SAID_BY_ONE, ASKED_BY_ALL = 10, 30, 60


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: the account, and who it is inside the workspace. ``everything``: may act on all of the company's."""

    account_id: int
    member_id: UUID
    name: str
    email: str
    role: str
    language: str = "en"
    everything: bool = False


@dataclass(frozen=True, slots=True)
class Whence:
    """Where the question came from; ``address`` only if the person ticked that it may be seen."""

    page: str = ""
    address: str = ""
    release: str = ""
    browser: str = ""
    request_id: str = ""


def clean_text(text: str) -> str:
    """What is said, without control characters. Raises ``Invalid`` (text) if empty or too long."""
    cleaned = clean(text, multiline=True)
    if not cleaned:
        raise Invalid(text=_("Say what it is about."))
    if len(cleaned) > TEXT_LONGEST:
        raise Invalid(_("Use at most %(longest)s characters."), field="text", longest=TEXT_LONGEST)
    return cleaned


@action()
def ask(*, tenant_id: UUID, person: Asker, whence: Whence, key: UUID, subject: str, text: str) -> Question:
    """A new question to the operators; the same form sent twice gives the same question.

    Raises ``Invalid`` (subject, text), ``TooMany`` beyond what one person or company may ask within an hour.
    """
    words, said = clean(subject), clean_text(text)
    if not words:
        raise Invalid(subject=_("Say in a few words what it is about."))
    if len(words) > SUBJECT_LONGEST:
        raise Invalid(_("Use at most %(longest)s characters."), field="subject", longest=SUBJECT_LONGEST)
    # The company's row is the queue: numbers are given one after the other, and nobody slips by the bounds.
    tenant = Tenant.objects.select_for_update(no_key=True).get(id=tenant_id)
    known = Question.objects.filter(tenant=tenant, key=key).first()
    if known is not None and known.account_id == person.account_id:
        return known
    _check_pace(tenant, person)
    last = Question.objects.filter(tenant=tenant).aggregate(last=Max("number"))["last"] or 0
    found = Question(
        tenant=tenant,
        number=last + 1,
        key=key,
        account_id=person.account_id,
        member_id=person.member_id,
        author=person.name[:120],
        email=person.email[:254],
        role=person.role[:80],
        language=person.language,
        subject=words,
        page=whence.page[:200],
        address=whence.address[:500],
        release=whence.release[:64],
        browser=whence.browser[:100],
        request_id=whence.request_id[:40],
    )
    found.save(force_insert=True)
    _say(found, person, key, said)
    return found


def _check_pace(tenant: Tenant, person: Asker) -> None:
    lately = Question.objects.filter(asked_at__gt=now() - HOUR)
    mine = lately.filter(account_id=person.account_id).count()
    if mine >= ASKED_BY_ONE or lately.filter(tenant=tenant).count() >= ASKED_BY_ALL:
        raise TooMany(_("Many questions were sent within an hour. Please wait a little."), retry_after=600)


def _say(found: Question, person: Asker, key: UUID, text: str) -> Message:
    return Message.objects.create(
        question=found, key=key, account_id=person.account_id, author=person.name[:120], text=text
    )


def locked(id: UUID, **narrowed: Any) -> Question:
    """A question to be changed, locked. Raises ``NotFound``."""
    found = Question.objects.select_for_update(of=("self",)).filter(id=id, **narrowed).first()
    if found is None:
        raise NotFound
    return found


def _theirs(tenant_id: UUID, person: Asker, id: UUID) -> Question:
    """Somebody's own question, or any of the company's for who may act on all."""
    mine = {} if person.everything else {"account_id": person.account_id}
    return locked(id, tenant_id=tenant_id, **mine)


@action()
def add(*, tenant_id: UUID, person: Asker, id: UUID, key: UUID, text: str) -> Question:
    """Say more about a question; it waits for the operators again, a solved one too.

    Raises ``NotFound``, ``Invalid`` (text), ``TooMany``.
    """
    said = clean_text(text)
    found = _theirs(tenant_id, person, id)
    if found.messages.filter(key=key).exists():
        return found
    lately = Message.objects.filter(account_id=person.account_id, at__gt=now() - HOUR, by_operator=False)
    if lately.count() >= SAID_BY_ONE:
        raise TooMany(_("Many messages were sent within an hour. Please wait a little."), retry_after=600)
    _say(found, person, key, said)
    return put(found, Question.State.OPEN)


@action()
def solve(*, tenant_id: UUID, person: Asker, id: UUID) -> Question:
    """The person says that it is solved. Raises ``NotFound``."""
    return put(_theirs(tenant_id, person, id), Question.State.SOLVED)


@action()
def reopen(*, tenant_id: UUID, person: Asker, id: UUID) -> Question:
    """A solved question waits for the operators again; another one is left as it is. Raises ``NotFound``."""
    found = _theirs(tenant_id, person, id)
    return put(found, Question.State.OPEN) if found.is_solved else found


def put(found: Question, state: str) -> Question:
    """Write the state and the moment; lists are in the order of the latest change."""
    found.state, found.last_at = state, now()
    found.save(update_fields=["state", "last_at"])
    return found


def forget(tenant: Tenant) -> int:
    """Remove everything that a company ever asked; returns how many questions."""
    gone = Question.objects.filter(tenant=tenant).count()
    Message.objects.filter(question__tenant=tenant).delete()
    Question.objects.filter(tenant=tenant).delete()
    return gone
