"""Two companies with everything that a URL can name, all of it marked, for the crawl over every URL."""

from __future__ import annotations

import io
import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from kernel import context
from kernel.when import now
from tenants import api
from tests.support.tenants import Company, open_company


@dataclass
class World:
    """A company whose every text holds ``marker``; ``things`` maps a URL's first words to an id there."""

    company: Company
    marker: str
    domain: str = ""
    things: dict[str, Any] = field(default_factory=dict)

    def thing(self, route: str, parameter: str) -> Any:
        """The value for a parameter of a route. The longest prefix that is known decides."""
        for prefix in sorted(self.things, key=len, reverse=True):
            name, _, wanted = prefix.partition("#")
            if route.startswith(name) and (not wanted or wanted == parameter):
                return self.things[prefix]
        raise LookupError(
            f"No {parameter} is known for {route}: add one to tests/isolation/world.py (build_{{app}})."
        )


def build(name: str, slug: str) -> World:
    """Open a company and fill it through the actions that people use; committed."""
    marker = f"MARK{secrets.token_hex(6).upper()}"
    world = World(open_company(f"{name} {marker}", f"{slug}-{marker[4:10].lower()}"), marker)
    with api.inside(world.company.tenant, cause="page", actor=world.company.owner_id):
        for build_part in (
            _team,
            _clients,
            _sales,
            _activities,
            _records,
            _lists,
            _imports,
            _exports,
            _access,
            _growth,
        ):
            build_part(world, world.company.owner)
    _platform(world)
    _domains(world)
    _support(world)
    _recovery(world)
    return world


def _support(world: World) -> None:
    """A question of the owner to the operators, with an answer."""
    from kernel.ids import uuid7
    from tenants.models import Message

    with api.inside(world.company.tenant, cause="page"):
        owner = world.company.owner
    asker = api.Asker(owner.account_id, owner.id, owner.name, owner.email, owner.role.name)
    with context.enter(context.Context(cause="command")):
        found = api.ask_support(
            tenant_id=world.company.tenant.id,
            person=asker,
            whence=api.Whence(page="companies/"),
            key=uuid7(),
            subject=f"Question {world.marker}",
            text=f"Words {world.marker}",
        )
    Message.objects.create(
        question=found,
        key=uuid7(),
        by_operator=True,
        account_id=1,
        author="o@x.example",
        text=f"Answer {world.marker}",
    )
    world.things["support/"] = found.id


def _domains(world: World) -> None:
    """A domain of the company's own, proved and leading here, and its main address."""
    from tenants.domains.asking import Found

    tenant_id = world.company.tenant.id
    with context.enter(context.Context(cause="command")):
        name = f"crm.{world.marker}.example"
        made = api.add_domain(tenant_id=tenant_id, name=name, by=f"owner@{world.marker}.example")
        api.note_domain(tenant_id=tenant_id, domain_id=made.id, found=Found("found", "found"))
        api.make_primary_domain(tenant_id=tenant_id, domain_id=made.id)
        # The page shows when it was asked; the button may be pressed again.
        type(made).objects.filter(id=made.id).update(checked_at=now() - timedelta(minutes=1))
    world.domain = made.host
    world.things["settings/address/"] = made.id


def _platform(world: World) -> None:
    """What operators say to this company alone."""
    from tenants.console.announcing import publish

    with context.enter(context.Context(cause="command")):
        said = publish(
            by=None,
            level="info",
            text_en=f"Announcement {world.marker}",
            text_ru=f"Объявление {world.marker}",
            ends_at=now() + timedelta(days=1),
            tenants=[world.company.tenant.id],
        )
    world.things["announcements/"] = said.id


