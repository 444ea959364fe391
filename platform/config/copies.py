"""The sentence over every page of a copy: what one looks at, since when, until when, and the way back."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kernel.when import format_when
from tenants import api as tenants

RECOVER = "setup.recover"


def banner(tenant: Any, member: Any) -> tuple[str, str]:
    """Sentence and address of the live workspace (for who may put a copy in its place); both empty in a live one."""
    found = tenants.beside(tenant.id) if tenant.quiet else None
    if found is None:
        return "", ""
    words = (
        _(
            "This is “%(name)s” as it was until %(moment)s, when another state was put in its place. "
            "Letters, payments and schedules are off here; it is kept until %(day)s."
        )
        if found.former
        else _(
            "This is a copy of “%(name)s” as it was on %(moment)s. "
            "Letters, payments and schedules are off here; it is kept until %(day)s."
        )
    )
    told = {
        "name": found.name,
        "moment": _when(found.at, member, "moment"),
        "day": _when(found.until, member),
    }
    return words % told, _live(found.host) if member.may(RECOVER) else ""


def _live(host: str) -> str:
    return f"{settings.TEREM_SCHEME}://{host}{settings.TEREM_PORT_SUFFIX}/" if host else ""


def _when(moment: Any, member: Any, style: Any = "date") -> str:
    return format_when(moment, language=get_language() or "en", zone=member.zone, style=style)
