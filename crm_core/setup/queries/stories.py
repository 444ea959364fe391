"""The year that an example tells: every step with its moment, made of a data file alone. Pure, and always the same."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from itertools import count
from typing import Any

from crm_core.setup.queries.packs import DATA, LANGUAGES, pack
from kernel.text import slugify
from kernel.when import read_zone

# What a euro of the data files is worth in the story; the sums are believable, not exchanged.
RATES = {"EUR": 1.0, "USD": 1.1, "GBP": 0.86, "RUB": 92.0}
# Sums are round: to so many units of the currency.
ROUND = {"RUB": 500}
FIRST_DAY = 364
WON, LOST = "w", "l"
# So far apart, at least, are two things that happen to one deal.
SPACING = timedelta(minutes=7)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened. ``verb`` names who tells it, ``told`` what it needs; ``number`` settles equal moments."""

    at: datetime
    number: int
    verb: str
    told: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody invented. ``role`` is the place of the role in the seed's order."""

    name: str
    email: str
    role: int


@dataclass(frozen=True, slots=True)
class Order:
    """One deal of a client: ``product`` by its place, ``times`` its price, opened ``days`` ago; ``end`` is won, lost or a stage."""

    product: int
    times: float
    days: int
    end: str


@cache
def read(line: str) -> Any:
    """The data file of a line's example."""
    return json.loads((DATA / "examples" / f"{line}.json").read_text("utf-8"))


def company_name(line: str, language: str) -> str:
    """What the invented company is called."""
    return str(read(line)["workspace"][_place(language)])


def colleagues(line: str, language: str) -> list[Colleague]:
    """The people of the invented company; the first one is its administrator."""
    rows = [row.split("|") for row in read(line)["colleagues"]]
    domain = f"{slugify(read(line)['workspace'][0])}.example"
    return [
        Colleague(row[_place(language)], f"{slugify(row[0]).replace('-', '.')}@{domain}", int(row[2]))
        for row in rows
    ]


def amount_of(euros: float, currency: str) -> int:
    """A sum of the data file in minor units of a currency, rounded as people would."""
    step = ROUND.get(currency, 10)
    return max(step, round(euros * RATES.get(currency, 1.0) / step) * step) * 100


def orders_of(text: str) -> list[Order]:
    """Orders as data files write them: ``0@300w 2*3@40:1`` is product 0 won, and three of product 2 in stage 1."""
    found = []
    for word in text.split():
        left, _mark, right = word.partition("@")
        product, _star, times = left.partition("*")
        end = right[-1] if right[-1] in (WON, LOST) else right.partition(":")[2]
        days = right[:-1] if end in (WON, LOST) else right.partition(":")[0]
        found.append(Order(int(product), float(times or 1), int(days), end))
    return found


def plan(line: str, *, language: str, currency: str, zone: str, present: datetime) -> list[Step]:
    """Every step of the year before ``present``, in the order in which they happened."""
    return Story(line, _place(language), currency, zone, present).steps()