def _team(world: World, by: Any) -> None:
    from crm_core.team import actions
    from crm_core.team.models import Member, Session

    mark = world.marker
    role = actions.create_role(by=by, name=f"Role {mark}", rights=["clients.view"], visibility="own")
    colleague = Member(name=f"Colleague {mark}", email=f"c@{mark}.example".lower(), role=role)
    colleague.save()
    team = actions.create_team(by=by, name=f"Team {mark}", member_ids=[colleague.id])
    invitation = actions.invite(by=by, email=f"new@{mark}.example".lower(), role_id=role.id)
    # Letters go out once a minute; this one went yesterday.
    type(invitation).objects.filter(id=invitation.id).update(sent_at=now() - timedelta(days=1))
    partner = Member(name=f"Partner {mark}", email=f"p@{mark}.example".lower(), role=role)
    partner.partner_until = now() + timedelta(days=20)
    partner.save()
    session, _key = actions.open_session(member=by, agent=mark, network="127.0.0.1")
    assert Session.objects.filter(id=session.id).exists()
    world.things |= {
        "settings/members/": colleague.id,
        "settings/members/<uuid:id>/partner/": partner.id,
        "settings/roles/": role.id,
        "settings/teams/": team.id,
        "settings/invitations/": invitation.id,
        "settings/sessions/": session.id,
    }


def _clients(world: World, by: Any) -> None:
    from crm_core.clients import actions
    from crm_core.clients.models import Heading, HeadingValue

    mark = world.marker
    company = actions.create_company(by=by, values={"name": f"Company {mark}"})
    person = actions.create_person(
        by=by, values={"first_name": "Person", "last_name": mark}, company_id=company.card_id
    )
    second = actions.create_company(by=by, values={"name": f"Second {mark}"})
    heading = actions.create_heading(by=by, kind="company", name=f"Heading {mark}", values=[f"Value {mark}"])
    value = HeadingValue.objects.filter(heading=heading).first()
    assert isinstance(heading, Heading)
    assert value is not None
    employment = person.employments.first()
    world.things |= {
        "companies/": company.card_id,
        "people/": person.card_id,
        "records/": company.card_id,
        "timeline/": company.card_id,
        "clients/#kind": "company",
        "companies/second": second.card_id,
        "settings/headings/": heading.id,
        "settings/values/": value.id,
        "employments/": getattr(employment, "id", None),
        "companies/#name": "description",
        "people/#name": "description",
        "companies/#field": "description",
        "people/#field": "description",
    }


def _sales(world: World, by: Any) -> None:
    from crm_core.sales import actions
    from crm_core.sales.models import Reason, Stage

    mark = world.marker
    pipeline = actions.add_pipeline(by=by, name=f"Pipeline {mark}")
    deal = actions.open_deal(by=by, name=f"Deal {mark}", client_id=world.things["companies/"])
    stage = Stage.objects.filter(pipeline=pipeline, kind="open").first()
    reason = Reason.objects.create(kind="lost", name=f"Reason {mark}")
    assert stage is not None
    world.things |= {
        "deals/": deal.card_id,
        "deals/#name": "description",
        "settings/pipelines/": pipeline.id,
        "settings/stages/": stage.id,
        "settings/reason/": reason.id,
        "settings/reasons/#kind": "lost",
    }


def _activities(world: World, by: Any) -> None:
    from crm_core.activities import actions
    from crm_core.notes.actions import add_note
    from kernel.jobs.models import Job

    company = world.things["companies/"]
    activity = actions.plan(by=by, title=f"Task {world.marker}", card_id=company)
    note = add_note(by=by, card_id=company, text=f"Note {world.marker}")
    job = Job(name="tests.none", title=f"Job {world.marker}", actor=by.id)
    job.save()
    world.things |= {"activities/": activity.id, "tasks/": activity.id, "notes/": note.id, "jobs/": job.id}


def _records(world: World, by: Any) -> None:
    from crm_core.clients.actions import create_company
    from crm_core.records import actions
    from crm_core.records.models import Tag

    mark = world.marker
    actions.add_tag(by=by, card_id=world.things["companies/"], name=f"Tag {mark}")
    found = actions.start_change_set(by=by, verb="records.trash", title=f"Set {mark}")
    trashed = create_company(by=by, values={"name": f"Trashed {mark}"})
    with context.altered(change_set=found.id):
        actions.trash(by=by, ids=[trashed.card_id])
    actions.finish_change_set(by=by, id=found.id, counts={"trashed": 1})
    actions.star(by=by, card_id=world.things["companies/"])
    world.things |= {
        "settings/tags/": Tag.objects.get(name=f"Tag {mark}").id,
        "settings/trash/": trashed.card_id,
        "records/<uuid:id>/restoration/": trashed.card_id,
        "changes/": found.id,
    }


