"""Fills an installation with the companies that the browser tests look at: ``python -m tests.browser.seed``.

In both languages a demo company with everything that a URL can name, a fresh
one for empty states, one that has not paid; one suspended company; accounts for the account host and
the console. Prints what :class:`tests.browser.seeded.Seeded` reads.
"""

from __future__ import annotations

import secrets
from typing import Any

import django
from django.conf import settings
from django.utils import translation

from tests.browser.seed_accounts import add_accounts
from tests.browser.seed_billing import add_billing
from tests.browser.seed_things import add_things
from tests.browser.seeded import LANGUAGES, Seeded, Workspace

NAMES = {
    "fresh": {"en": "New Horizon", "ru": "Новый горизонт"},
    "suspended": {"en": "Closed Doors", "ru": "Закрытые двери"},
    "unpaid": {"en": "Open Bill", "ru": "Открытый счёт"},
}


def seed() -> Seeded:
    """Make the companies; committed."""
    # Slugs are new each time, so that the same installation can be filled again.
    mark = secrets.token_hex(3)
    found = Seeded()
    for language in LANGUAGES:
        with translation.override(language):
            found.workspaces[f"demo-{language}"], found.workspaces[f"copy-{language}"] = _demo(language, mark)
            found.workspaces[f"example-{language}"] = _example(
                found.workspaces[f"demo-{language}"].slug, language
            )
            found.workspaces[f"fresh-{language}"] = _empty("fresh", language, mark)
            found.workspaces[f"suspended-{language}"] = _suspended(language, mark)
            found.workspaces[f"unpaid-{language}"] = _empty("unpaid", language, mark)
    add_accounts(found, mark)
    add_billing(found)
    found.typed = _typed(found)
    return found


def _open(name: str, slug: str, language: str) -> Any:
    from tests.support.tenants import open_company

    return open_company(name, slug, language)


def _demo(language: str, mark: str) -> tuple[Workspace, Workspace]:
    """A company with everything, and a copy of it beside."""
    from crm_core.setup.actions import demo_members, demo_workspace, load_demo
    from tenants import api

    company = _open(demo_workspace(language), f"demo-{language}-{mark}", language)
    found = Workspace(company.tenant.slug)
    with api.inside(company.tenant, cause="page", actor=company.owner_id, language=language):
        owner = company.owner
        owner.name = demo_members(language)[0].name
        owner.save()
        load_demo(by=owner, language=language, accounts={})
        add_things(found, owner)
        found.keys["owner"] = _key(owner)
    copy = _copy(company.tenant, language)
    found.things["settings/backups/"] = str(copy.id)
    with api.inside(copy, cause="page", actor=company.owner_id, language=language):
        beside = Workspace(copy.slug, keys={"owner": _key(company.owner)})
    found.things["settings/address/"] = _domains(company.tenant, language, mark)
    found.things["support/"] = _question(company, language)
    return found, beside


def _example(slug: str, language: str) -> Workspace:
    """The example beside the demo company, told to its end; its administrator is in the middle of a tour."""
    from crm_core.setup.actions.telling import furnish_example, tell_some
    from crm_core.setup.actions.touring import turn
    from crm_core.setup.queries.stories import company_name
    from crm_core.team.models import Member
    from kernel import context
    from tenants import api

    with context.enter(context.Context(cause="command")):
        made = api.open_example(tenant_id=api.by_slug(slug).id, name=company_name("services", language))
    found = Workspace(made.slug)
    with api.inside(made, cause="page", language=language):
        told = furnish_example(line="services")
        while told.filled_at is None:
            told = tell_some()
        boss = Member.objects.get(id=told.made["m0"])
        turn(by=boss, name="lead", step=1)
        found.things = {"companies/": told.made["c0"]}
        found.keys["owner"] = _key(boss)
    return found


