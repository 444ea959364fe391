"""Which statements a tenant's cursor sends at all: reading, writing rows, savepoints, cursors.

This is the first fence only. PostgreSQL's rights are the second; what passes
here and is still not allowed is refused there.
"""

from __future__ import annotations

import re

from django.db.utils import NotSupportedError

ALLOWED = frozenset(
    [
        "SELECT",
        "WITH",
        "VALUES",
        "INSERT",
        "UPDATE",
        "DELETE",
        "MERGE",
        "SAVEPOINT",
        "RELEASE",
        "ROLLBACK",
        "DECLARE",
        "FETCH",
        "MOVE",
        "CLOSE",
    ]
)

_LEAD = re.compile(r"\s+|--[^\n]*(?:\n|$)|\(")
_WORD = re.compile(r"[A-Za-z]+")
_COPY = re.compile(r"\b(?:FROM\s+STDIN|TO\s+STDOUT)\b", re.IGNORECASE)
_SAVEPOINT = re.compile(r"ROLLBACK\s+TO\s", re.IGNORECASE)


class Refused(NotSupportedError):
    """The statement is of a kind that no tenant's cursor sends."""


def _skip_comment(text: str, at: int) -> int:
    depth = 0
    while at < len(text):
        pair = text[at : at + 2]
        if pair == "/*":
            depth += 1
            at += 2
        elif pair == "*/":
            depth -= 1
            at += 2
            if depth == 0:
                return at
        else:
            at += 1
    return at


def first_word(text: str) -> tuple[str, int]:
    """The statement's leading keyword in upper case and its place, past blanks, comments and brackets."""
    at = 0
    while at < len(text):
        if text.startswith("/*", at):
            at = _skip_comment(text, at)
            continue
        lead = _LEAD.match(text, at)
        if lead is None:
            break
        at = lead.end()
    word = _WORD.match(text, at)
    return (word.group().upper() if word else "", at)


def check(text: str) -> None:
    """Raise ``Refused`` unless the statement is one that a tenant may send."""
    word, at = first_word(text)
    if word == "COPY":
        if _COPY.search(text, at):
            return
        raise Refused("COPY goes through STDIN or STDOUT only.")
    if word == "ROLLBACK" and not _SAVEPOINT.match(text, at):
        raise Refused("Transactions are opened and ended by actions, not by statements.")
    if word not in ALLOWED:
        raise Refused(f"A tenant's cursor does not send {word or 'this kind of statement'}.")