@dataclass(slots=True)
class Story:
    """Collects the steps of one line's year."""

    line: str
    place: int
    currency: str
    zone: str
    present: datetime
    found: list[Step] = field(default_factory=list)
    numbers: Any = field(default_factory=count)
    last: dict[int, datetime] = field(default_factory=dict)
    deals: Any = field(default_factory=count)
    tasks: Any = field(default_factory=count)

    @property
    def content(self) -> Any:
        return read(self.line)

    @property
    def stages(self) -> list[Any]:
        """The open stages of the line's first pipeline, as the pack tells them."""
        stages = pack(self.line, LANGUAGES[self.place]).content["pipelines"][0]["stages"]
        return [stage for stage in stages if "kind" not in stage]

    @property
    def today(self) -> date:
        return self.present.astimezone(read_zone(self.zone)).date()

    def steps(self) -> list[Step]:
        for number, row in enumerate(self.content["clients"]):
            self._client(number, row.split("|"))
        for number, row in enumerate(self.content["tasks"]):
            self._own_task(number, row.split("|"))
        return sorted(self.found, key=lambda step: (step.at, step.number))

    def at(self, days_ago: float, hour: int, verb: str, *, line: int | None = None, **told: Any) -> None:
        """Plan a step at about ``hour`` local time, on a working day and never in the future.

        Steps of one ``line`` (a deal) follow each other in the order in which they are planned.
        """
        number = next(self.numbers)
        day = self.today - timedelta(days=int(days_ago))
        day -= timedelta(days=max(0, day.weekday() - 4))
        local = datetime.combine(day, time(hour, number * 7 % 60), tzinfo=read_zone(self.zone))
        latest = self.present - timedelta(minutes=5) + timedelta(milliseconds=number)
        moment = local.astimezone(self.present.tzinfo)
        if line is not None:
            moment = max(moment, self.last.get(line, moment - SPACING) + SPACING)
            self.last[line] = min(moment, latest)
        self.found.append(Step(min(moment, latest), number, verb, told))

    def _client(self, number: int, row: list[str]) -> None:
        """A client with its contact and its orders. Columns: see ``data/examples/README``."""
        kind, owner, orders = row[0], int(row[11]), orders_of(row[14])
        first = min(FIRST_DAY, max([order.days for order in orders] + [20]) + 4 + number % 3)
        told: dict[str, Any] = {
            "number": number,
            "name": row[1 + self.place],
            "city": row[3 + self.place],
            "about": row[5 + self.place],
            "owner": owner,
            "classes": row[12],
            "tag": row[13],
            "state": _state(orders),
            **self._ways(number, row[1], kind),
        }
        self.at(first, 9 + number % 3, kind, **told)
        if row[7]:
            place = 7 + self.place
            contact: dict[str, Any] = {
                "number": number,
                "name": row[place],
                "position": row[9 + self.place],
                "owner": owner,
            }
            self.at(first, 12, "contact", **contact, **self._ways(40 + number, row[7], "person"))
        for order in orders:
            self._deal(number, row, owner, order)

    def _ways(self, number: int, name: str, kind: str) -> dict[str, Any]:
        """Phone and mail of ranges that are kept for stories (in Russian: of a code without subscribers)."""
        box = slugify(name).replace("-", ".")
        mail = f"info@{slugify(name)}.example" if kind == "company" else f"{box}@post.example"
        phone = (
            f"+7 900 555-{number // 100:02d}-{number % 100:02d}"
            if self.place
            else f"+44 7700 900{number:03d}"
        )
        return {"phone": phone, "mail": mail}

    def _deal(self, client: int, row: list[str], owner: int, order: Order) -> None:
        number = next(self.deals)
        product = self.content["products"][order.product].split("|")
        days, closed = int(product[3]), order.end in (WON, LOST)
        last = len(self.stages) - 1 if order.end == WON else self._reached(order, number)
        entered = self._entered(order, last, days, closed)
        expected = order.days - days if closed else -(3 + number * 5 % 24)
        self.at(
            order.days,
            9 + number % 3,
            "deal",
            line=number,
            number=number,
            client=client,
            contact=bool(row[7]),
            name=product[self.place],
            owner=owner,
            amount=amount_of(float(product[2]) * order.times, self.currency),
            expected=(self.today - timedelta(days=expected)).isoformat(),
        )
        for stage, ago in enumerate(entered):
            if stage:
                self.at(ago, 11 + number % 5, "move", line=number, deal=number, stage=stage, owner=owner)
            self._talk(number, client, row, owner, stage, ago)
            following = (
                entered[stage + 1] if stage < last else (max(0, order.days - days) if closed else None)
            )
            self._usual(number, owner, stage, ago, following)
        if closed:
            kind = "won" if order.end == WON else "lost"
            self.at(max(0, order.days - days), 16, "close", line=number, deal=number, kind=kind, owner=owner)

    def _reached(self, order: Order, number: int) -> int:
        """The last stage that a lost or open deal stood in."""
        return number % (len(self.stages) - 1) if order.end == LOST else int(order.end)

    def _entered(self, order: Order, last: int, days: int, closed: bool) -> list[float]:
        """How many days ago each stage was entered: shares of the whole way by the usual time in each."""
        usual = [max(1, stage.get("usual_days", 1)) for stage in self.stages[: last + 1]]
        whole = sum(usual) if closed else sum(usual[:-1]) + usual[-1] * 0.6
        span = min(days, order.days) if closed else min(order.days, whole)
        begun, found = float(order.days), []
        for length in usual:
            found.append(max(0.0, begun))
            begun -= length / whole * span
        return found if closed else [*found[:-1], min(found[-1], order.days, usual[-1] * 0.6)]

    def _talk(self, number: int, client: int, row: list[str], owner: int, stage: int, ago: float) -> None:
        """What was said in a stage: each has two or three ways to go, taken in turn."""
        said = self.content["talks"][stage]
        parts = said[(number + stage) % len(said)].split("|")
        told = {"client": client, "contact": bool(row[7]), "owner": owner, "text": parts[3 + self.place]}
        told |= {"minutes": int(parts[1] or 0), "result": parts[2], "kind": parts[0]}
        self.at(ago, 13 + number % 3, "note" if parts[0] == "note" else "talk", line=number, **told)

    def _usual(self, number: int, owner: int, stage: int, ago: float, following: float | None) -> None:
        """The usual task of a stage: done in time where the deal went on, else still ahead or just overdue."""
        step = self.stages[stage].get("step")
        if not step:
            return
        task = next(self.tasks)
        told = {
            "task": task,
            "deal": number,
            "owner": owner,
            "title": step["title"][self.place],
            "kind": step["kind"],
        }
        if following is None:
            due = self.today + timedelta(days=(number * 5) % 12 - 2)
            self.at(min(ago, 3.0), 15, "task", line=number, due=due.isoformat(), **told)
            return
        due = self.today - timedelta(days=int(following))
        self.at(ago, 15, "task", line=number, due=due.isoformat(), **told)
        self.at(following, 10, "done", line=number, task=task, owner=owner)

    def _own_task(self, number: int, row: list[str]) -> None:
        """A task of somebody's own, due soon."""
        due = self.today + timedelta(days=int(row[3]))
        told = {"task": next(self.tasks), "owner": int(row[2]), "title": row[self.place], "kind": "task"}
        self.at(2 + number, 15, "task", deal=None, due=due.isoformat(), **told)


def _state(orders: list[Order]) -> int:
    """The place of a client's stage in the seed: client, prospect, or one that bought nothing."""
    if any(order.end == WON for order in orders):
        return 1
    return 0 if not orders or any(order.end not in (WON, LOST) for order in orders) else 2


def _place(language: str) -> int:
    return LANGUAGES.index(language) if language in LANGUAGES else 0


def lines() -> Iterator[str]:
    """The lines that have an example."""
    yield from sorted(path.stem for path in (DATA / "examples").glob("*.json"))
