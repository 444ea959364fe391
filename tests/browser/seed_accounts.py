"""Accounts for the account host and the console: sessions, a second factor, a workspace half opened, an invitation."""

from __future__ import annotations

import json
import re
import time
from typing import Any

from tests.browser.seeded import LANGUAGES, Seeded

PASSWORD = "correct horse battery"
# Sessions of the seed count as fresh for the whole run: some pages ask for the password again after minutes.
FRESH_SECONDS = 6 * 3600


def add_accounts(found: Seeded, mark: str) -> None:
    """Note session keys and ids of what stands on the account host."""
    from django.conf import settings

    found.mail = str(settings.EMAIL_FILE_PATH)
    for language in LANGUAGES:
        workspace = found.workspaces[f"demo-{language}"]
        owner = _account(f"owner@{workspace.slug}.example")
        found.accounts[f"owner-{language}"] = _session(owner)
        suspended = found.workspaces[f"suspended-{language}"]
        found.accounts[f"closed-{language}"] = _session(_account(f"owner@{suspended.slug}.example"))
        found.things[language] = _things(found, language, owner, mark)
    for name, make in (("factor", _with_factor), ("operator", _operator)):
        secret = _secret()
        account = make(f"{name}-{mark}@terem.example", secret)
        if name == "factor":
            _add_passkey(found, account)
        for language in LANGUAGES:
            found.accounts[f"{name}-{language}"] = _session(account, factor=True)
            found.things[language] |= {f"{name}-mail": account.email, f"{name}-secret": secret}


def _account(email: str) -> Any:
    from django.contrib.auth import get_user_model

    return get_user_model().objects.get(email=email)