def _question(company: Any, language: str) -> str:
    """Questions of the owner to the operators; the id of the one that was answered."""
    from kernel import context
    from kernel.ids import uuid7
    from tenants import api
    from tenants.models import Message, Question

    words = {
        "en": ("The list of companies is empty", "Since this morning I see nobody. What can I do?", "Press “Clear filters” above the list."),
        "ru": ("Список компаний пуст", "С утра никого не вижу. Что делать?", "Нажмите «Сбросить фильтры» над списком."),
    }[language]  # fmt: skip
    with api.inside(company.tenant, cause="page"):
        owner = company.owner
    asker = api.Asker(owner.account_id, owner.id, owner.name, owner.email, owner.role.name, language=language)
    with context.enter(context.Context(cause="command")):
        for subject in (words[1], words[0]):
            found = api.ask_support(
                tenant_id=company.tenant.id,
                person=asker,
                whence=api.Whence(page="companies/", release=company.tenant.release, browser=language),
                key=uuid7(),
                subject=subject,
                text=words[1],
            )
    Message.objects.create(
        question=found,
        key=uuid7(),
        by_operator=True,
        account_id=1,
        author="olga@terem.example",
        text=words[2],
    )
    Question.objects.filter(id=found.id).update(state=Question.State.WAITING)
    return str(found.id)


def _domains(tenant: Any, language: str, mark: str) -> str:
    """Own domains in every state; the id of the first."""
    from kernel import context
    from tenants import api
    from tenants.domains.asking import Found

    home = {"en": f"lights-{mark}.example", "ru": f"свет-{mark}.пример.рф"}[language]
    answers = {
        "crm": Found("found", "found"),
        "work": Found("found", "wrong", pointed_at="shops.hosting.example"),
        "new": None,
        "old": Found("wrong", "silent", seen="terem-verification=0f" + "3a" * 15),
    }
    ids = []
    with context.enter(context.Context(cause="command")):
        for label, answer in answers.items():
            made = api.add_domain(tenant_id=tenant.id, name=f"{label}.{home}", by="")
            ids.append(made.id)
            if label == "old":
                api.note_domain(tenant_id=tenant.id, domain_id=made.id, found=Found("found", "found"))
            if answer is not None:
                api.note_domain(tenant_id=tenant.id, domain_id=made.id, found=answer)
    return str(ids[0])


def _copy(tenant: Any, language: str) -> Any:
    """A backup of the company, restored beside it."""
    from kernel import context
    from tenants.backups import copies, taking

    with context.enter(context.Context(cause="command")):
        snapshot = taking.take(tenant, "nightly")
        reason = {"en": "Import by mistake", "ru": "Ошибочный импорт"}[language]
        return copies.beside(snapshot, by=None, reason=reason)


def _typed(found: Seeded) -> list[str]:
    """Names that people gave: they may be Latin on a Russian page."""
    from crm_core.setup.actions import demo_workspace

    slugs = [workspace.slug for workspace in found.workspaces.values()]
    return [*slugs, demo_workspace("en"), "Nordlys Belysning AS", *(names["en"] for names in NAMES.values())]


def _key(member: Any) -> str:
    from crm_core.team.actions import open_session

    _session, key = open_session(member=member, agent="Chromium", network="127.0.0.1")
    return key


def _empty(kind: str, language: str, mark: str) -> Workspace:
    """A company in which nothing has happened yet, its owner signed in."""
    from tenants import api

    company = _open(NAMES[kind][language], f"{kind}-{language}-{mark}", language)
    found = Workspace(company.tenant.slug)
    with api.inside(company.tenant, cause="page", actor=company.owner_id):
        owner = company.owner
        owner.name = {"en": "Nora Blake", "ru": "Нина Белова"}[language]
        owner.save()
        found.keys["owner"] = _key(owner)
    return found


def _suspended(language: str, mark: str) -> Workspace:
    from tenants import api

    name = NAMES["suspended"][language]
    company = _open(name, f"suspended-{language}-{mark}", language)
    api.suspend(tenant_id=company.tenant.id, reason="unpaid")
    return Workspace(company.tenant.slug)


def main() -> None:
    """Seed the installation of the environment and print where everything is."""
    django.setup()
    # Nobody reads the letters of the seed, and those of a test shall be the only ones.
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    print(seed().to_json())


if __name__ == "__main__":
    main()
