"""A company moves: everything of it goes into one archive here, and comes out of it there, with nothing lost."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from crm_core.exports import actions as exports
from crm_core.exports import queries
from crm_core.exports.models import Export
from crm_core.team import actions as team
from crm_core.team.models import Member
from kernel import context, storage
from kernel.errors import Conflict, TeremError, Unavailable
from kernel.jobs.running import run_now
from kernel.rights import PLATFORM
from onboarding.taking_in import administrators
from tenants import api as tenants


def take_out(tenant: Any, path: Path, *, reason: str, minutes: float) -> Export:
    """Hold the workspace still and write all of it to ``path``, readable by its owner only.

    It stays still, so that nothing is entered here that would be missing there: ``tenants.go_on`` ends
    that. Raises ``Conflict`` for a file that exists, ``Unavailable`` if the archive is not made; the
    workspace is served as before then, which is read-only if it was so already.
    """
    if path.exists():
        raise Conflict(f"{path} exists already.")
    begun = tenants.hold_still(tenant, reason=reason, minutes=minutes)
    try:
        with tenants.inside(tenant):
            found = exports.start(by=PLATFORM)
            if found.job is not None:
                run_now(found.job, context.tenant())
            found = queries.export(found.id)
            if found.state != Export.State.READY:
                job = queries.job_of(found)
                raise Unavailable(f"The archive was not made. {job.error if job else ''}")
            _write(storage.path_of(found.stored), path)
            exports.forget(by=PLATFORM, id=found.id)
        return found
    except BaseException:
        path.unlink(missing_ok=True)
        if begun:
            tenants.go_on(tenant)
        raise


def _write(source: Path, path: Path) -> None:
    with (
        source.open("rb") as read,
        os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target,
    ):
        shutil.copyfileobj(read, target, 1 << 20)
        target.flush()
        os.fsync(target.fileno())


@dataclass(frozen=True, slots=True)
class Invited:
    """Who got a letter, and who did not with the reason (address → sentence)."""

    sent: list[str]
    left: dict[str, str]


def invite_all(tenant: Any) -> Invited:
    """Send an invitation to every active member who has no account on this installation.

    By it each comes in as who they were: history, tasks and records are theirs again.
    """
    sent, left = [], {}
    with tenants.inside(tenant):
        waiting = list(Member.objects.active().filter(account_id=None).select_related("role"))
        heads = [member for member in waiting if member.role.system] or administrators(tenant)
        for member in waiting:
            if not heads:
                left[member.email] = "The workspace has no administrator."
                continue
            try:
                _invite(heads[0], member)
                sent.append(member.email)
            except TeremError as error:
                left[member.email] = str(error)
    return Invited(sent, left)


def _invite(by: Member, member: Member) -> None:
    with context.altered(language=member.language or context.current().language):
        team.invite(
            by=by, email=member.email, name=member.name, role_id=member.role_id, team_id=member.team_id
        )


def returned(slug: str) -> bool:
    """Give a company that comes back its former address again; True if it had been kept from everybody."""
    return tenants.release_address(f"{slug}.{settings.TEREM_DOMAIN}")
