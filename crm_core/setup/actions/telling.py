"""Telling an example's story: the real actions, done in its order with the clock held at each step's moment.

Steps go in batches, each a transaction of its own, and what was made stands beside them: a telling that was
cut off goes on where it was, and tells nothing twice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils import translation

from crm_core.activities import actions as activities
from crm_core.clients import actions as clients
from crm_core.clients.actions import Way
from crm_core.clients.models import Heading, HeadingValue
from crm_core.notes import actions as notes
from crm_core.records import actions as records
from crm_core.records.models import Tag
from crm_core.sales import actions as sales
from crm_core.sales import queries as deals
from crm_core.sales.actions.pipelines import remove_pipeline
from crm_core.sales.models import Pipeline, Stage
from crm_core.setup.actions.packs import apply_pack
from crm_core.setup.actions.seeding import Owner, seed
from crm_core.setup.models import Example, Growth
from crm_core.setup.queries import packs, stories
from crm_core.setup.queries.stories import Step
from crm_core.team import actions as team
from crm_core.team.models import Member, Role
from kernel import context
from kernel.actions import action
from kernel.locks import hold
from kernel.rights import PLATFORM
from kernel.when import frozen, now

BATCH = 40


@action()
def furnish_example(*, line: str) -> Example:
    """Roles, the invented people, and the line's pack in an empty workspace; repeating it changes nothing."""
    hold("setup.example")
    found = Example.objects.filter(id=1).first()
    if found is not None:
        return found
    language = packs.language()
    people = stories.colleagues(line, language)
    with translation.override(language):
        owner: Owner = {"account_id": None, "name": people[0].name, "email": people[0].email}
        first = seed(language=language, owner=owner)
        made = {"m0": str(first.id)} | _crew(people, language)
        usual = Pipeline.objects.get()
        apply_pack(by=first, key=line)
        remove_pipeline(by=first, id=usual.id)
        # Nobody is asked what an invented company wants: every part is shown.
        Growth.objects.create(id=1, skipped_at=now())
    found = Example(line=line, made=made)
    found.total = len(_plan(found))
    found.save(force_insert=True)
    return found


def _crew(people: list[stories.Colleague], language: str) -> dict[str, str]:
    roles = list(Role.objects.order_by("position"))
    # Whoever comes to look with a seller's role belongs to the team: alone they would see nothing.
    Role.objects.filter(visibility=Role.Visibility.OWN).update(visibility=Role.Visibility.TEAM)
    crew = team.add_team(by=PLATFORM, name="Команда" if language == "ru" else "Team")
    made = {}
    for place, one in enumerate(people[1:], start=1):
        member = team.add_member(
            by=PLATFORM,
            account_id=None,
            email=one.email,
            name=one.name,
            role_id=roles[one.role].id,
            team_id=crew.id,
            language=language,
            zone=context.tenant().zone,
        )
        made[f"m{place}"] = str(member.id)
    return made


def _plan(found: Example) -> list[Step]:
    tenant = context.tenant()
    return stories.plan(
        found.line,
        language=packs.language(),
        currency=tenant.currency,
        zone=tenant.zone,
        present=found.began_at,
    )


@action()
def tell_some(*, most: int = BATCH) -> Example:
    """Tell the next steps of the story; the example says how far it is."""
    hold("setup.example")
    found: Example = Example.objects.select_for_update().get(id=1)
    steps = _plan(found)[found.done : found.done + most]
    with translation.override(packs.language()):
        world = World(found)
        for step in steps:
            with frozen(step.at):
                TELLERS[step.verb](world, **step.told)
    found.done += len(steps)
    if found.done >= found.total and found.filled_at is None:
        found.filled_at = now()
    found.save()
    return found


@dataclass(slots=True)
class World:
    """What was made so far, by the story's names: m people, c clients, p contacts, d deals, t tasks."""

    example: Example

    def id(self, name: str) -> UUID:
        return UUID(self.example.made[name])

    def keep(self, name: str, id: Any) -> None:
        self.example.made[name] = str(id)

    def member(self, place: int) -> Member:
        found: Member = Member.objects.select_related("role", "team").get(id=self.id(f"m{place}"))
        return found

    def client(self, client: int, contact: bool) -> UUID:
        """With whom one talks: the contact, or the client if it is a person."""
        return self.id(f"p{client}") if contact else self.id(f"c{client}")


def _company(world: World, **told: Any) -> None:
    owner = world.member(told["owner"])
    values = {"name": told["name"], "city": told["city"], "description": told["about"]}
    values |= _slots("company", told) | _classes(world, "company", told["classes"])
    ways = [Way("phone", told["phone"], "work"), Way("email", told["mail"], "work")]
    made = clients.create_company(by=owner, values=values, ways=ways, owner=owner)
    world.keep(f"c{told['number']}", made.card_id)
    _tag(world, made.card_id, told["tag"])


