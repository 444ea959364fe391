"""The demo company: a lighting installer with clients, deals, talks and tasks of the last half year.

Everything is done by the real actions with the clock held at the moment when it happened, in
the order in which it happened, so that the history reads as if people had worked here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from itertools import count
from typing import Any

from django.utils import translation

from crm_core.activities import actions as activities
from crm_core.clients import actions as clients
from crm_core.clients.actions import Way
from crm_core.clients.models import Company, HeadingValue
from crm_core.notes import actions as notes
from crm_core.records import actions as records
from crm_core.records.models import Tag
from crm_core.sales import actions as sales
from crm_core.sales import queries
from crm_core.setup.actions.seeding import DATA, read_json
from crm_core.team import actions as team
from crm_core.team.models import Member, Role
from kernel import context
from kernel.actions import action
from kernel.locks import hold
from kernel.rights import PLATFORM
from kernel.text import slugify
from kernel.when import frozen, now, read_zone, today

OPENED_DAYS_AGO = 335
OWN_ONLY = 2  # The place of the role that sees its own records only.
REGIONS = {"en": 8, "ru": 9}


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody of the demo company. ``role`` is the place of the role in the seed's order."""

    email: str
    name: str
    role: int


def demo_workspace(language: str) -> str:
    """What the demo company is called."""
    return str(_data()["workspace"][_place(language)])


def demo_members(language: str) -> list[Colleague]:
    """The people of the demo company; the first one is its owner."""
    rows = (row.split("|") for row in _data()["members"])
    return [Colleague(row[0], row[1 + _place(language)], int(row[3])) for row in rows]


@action()
def load_demo(*, by: Member, language: str, accounts: dict[str, int]) -> bool:
    """Fill a seeded workspace with the demo company; ``by`` is its owner, ``accounts`` maps e-mail to account id.

    All of it or nothing. A workspace that has a company already stays as it is; returns whether it was filled.
    """
    hold("setup.demo")
    if Company.objects.exists():
        return False
    with translation.override(language):
        people = _people(by, language, accounts)
        story = Story(language, people, by)
        story.tell()
    return True


def _people(owner: Member, language: str, accounts: dict[str, int]) -> list[Member]:
    """The owner and the colleagues, who make one team."""
    roles = list(Role.objects.order_by("position"))
    crew = team.add_team(by=PLATFORM, name="Продажи" if language == "ru" else "Sales")
    people = [owner]
    for one in demo_members(language)[1:]:
        member = team.add_member(
            by=PLATFORM,
            account_id=accounts.get(one.email),
            email=one.email,
            name=one.name,
            role_id=roles[one.role].id,
            team_id=crew.id,
            language=language,
            zone=context.tenant().zone,
        )
        people.append(member)
    return people


