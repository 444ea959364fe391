"""The mailbox of a machine without a mail server. Answers 404 wherever letters really go out."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from identity import mailbox
from kernel.errors import NotFound
from kernel.web import public
from ui import answers


@public()
def letters(request: HttpRequest) -> HttpResponse:
    """The newest letters."""
    if not mailbox.is_open():
        raise NotFound
    return answers.page(request, "identity/letters.html", {"letters": mailbox.letters()})


@public()
def letter(request: HttpRequest, name: str) -> HttpResponse:
    """One letter, whole."""
    if not mailbox.is_open():
        raise NotFound
    return answers.page(request, "identity/letter.html", {"letter": mailbox.letter(name)})