def _session(account: Any, *, factor: bool = False) -> str:
    """A session of the account host, as after signing in just now."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    at = time.time() + FRESH_SECONDS
    methods: list[dict[str, Any]] = [
        {"method": "password", "at": at, "email": account.email, "reauthenticated": True}
    ]
    if factor:
        methods.append({"method": "mfa", "type": "totp", "at": at, "reauthenticated": True})
    session = SessionStore()
    session[SESSION_KEY] = str(account.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = account.get_session_auth_hash()
    session["account_authentication_methods"] = methods
    session["account_authentication_methods_user"] = str(account.pk)
    session.save()
    return str(session.session_key)


def _secret() -> str:
    """What a device keeps for making its codes."""
    from allauth.mfa.totp.internal.auth import generate_totp_secret

    return str(generate_totp_secret())


def _with_factor(email: str, secret: str = "") -> Any:
    """An account with a device and recovery codes."""
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
    from allauth.mfa.totp.internal.auth import TOTP

    from tests.support.tenants import make_account

    account = make_account(email, PASSWORD)
    TOTP.activate(account, secret or _secret())
    RecoveryCodes.activate(account)
    return account


def _add_passkey(found: Seeded, account: Any) -> None:
    """A passkey beside the app; its number for the URLs."""
    from allauth.mfa.models import Authenticator

    from tests.support.passkey import Device

    device = Device()
    asked = {"publicKey": {"challenge": "c2VlZA", "user": {"id": ""}}}
    credential = json.loads(device.make({"creation_options": asked}))
    data = {"name": "iPhone", "credential": credential}
    key = Authenticator.objects.create(user=account, type=Authenticator.Type.WEBAUTHN, data=data)
    for language in LANGUAGES:
        found.things[language]["account/passkeys/"] = str(key.pk)


def _operator(email: str, secret: str = "") -> Any:
    from identity import actions

    account = _with_factor(email, secret)
    actions.make_operator(account=account)
    return account


def _things(found: Seeded, language: str, owner: Any, mark: str) -> dict[str, str]:
    """Ids for the URLs of the account host and the console."""
    from onboarding.models import Signup
    from tenants import api

    workspace = found.workspaces[f"demo-{language}"]
    company = {"en": "Second Light", "ru": "Второй свет"}[language]
    elsewhere = Signup.objects.create(
        email=owner.email, company=company, slug=f"second-{language}-{mark}", language=language
    )
    own = Signup.objects.create(
        email=owner.email, account_id=owner.pk, company=company, slug=f"third-{language}-{mark}"
    )
    tenant = api.by_slug(workspace.slug)
    suspended = api.by_slug(found.workspaces[f"suspended-{language}"].slug)
    return {
        "signup/": str(elsewhere.id),
        "signup/<uuid:signup_id>/address/": str(own.id),
        "invitations/#slug": workspace.slug,
        "invitations/#key": workspace.things["join/"],
        "tenants/": str(tenant.id),
        "tenants/<uuid:tenant_id>/resumption/": str(suspended.id),
        "leaving/": _leaving(suspended),
        **_watched(suspended, tenant, language),
        "support/": workspace.things["support/"],
        "incidents/": _incident([suspended, api.by_slug(found.workspaces[f"unpaid-{language}"].slug)]),
        "mailbox/": _put_letter(owner.email),
        "upgrades/": _upgrade(tenant),
        "factor": f"factor-{mark}@terem.example",
        "forgetful": f"owner@{found.workspaces[f'fresh-{language}'].slug}.example",
    }


def _leaving(tenant: Any) -> str:
    """What the link of a letter about closing carries."""
    from datetime import timedelta

    from kernel.when import now
    from tenants import leaving
    from tenants.backups.models import Departure

    found = Departure.objects.create(tenant=tenant, asked_by="owner", erase_at=now() + timedelta(days=30))
    return leaving.token_of(found)


def _watched(suspended: Any, tenant: Any, language: str) -> dict[str, str]:
    """What the console watches: parked work, a fault, an announcement that comes later, maintenance."""
    from datetime import timedelta

    from kernel import context, faults
    from kernel.jobs import relay
    from kernel.jobs.models import Job
    from kernel.when import now
    from tenants import actions, api
    from tenants.console import announcing, maintenance
    from tenants.models import Fault

    with api.inside(suspended):
        job = Job(name="imports.run", title="")
        job.save()
        relay.insert(job.id, suspended.schema_name, "tenant", now(), job.name)
    place = f"crm_core/sales/queries.py:{len(language)} forecast"
    with api.inside(tenant):
        trace = ("django/core/handlers/base.py:197 _get_response", place)
        faults.note_words(
            "ZeroDivisionError", kind="request", place=place, task="GET sales:forecast", trace=trace
        )
    meters = {"members": 12, "records": 48_210, "storage": 3 * 2**28, "database": 5 * 2**26}
    actions.report_meters(tenant_id=tenant.id, values=meters | {"active_at": int(now().timestamp())})
    with context.enter(context.Context(cause="command")):
        said = announcing.publish(
            by=None,
            level="info",
            text_en="New reports come on Monday.",
            text_ru="В понедельник появятся новые отчёты.",
            starts_at=now() + timedelta(days=2),
            ends_at=now() + timedelta(days=9),
        )
        work = maintenance.begin(
            mode="readonly",
            reason={"en": "A new disk.", "ru": "Новый диск."}[language],
            until=now() + timedelta(days=1),
            tenant_id=suspended.id,
        )
    return {
        "jobs/": str(job.id),
        "faults/": str(Fault.objects.get(place=place).id),
        "announcements/": str(said.id),
        "maintenance/": str(work.id),
    }


def _incident(companies: list[Any]) -> str:
    """An incident of a few companies, works to come, and checks of forty days: what the status page shows."""
    from datetime import timedelta

    from kernel import context
    from kernel.when import now
    from tenants.models import CheckDay
    from tenants.status import checks, incidents

    texts = {
        "title_en": "Pages open slowly",
        "title_ru": "Страницы открываются медленно",
        "text_en": "We are looking for the cause.",
        "text_ru": "Ищем причину.",
    }
    later = {
        "title_en": "A new disk",
        "title_ru": "Новый диск",
        "text_en": "Reading goes on.",
        "text_ru": "Читать можно.",
    }
    with context.enter(context.Context(cause="command")):
        made = incidents.open_trouble(
            by=None, effect="limited", parts=["workspaces"], companies=[one.id for one in companies], **texts
        )
        for stage, english, russian in (
            ("found", "A disk is full.", "Диск полон."),
            ("watching", "Mended.", "Исправлено."),
        ):
            incidents.tell(by=None, id=made.id, stage=stage, text_en=english, text_ru=russian)
        starts_at = now() + timedelta(days=2)
        incidents.announce_works(
            by=None,
            parts=["workspaces", "work"],
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=1),
            **later,
        )
        for part in ("workspaces", "work", "mail", "payments", "backups"):
            for ago in range(1, 41):
                day = now().date() - timedelta(days=ago)
                down = {7: 90, 23: 3}.get(ago, 0) if part == "mail" else 0
                CheckDay.objects.update_or_create(
                    part=part, day=day, defaults={"ok": 1440 - down, "down": down}
                )
        checks.record(
            findings=[checks.Finding(part, "ok") for part in ("workspaces", "work", "payments", "backups")]
        )
        checks.record(findings=[checks.Finding("mail", "limited", "slow")])
    return str(made.id)


def _upgrade(tenant: Any) -> str:
    """An upgrade that is over, with a company that stayed behind; its number."""
    from tenants.upgrades.models import UpgradeRun, UpgradeStep
    from tenants.upgrades.runs import begin

    run = begin()
    UpgradeStep.objects.create(
        run=run,
        tenant=tenant,
        from_release=run.to_release,
        to_release=run.to_release,
        state=UpgradeStep.State.FAILED,
        statement='ALTER TABLE "sales_deal" VALIDATE CONSTRAINT "sales_deal_amount"',
        error='check constraint "sales_deal_amount" of relation "sales_deal" is violated by some row',
        attempts=2,
    )
    UpgradeRun.objects.filter(id=run.id).update(
        state=UpgradeRun.State.STOPPED,
        reason="canaries",
        reason_values={"size": 3, "failed": 2},
        failed=1,
        total=3,
    )
    return str(run.id)


def _put_letter(to: str) -> str:
    """Leave the invitation's letter in the mailbox that people can look into; its name there."""
    from django.core import mail

    from identity import mailbox

    letter = mail.outbox[-1]
    letter.connection = mail.get_connection("identity.mailbox.FolderBackend")
    letter.send()
    return str(mailbox.letters()[0].name)


def key_in_letter(to: str) -> str:
    """The key of the invitation that was sent last to an address, as its letter says it."""
    from django.core import mail

    outbox: list[Any] = getattr(mail, "outbox", [])
    body = next(str(letter.body) for letter in reversed(outbox) if to in letter.to)
    found = re.search(r"/join/([\w-]+)/", body)
    assert found, body
    return found[1]