@dataclass(slots=True)
class Story:
    """Collects what happened, then does it in order of time."""

    language: str
    people: list[Member]
    owner: Member
    steps: list[tuple[datetime, int, Callable[[], Any]]] = field(default_factory=list)
    companies: dict[int, Any] = field(default_factory=dict)
    persons: dict[int, Any] = field(default_factory=dict)
    deals: dict[int, Any] = field(default_factory=dict)
    numbers: Any = field(default_factory=count)
    present: datetime = field(default_factory=now)

    def tell(self) -> None:
        for plan in (self._companies, self._people, self._deals, self._calls, self._notes, self._tasks):
            plan()
        for moment, _number, step in sorted(self.steps, key=lambda planned: planned[:2]):
            with frozen(moment):
                step()
        for company in (0, 1):
            records.star(by=self.owner, card_id=self.companies[company].card_id)

    def at(self, days_ago: float, hour: int, step: Callable[[], Any]) -> None:
        """Plan a step ``days_ago`` at about ``hour`` local time, on a working day and never in the future."""
        number = next(self.numbers)
        day = self.today - timedelta(days=int(days_ago))
        day -= timedelta(days=max(0, day.weekday() - 4))
        local = datetime.combine(day, time(hour, number * 7 % 60), tzinfo=read_zone(self.zone))
        latest = self.present - timedelta(minutes=5) + timedelta(milliseconds=number)
        self.steps.append((min(local.astimezone(self.present.tzinfo), latest), number, step))

    @property
    def zone(self) -> str:
        return context.tenant().zone

    @property
    def today(self) -> date:
        return today(self.zone)

    def said(self, row: list[str], place: int) -> str:
        """The text of a row in the story's language; English and Russian stand side by side."""
        return row[place + _place(self.language)]

    def _companies(self) -> None:
        choices = _values()
        for number, row in enumerate(_rows("companies")):
            slots = {"industry": 4, "size": 5, "stage": 6, "source": 7, "region": REGIONS[self.language]}
            values: dict[str, Any] = {
                "name": self.said(row, 0),
                "city": self.said(row, 2),
                "website": f"{slugify(row[0])}.example",
                "description": self.said(row, 11),
                **{slot: _chosen(choices[slot], row[place]) for slot, place in slots.items()},
            }
            ways = [
                Way("phone", self._phone(number, "02"), "work"),
                Way("email", f"info@{slugify(row[0])}.example", "work"),
            ]
            step = partial(self._company, number, values, ways, self.people[int(row[10])], row[13])
            self.at(OPENED_DAYS_AGO - number * 3, 9 + number % 8, step)

    def _company(self, number: int, values: Any, ways: Any, owner: Member, tag: str) -> None:
        made = clients.create_company(by=owner, values=values, ways=ways, owner=owner)
        self.companies[number] = made
        if tag:
            name = Tag.objects.order_by("id")[int(tag)].name
            records.add_tag(by=owner, card_id=made.card_id, name=name)

    def _people(self) -> None:
        for number, row in enumerate(_rows("people")):
            name = self.said(row, 0)
            first, _blank, last = name.rpartition(" ")
            box = f"{slugify(row[0]).replace('-', '.')}@{_domain(row[2])}"
            values = {"first_name": first, "last_name": last, "position": self.said(row, 3)}
            ways = [Way("phone", self._phone(number, "03"), "mobile"), Way("email", box, "work")]
            step = partial(self._person, number, values, ways, row[2])
            self.at(OPENED_DAYS_AGO - 3 - int(row[2] or 30) * 3, 10 + number % 6, step)
        for row in _rows("second_jobs"):
            self.at(40, 15, partial(self._second_job, row))

    def _person(self, number: int, values: Any, ways: Any, company: str) -> None:
        place = self.companies[int(company)] if company else None
        owner = place.card.owner if place else self.people[1]
        self.persons[number] = clients.create_person(
            by=owner, values=values, ways=ways, owner=owner, company_id=place.card_id if place else None
        )

    def _second_job(self, row: list[str]) -> None:
        person, company = self.persons[int(row[0])], self.companies[int(row[1])]
        clients.employ(
            by=self.owner, person_id=person.card_id, company_id=company.card_id, role=self.said(row, 2)
        )

    def _phone(self, number: int, kind: str) -> str:
        """A number of a range that is kept for stories (in Russian: of a code without subscribers)."""
        if self.language == "ru":
            return f"+7 900 555-{kind}-{number:02d}"
        return f"+44 117 496 {kind}{number:02d}" if kind == "02" else f"+44 7700 900{300 + number}"

    def _deals(self) -> None:
        pipeline = queries.pipelines()[0]
        stages = queries.open_stages(pipeline)
        reasons = {kind: queries.reasons(kind) for kind in ("won", "lost")}
        for number, row in enumerate(_rows("deals")):
            opened, entered, stage = int(row[6]), int(row[7]), int(row[4])
            owner = self.people[int(row[9])]
            self.at(opened, 9 + number % 3, partial(self._open, number, row, stages[0]))
            last = min(stage, len(stages) - 1)
            for passed in range(1, last + 1):
                share = passed / last if stage < len(stages) else passed / (last + 1)
                ago = opened - (opened - entered) * share
                step = partial(self._move, number, stages[passed], owner)
                self.at(ago, 11 + number % 6, step)
            if stage >= len(stages):
                kind = "won" if stage == len(stages) else "lost"
                self.at(
                    entered, 16, partial(self._close, number, kind, reasons[kind][int(row[10])], row, owner)
                )
            elif row[10]:
                self.at(min(entered, max(1, 3 - int(row[13]))), 17, partial(self._step, number, row, owner))

    def _open(self, number: int, row: list[str], stage: Any) -> None:
        owner, company = self.people[int(row[9])], self.companies[int(row[2])]
        sees = int(demo_members(self.language)[int(row[9])].role) != OWN_ONLY or company.card.owner == owner
        person = self.persons[int(row[3])] if row[3] else None
        known: dict[str, Any] = (
            {"contact_id": person.card_id} if person and self._seen(person, owner, sees) else {}
        )
        if row[5]:
            known["amount_minor"] = self._amount(int(row[5]))
        if row[8]:
            known["expected_on"] = self.today_now + timedelta(days=int(row[8]))
        elif int(row[4]) >= 4:
            known["expected_on"] = self.today_now - timedelta(days=int(row[7]))
        self.deals[number] = sales.open_deal(
            by=owner if sees else self.owner,
            owner_id=owner.id,
            name=self.said(row, 0),
            stage_id=stage.id,
            client_id=company.card_id,
            **known,
        )

    def _seen(self, person: Any, owner: Member, sees: bool) -> bool:
        return person.card.owner == owner or not sees or owner.role.visibility == Role.Visibility.ALL

    @property
    def today_now(self) -> date:
        """The real present day, while the clock is held in the past."""
        return self.present.astimezone(read_zone(self.zone)).date()

    def _amount(self, euros: int) -> int:
        rate = float(_data()["rate"][self.language])
        return euros * 100 if rate == 1 else round(euros * rate / 1000) * 1000 * 100

    def _move(self, number: int, stage: Any, owner: Member) -> None:
        sales.move(by=owner, id=self.deals[number].pk, stage_id=stage.id)

    def _close(self, number: int, kind: str, reason: Any, row: list[str], owner: Member) -> None:
        verb = sales.win if kind == "won" else sales.lose
        verb(by=owner, id=self.deals[number].pk, reason_id=reason.id, reason_text=self.said(row, 11))

    def _step(self, number: int, row: list[str], owner: Member) -> None:
        due = self._due(int(row[13]), int(row[14]))
        activities.plan(
            by=owner, title=self.said(row, 11), kind=row[10], card_id=self.deals[number].pk, **due
        )

    def _due(self, days: int, hour: int) -> dict[str, Any]:
        day = self.today_now + timedelta(days=days)
        if not hour:
            return {"due_on": day}
        return {"due_at": datetime.combine(day, time(hour), tzinfo=read_zone(self.zone))}

    def _calls(self) -> None:
        for number, row in enumerate(_rows("calls")):
            step = partial(self._call, int(row[0]), int(row[1]), self.said(row, 2), int(row[4]), row[5])
            self.at(number * 1.2, 9 + number * 5 % 8, step)

    def _call(self, company: int, person: int, text: str, seconds: int, result: str) -> None:
        owner = self.companies[company].card.owner
        activities.log_call(
            by=owner, card_id=self.persons[person].card_id, result=result, text=text, duration=seconds
        )

    def _notes(self) -> None:
        for number, row in enumerate(_rows("notes")):
            step = partial(self._note, int(row[0]), self.said(row, 1))
            self.at(number * 3.5 + 1, 12 + number % 5, step)

    def _note(self, company: int, text: str) -> None:
        place = self.companies[company]
        notes.add_note(by=place.card.owner, card_id=place.card_id, text=text)

    def _tasks(self) -> None:
        for row in _rows("tasks"):
            self.at(max(2, 4 - int(row[4])), 15, partial(self._task, row))

    def _task(self, row: list[str]) -> None:
        owner = self.people[int(row[6])]
        company = self.companies[int(row[0])]
        seen = owner.role.visibility == Role.Visibility.ALL or company.card.owner == owner
        activities.plan(
            by=owner if seen else self.owner,
            owner=owner,
            title=self.said(row, 2),
            card_id=company.card_id,
            **self._due(int(row[4]), int(row[5])),
        )


def _place(language: str) -> int:
    return 1 if language == "ru" else 0


def _data() -> Any:
    return read_json(DATA / "demo.json")


def _rows(name: str) -> list[list[str]]:
    return [row.split("|") for row in _data()[name]]


def _domain(company: str) -> str:
    return f"{slugify(_rows('companies')[int(company)][0])}.example" if company else "grey.example"


def _chosen(values: list[Any], place: str) -> Any:
    return values[int(place) % len(values)]


def _values() -> dict[str, list[Any]]:
    """The values of each built-in heading of companies, in the seed's order."""
    found: dict[str, list[Any]] = {}
    rows = HeadingValue.objects.filter(heading__kind="company").select_related("heading").order_by("position")
    for value in rows:
        found.setdefault(value.heading.slot, []).append(value.id)
    return found
