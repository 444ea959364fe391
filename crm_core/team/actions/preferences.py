"""What a member chooses for themselves."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from crm_core.events.actions import record
from crm_core.team.actions.rights import about, clean_name
from crm_core.team.models import Member
from kernel import context
from kernel.actions import action
from kernel.errors import Invalid, NotFound
from kernel.rights import EVERYBODY, Actor
from kernel.when import is_zone
from tenants import api as tenants

# Empty means: as the system says, or the plain density.
THEMES = ("", "light", "dark")
DENSITIES = ("", "compact", "cosy")


@action(EVERYBODY)
def change_profile(*, by: Actor, name: str, language: str, zone: str) -> Member:
    """Change one's own name, language and time zone."""
    if language not in dict(settings.LANGUAGES):
        raise Invalid(_("Choose one of the languages."), field="language")
    if not is_zone(zone):
        raise Invalid(_("Choose a time zone."), field="zone")
    return _change(by, name=clean_name(name, 120), language=language, zone=zone)


@action(EVERYBODY)
def change_look(*, by: Actor, theme: str, density: str, hotkeys: bool) -> Member:
    """Change how the product looks to oneself: theme, density, single-letter keys."""
    if theme not in THEMES:
        raise Invalid(_("Choose one of the themes."), field="theme")
    if density not in DENSITIES:
        raise Invalid(_("Choose one of the densities."), field="density")
    return _change(by, theme=theme, density=density, hotkeys=hotkeys)


@action(EVERYBODY)
def dismiss(*, by: Actor, announcement_id: UUID) -> None:
    """Put one of the platform's announcements away for oneself. Raises ``NotFound`` unless it is shown now.

    What has ended is forgotten on the way, so that the list stays short.
    """
    shown = {notice.id for notice in tenants.notices_for(context.tenant())}
    member = Member.objects.select_for_update().filter(id=by.id).first()
    if member is None or str(announcement_id) not in shown:
        raise NotFound
    member.dismissed = sorted({*member.dismissed, str(announcement_id)} & shown)
    member.save(update_fields=["dismissed"])


@action(EVERYBODY)
def read_news(*, by: Actor, key: str) -> None:
    """Remember the newest entry of “what is new” that one has read; no fact that others would care about."""
    Member.objects.filter(id=by.id).update(news_seen=key[:20])


@action(EVERYBODY)
def follow_account(*, by: Actor, email: str) -> Member | None:
    """The account behind the member has a new mail address: the workspace shows it from now on.

    Nothing happens where a colleague already stands under that address; it would not tell the two apart.
    """
    if Member.objects.active().filter(email__iexact=email).exclude(id=by.id).exists():
        return None
    return _change(by, email=email)


def _change(by: Actor, **wanted: Any) -> Member:
    member = (
        Member.objects.select_related("role", "team").select_for_update(of=("self",)).filter(id=by.id).first()
    )
    if member is None:
        raise NotFound
    changes = {
        field: [getattr(member, field), value]
        for field, value in wanted.items()
        if getattr(member, field) != value
    }
    if changes:
        for field, value in wanted.items():
            setattr(member, field, value)
        member.save(update_fields=list(wanted))
        record("team.profile_changed", by=by, record=about(member), changes=changes)
    return member