def _lists(world: World, by: Any) -> None:
    from crm_core.lists.models import SavedView
    from crm_core.sales.models import Stage

    view = SavedView.objects.create(
        name=f"View {world.marker}"[:80], table="companies", owner=by, shared="mine", position=99
    )
    stage = Stage.objects.filter(kind="open", deals__isnull=False).first()
    world.things |= {
        "views/": view.id,
        "lists/#table": "companies",
        "lists/#name": "assign",
        "lists/<slug:table>/lanes/#table": "deals",
        "lists/#board": "stage",
        "lists/pipeline": str(stage.pipeline_id) if stage else "",
        "lists/#key": str(stage.id) if stage else "",
    }


def _imports(world: World, by: Any) -> None:
    from crm_core.imports import actions
    from crm_core.imports.models import ImportRow
    from tests.support.tenants import run_jobs

    def checked(name: str, text: str) -> Any:
        found = actions.upload(by=by, source=io.BytesIO(text.encode()), name=f"{name} {world.marker}.csv")
        return actions.check(by=by, id=found.id)

    good = f"Name,City\nImported {world.marker},Riga\n"
    # Its file is truly gone after its removal, whatever is rolled back.
    removed = checked("removed", good)
    draft = checked("draft", f"{good}Wrong {world.marker},{'x' * 20_000}\n")
    done = checked("done", good)
    actions.start(by=by, id=done.id)
    run_jobs()
    wrong = ImportRow.objects.filter(file=draft).first()
    world.things |= {
        "imports/": draft.id,
        "imports/#number": wrong.number if wrong else 1,
        "imports/<uuid:id>/undoing/": done.id,
        "imports/<uuid:id>/removal/": removed.id,
    }


def _exports(world: World, by: Any) -> None:
    from crm_core.exports import actions, queries
    from tests.support.tenants import run_jobs

    def made() -> Any:
        begun = actions.start(by=by)
        run_jobs()
        found = queries.export(begun.id)
        assert found.state == "ready"
        return found

    found = made()
    world.things |= {
        "settings/export/": found.id,
        "settings/export/#token": actions.token_of(found, by),
        # Its file is truly gone afterwards, whatever is rolled back.
        "settings/export/<uuid:id>/removal/": made().id,
    }


def _access(world: World, by: Any) -> None:
    from crm_core.access import actions
    from kernel.ids import uuid7

    def asked(number: int) -> Any:
        reason = f"Reason {world.marker}"
        return actions.ask(
            id=uuid7(), account_id=900_000 + number, operator=f"o{number}@x.example", reason=reason
        )

    granted, waiting = asked(1), asked(2)
    actions.grant(by=by, id=granted.id, hours=1)
    world.things |= {
        "settings/access/": waiting.id,
        "settings/access/<uuid:id>/ending/": granted.id,
    }


def _growth(world: World, by: Any) -> None:
    from crm_core.setup import actions
    from crm_core.setup.models import Example

    actions.answer(by=by, goals=["base"], own=f"Wish of {world.marker}")
    use = actions.apply_pack(by=by, key="agency")
    assert use is not None
    # In a company's own workspace there is none; the crawl's worlds answer as an example too.
    Example.objects.create(id=1, line="agency")
    world.things |= {
        "settings/example/#key": "agency",
        "tours/#name": "look",
        "settings/packs/#key": "agency",
        "settings/packs/#id": use.id,
        "settings/growth/#name": "activities.tasks",
        "settings/growth/#number": 1,
    }


def _recovery(world: World) -> None:
    """A backup of the company, restored into a copy beside it."""
    from tenants.backups import copies, taking

    with context.enter(context.Context(cause="command")):
        snapshot = taking.take(world.company.tenant, "asked")
        copy = copies.beside(snapshot, by=None, reason="The crawl wants a copy.")
    world.things |= {"settings/backups/": copy.id}