def _person(world: World, **told: Any) -> None:
    owner = world.member(told["owner"])
    first, _blank, last = told["name"].rpartition(" ")
    values = {"first_name": first, "last_name": last, "description": f"{told['about']}. {told['city']}."}
    values |= _slots("person", told) | _classes(world, "person", told["classes"])
    ways = [Way("phone", told["phone"], "mobile"), Way("email", told["mail"], "work")]
    made = clients.create_person(by=owner, values=values, ways=ways, owner=owner)
    world.keep(f"c{told['number']}", made.card_id)
    _tag(world, made.card_id, told["tag"])


def _contact(world: World, **told: Any) -> None:
    owner = world.member(told["owner"])
    first, _blank, last = told["name"].rpartition(" ")
    values = {"first_name": first, "last_name": last, "position": told["position"]}
    ways = [Way("phone", told["phone"], "mobile"), Way("email", told["mail"], "work")]
    company = world.id(f"c{told['number']}")
    made = clients.create_person(by=owner, values=values, ways=ways, owner=owner, company_id=company)
    world.keep(f"p{told['number']}", made.card_id)


def _slots(kind: str, told: dict[str, Any]) -> dict[str, Any]:
    """Values of the headings that every workspace has: how far the client is, and where it came from."""
    rows = HeadingValue.objects.filter(heading__kind=kind, heading__slot__in=("stage", "source"))
    found: dict[str, list[Any]] = {"stage": [], "source": []}
    for row in rows.select_related("heading").order_by("position"):
        found[row.heading.slot].append(row.id)
    sources = found["source"]
    return {"stage": found["stage"][told["state"]], "source": sources[told["number"] % len(sources)]}


def _classes(world: World, kind: str, text: str) -> dict[str, Any]:
    """Values of the pack's own headings: the place of each value, in the pack's order."""
    content = packs.pack(world.example.line, packs.language()).content
    tongue = packs.LANGUAGES.index(packs.language())
    rows = [row for row in content["headings"].get(kind, ()) if "name" in row]
    found: dict[str, Any] = {}
    for row, place in zip(rows, text.split(","), strict=False):
        if place.strip() in ("", "-"):
            continue
        heading = Heading.objects.get(kind=kind, slot="", name=row["name"][tongue])
        value = heading.values.get(name=row["values"][int(place)][tongue])
        found[str(heading.id)] = value.id
    return found


def _tag(world: World, card_id: UUID, place: str) -> None:
    if place:
        content = packs.pack(world.example.line, packs.language()).content
        name = content["tags"][int(place)][packs.LANGUAGES.index(packs.language())]
        records.add_tag(by=world.member(0), card_id=card_id, name=Tag.objects.get(name=name).name)


def _deal(world: World, **told: Any) -> None:
    owner = world.member(told["owner"])
    contact = {"contact_id": world.id(f"p{told['client']}")} if told["contact"] else {}
    made = sales.open_deal(
        by=owner,
        owner_id=owner.id,
        name=told["name"],
        stage_id=_stage(0).id,
        client_id=world.id(f"c{told['client']}"),
        amount_minor=told["amount"],
        expected_on=date.fromisoformat(told["expected"]),
        confirmed=True,
        **contact,
    )
    world.keep(f"d{told['number']}", made.pk)


def _stage(place: int) -> Stage:
    return deals.open_stages(deals.pipelines()[0])[place]


def _move(world: World, **told: Any) -> None:
    sales.move(
        by=world.member(told["owner"]), id=world.id(f"d{told['deal']}"), stage_id=_stage(told["stage"]).id
    )


def _close(world: World, **told: Any) -> None:
    """Reasons of the line and those of every workspace take turns."""
    listed = deals.reasons(told["kind"])
    reason = listed[-1 - told["deal"] % min(4, len(listed))]
    verb = sales.win if told["kind"] == "won" else sales.lose
    verb(by=world.member(told["owner"]), id=world.id(f"d{told['deal']}"), reason_id=reason.id)


def _talk(world: World, **told: Any) -> None:
    activities.log_call(
        by=world.member(told["owner"]),
        card_id=world.client(told["client"], told["contact"]),
        kind=told["kind"],
        result=told["result"],
        text=told["text"],
        duration=told["minutes"] * 60 or None,
    )


def _note(world: World, **told: Any) -> None:
    notes.add_note(by=world.member(told["owner"]), card_id=world.id(f"c{told['client']}"), text=told["text"])


def _task(world: World, **told: Any) -> None:
    card = world.id(f"d{told['deal']}") if told["deal"] is not None else None
    due = date.fromisoformat(told["due"])
    made = activities.plan(
        by=world.member(told["owner"]), title=told["title"], kind=told["kind"], card_id=card, due_on=due
    )
    world.keep(f"t{told['task']}", made.id)


def _done(world: World, **told: Any) -> None:
    activities.complete(by=world.member(told["owner"]), id=world.id(f"t{told['task']}"))


TELLERS: dict[str, Callable[..., None]] = {
    "company": _company,
    "person": _person,
    "contact": _contact,
    "deal": _deal,
    "move": _move,
    "close": _close,
    "talk": _talk,
    "note": _note,
    "task": _task,
    "done": _done,
}
