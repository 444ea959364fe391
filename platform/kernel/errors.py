"""The one small family of errors. They are raised, never returned; `ui.answers` words them for people.

A message is a lazy translated sentence with named placeholders (`%(name)s`) and its details beside it,
so that it can be said later, in the language of whoever reads it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _


def _say(message: Any, details: Mapping[str, Any]) -> str:
    text = str(message)
    return text % details if details else text


_lazily = lazy(_say, str)


def worded(message: Any, **details: Any) -> Any:
    """A lazy sentence: the translation and its details are joined only when somebody reads it."""
    return _lazily(message, details) if details else message


class TeremError(Exception):
    """Root of the family. `temporary` tells jobs and pages whether trying again later can help."""

    temporary: bool = False
    default_message: Any = _("Something went wrong.")

    def __init__(self, message: Any = "", **details: Any) -> None:
        self.details = details
        self.message = worded(message or self.default_message, **details)
        super().__init__(message)

    def __str__(self) -> str:
        return str(self.message)


class NotAllowed(TeremError):
    """The person is known, the thing is visible, but the right is missing. Detail `right` names it."""

    default_message = _("You may not do this.")


class NotFound(TeremError):
    """It does not exist, or must look as if it did not: another tenant's and invisible records are the same."""

    default_message = _("This was not found.")


class Invalid(TeremError):
    """Input that cannot be accepted. `fields` maps a field name to its sentences; `""` is the whole input.

    `Invalid(amount=_("Enter an amount."))` lays a sentence at a field, `Invalid(_("… %(limit)s"), limit=…)` says
    one with details (about `field`, if given), `Invalid(fields={...})` carries many.
    """

    default_message = _("Please check what was entered.")

    def __init__(
        self,
        message: Any = "",
        *,
        field: str = "",
        fields: Mapping[str, Iterable[Any]] | None = None,
        **details: Any,
    ) -> None:
        self.fields: dict[str, list[Any]] = {name: list(found) for name, found in (fields or {}).items()}
        if not message:
            # Without a sentence of its own every keyword is a field with one.
            self.fields |= {name: [sentence] for name, sentence in details.items()}
            details = {}
        super().__init__(message, **details)
        if message:
            self.fields.setdefault(field, []).insert(0, self.message)

    def at(self, field: str) -> Invalid:
        """The same complaint, laid at a field: for parsers that do not know what the field is called."""
        moved: dict[str, list[Any]] = {}
        for name, found in self.fields.items():
            moved.setdefault(name or field, []).extend(found)
        again = Invalid(fields=moved)
        again.message, again.details = self.message, self.details
        return again

    def __str__(self) -> str:
        said = [str(sentence) for found in self.fields.values() for sentence in found]
        return " ".join(said) or str(self.message)


class Conflict(TeremError):
    """Somebody else was faster. `theirs` is what stands now, `yours` what was sent; both are shown."""

    default_message = _("This has been changed in the meantime.")

    def __init__(self, message: Any = "", *, theirs: Any = None, yours: Any = None, **details: Any) -> None:
        self.theirs, self.yours = theirs, yours
        super().__init__(message, **details)


class OverLimit(TeremError):
    """The plan's limit is reached. `limit` is its key, `used` and `allowed` are counts (or bytes)."""

    default_message = _("The limit of your plan is reached.")

    def __init__(
        self, message: Any = "", *, limit: str = "", used: int = 0, allowed: int = 0, **details: Any
    ) -> None:
        self.limit, self.used, self.allowed = limit, used, allowed
        super().__init__(message, **details)


class TooMany(TeremError):
    """Too many tries in a short time. `retry_after` is in seconds."""

    temporary = True
    default_message = _("Too many tries. Please wait a little.")

    def __init__(self, message: Any = "", *, retry_after: int = 60, **details: Any) -> None:
        self.retry_after = retry_after
        super().__init__(message, **details)


class Unavailable(TeremError):
    """Something we depend on does not answer now. Trying again later helps; `retry_after` is in seconds."""

    temporary = True
    default_message = _("This is not available at the moment. Please try again.")

    def __init__(self, message: Any = "", *, retry_after: int = 30, **details: Any) -> None:
        self.retry_after = retry_after
        super().__init__(message, **details)


class NotSaved(Unavailable):
    """Nothing can be written now: a disk is full, or the database takes no writes. Reading goes on.

    ``retry_after`` is in seconds: somebody has to make room first.
    """

    default_message = _(
        "Nothing can be saved just now. What is here can be read as before. Please send it again in a few minutes."
    )

    def __init__(self, message: Any = "", *, retry_after: int = 60, **details: Any) -> None:
        super().__init__(message, retry_after=retry_after, **details)


class Unpaid(TeremError):
    """The workspace's plan is not paid: it can be read and exported, and changed again once it is."""

    default_message = _(
        "The plan is not paid, so nothing can be changed now. Nothing is deleted: lists can be read and exported."
    )


class NoContext(TeremError):
    """A programming error: tenant data was touched without saying whose it is. Never caught, always loud."""

    default_message = _("No workspace is chosen.")
