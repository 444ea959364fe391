"""Invitations: a letter with a key that is good for seven days and one use."""

from __future__ import annotations

import logging
import secrets
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from crm_core.events.actions import record
from crm_core.team import queries
from crm_core.team.actions.members import METER, add_member
from crm_core.team.actions.rights import MANAGE, about, hold_members, role_to_give
from crm_core.team.models import Invitation, Member, Team
from kernel import context, mail
from kernel.actions import action, after_commit
from kernel.emails import read_email
from kernel.errors import Invalid, NotFound, TooMany
from kernel.flags import demand_room
from kernel.rights import Actor
from kernel.text import clean
from kernel.when import now

log = logging.getLogger("terem.team")

# A letter is sent again at most once a minute: nobody's mailbox is to be filled through us.
PAUSE = timedelta(minutes=1)


def join_address(key: str) -> str:
    """Where the letter leads: a page of the workspace, answered by the onboarding room."""
    host = context.tenant().host
    return f"{settings.TEREM_SCHEME}://{host}{settings.TEREM_PORT_SUFFIX}/join/{key}/"


@action(MANAGE)
def invite(
    *, by: Actor, email: str, role_id: UUID, name: str = "", team_id: UUID | None = None
) -> Invitation:
    """Invite somebody; the letter goes out after commit. An open invitation to the address is renewed.

    Raises ``Invalid`` for a bad address or a member's, ``OverLimit`` if the seats taken and those of
    open invitations would pass the lease. Who only reads takes none.
    """
    hold_members()
    address = free_address(email)
    role = role_to_give(by, role_id)
    if team_id is not None and not Team.objects.filter(id=team_id).exists():
        raise NotFound
    found = queries.open_invitations().filter(email__iexact=address).first()
    if role.takes_seat and (found is None or found.partner_until is not None):
        demand_room(METER, queries.seats() + queries.pending_seats())
    found = found or Invitation(email=address, invited_by_id=by.id)
    found.name, found.role, found.team_id = clean(name)[:120], role, team_id
    found.partner_until, found.partner_extra = None, []
    send(by, found)
    record("team.invited", by=by, record=about(found), role=role.name)
    return found


def free_address(email: str) -> str:
    """The address of somebody to invite. Raises ``Invalid`` (email) for a bad one or a member's."""
    try:
        address: str = read_email(email)
    except Invalid as error:
        raise error.at("email") from error
    # Somebody who came in by an archive has no account yet, and gets it by the invitation.
    if Member.objects.active().filter(email__iexact=address).exclude(account_id=None).exists():
        raise Invalid(_("A member with this e-mail address is already here."), field="email")
    return address


def send(by: Actor, found: Invitation) -> None:
    """Give the invitation a new key and send its letter after commit."""
    key = secrets.token_urlsafe(32)
    found.digest = queries.digest(key)
    found.sent_at, found.expires_at = now(), now() + Invitation.LIFE
    found.save()
    tenant = context.tenant()
    values = {
        "workspace": tenant.name,
        "inviter": getattr(by, "name", ""),
        "name": found.name,
        "address": join_address(key),
        "days": Invitation.LIFE.days,
        "until": found.partner_until,
    }
    language = context.current().language
    after_commit(_post, found.id, found.email, language, values)


def _post(invitation_id: UUID, to: str, language: str, values: dict[str, object]) -> None:
    try:
        mail.send(to=[to], template="team/mail/invitation", language=language, values=values)
    except OSError:
        # The page then says that the letter has not left, and offers to send it again.
        log.exception("the invitation's letter was not sent")
        Invitation.objects.filter(id=invitation_id).update(sent_at=None)


def _open(by: Actor, id: UUID) -> Invitation:
    found = (
        Invitation.objects.open().select_related("role").select_for_update(of=("self",)).filter(id=id).first()
    )
    if found is None:
        raise NotFound
    role_to_give(by, found.role_id)
    return found


@action(MANAGE)
def resend(*, by: Actor, id: UUID) -> Invitation:
    """Send a new letter with a new key; the former key is void. Raises ``TooMany`` within a minute."""
    found = _open(by, id)
    if found.sent_at is not None and now() - found.sent_at < PAUSE:
        raise TooMany(_("The letter has just been sent. Please wait a minute."), retry_after=60)
    send(by, found)
    record("team.invited_again", by=by, record=about(found))
    return found


@action(MANAGE)
def revoke(*, by: Actor, id: UUID) -> Invitation:
    """Take an invitation back; its letter opens nothing any more."""
    found = _open(by, id)
    found.revoked_at = now()
    found.save(update_fields=["revoked_at"])
    record("team.invitation_revoked", by=by, record=about(found))
    return found


@action()
def accept(
    *, key: str, account_id: int, email: str, name: str, language: str = "en", zone: str = "UTC"
) -> Member:
    """The invited person joins with the account just signed in. Using it twice gives the same member.

    Raises ``NotFound`` for an untrue, old or revoked key, ``Invalid`` if the account's address is
    another than the invited one, ``OverLimit`` beyond the lease.
    """
    found = (
        Invitation.objects.select_related("role", "invited_by")
        .select_for_update(of=("self",))
        .filter(digest=queries.digest(key), revoked_at=None)
        .first()
    )
    if found is None:
        raise NotFound
    if read_email(email) != found.email:
        raise Invalid(
            _("This invitation was sent to %(email)s. Please sign in with that address."), email=found.email
        )
    if found.used_at is not None:
        member = queries.by_account(account_id)
        if member is None or not member.active:
            raise NotFound
        return member
    if found.expires_at <= now() or (found.partner_until is not None and found.partner_until <= now()):
        raise NotFound
    found.used_at = now()
    found.save(update_fields=["used_at"])
    return add_member(
        by=found.invited_by,
        account_id=account_id,
        email=found.email,
        name=name or found.name or found.email.partition("@")[0],
        role_id=found.role_id,
        team_id=found.team_id,
        language=language,
        zone=zone,
        partner_until=found.partner_until,
        partner_extra=found.partner_extra,
    )
