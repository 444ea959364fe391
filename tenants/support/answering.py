"""What operators do: answer by mail and in the product, say that a question is solved, open it again."""

from __future__ import annotations

import logging
from typing import Any
from uuid import UUID

from django.conf import settings

from kernel import mail
from kernel.actions import action, after_commit
from kernel.errors import NotFound
from kernel.when import now
from tenants.console import acts
from tenants.domains.queries import primary_host
from tenants.models import Tenant
from tenants.support.asking import clean_text, locked, put
from tenants.support.models import Message, Question

log = logging.getLogger("terem.support")


@action()
def answer(*, by: Any, id: UUID, key: UUID, text: str, solved: bool = False) -> Question:
    """Answer a question; the letter leaves after commit. Then it waits for the person, or is solved.

    The same form sent twice answers once. Raises ``NotFound``, ``Invalid`` (text).
    """
    said = clean_text(text)
    found = locked(id)
    if found.messages.filter(key=key).exists():
        return found
    message = Message.objects.create(
        question=found, key=key, by_operator=True, account_id=by.pk, author=acts.label_of(by), text=said
    )
    put(found, Question.State.SOLVED if solved else Question.State.WAITING)
    acts.note(found.tenant, by, "question_answered", "", number=found.number)
    after_commit(post, message.id, alias="default")
    return found


@action()
def settle(*, by: Any, id: UUID, solved: bool) -> Question:
    """Say without a word to the person that a question is solved, or open it again. Raises ``NotFound``."""
    found = locked(id)
    if found.is_solved != solved:
        put(found, Question.State.SOLVED if solved else Question.State.OPEN)
        acts.note(
            found.tenant, by, "question_solved" if solved else "question_reopened", "", number=found.number
        )
    return found


def address(found: Question) -> str:
    """Where the person reads and answers: the question's page in the workspace. Raises ``NotFound``."""
    host = primary_host(found.tenant_id)
    return f"{settings.TEREM_SCHEME}://{host}{settings.TEREM_PORT_SUFFIX}/support/{found.id}/"


def post(message_id: UUID) -> bool:
    """Send an answer's letter; the console shows one that has not left and sends it again. True if it left."""
    message = Message.objects.select_related("question__tenant").filter(id=message_id).first()
    if message is None or message.question.tenant.status == Tenant.Status.CLOSED:
        return False
    found = message.question
    values = {
        "workspace": found.tenant.name,
        "name": found.author,
        "number": found.number,
        "subject": found.subject,
        "text": message.text,
        "address": address(found),
        "solved": found.is_solved,
    }
    try:
        mail.send(
            to=[found.email],
            template="tenants/mail/answer",
            language=found.language,
            values=values,
            counted=False,
        )
    except OSError:
        log.exception("the letter with an answer was not sent")
        return False
    Message.objects.filter(id=message.id).update(mailed_at=now())
    return True


@action()
def post_again(*, by: Any, id: UUID, message_id: UUID) -> None:
    """Send the letter of an answer that has not left, after commit. Raises ``NotFound``."""
    found = locked(id)
    message = found.messages.filter(id=message_id, by_operator=True, mailed_at=None).first()
    if message is None:
        raise NotFound
    acts.note(found.tenant, by, "answer_mailed_again", "", number=found.number)
    after_commit(post, message.id, alias="default")
