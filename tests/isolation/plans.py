"""What tenants do in the random run: steps of the real product that know whether they were done.

A plan is drawn from a seed and names records only by words, so that the same plan
can be carried out in two companies and both be compared. ``done`` answers after a
failure in doubt (a connection lost while committing) whether the step still has to
be made.
"""

from __future__ import annotations

import contextlib
import random
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import DatabaseError, connections, transaction

from tests.support.tenants import Browser, Company


@dataclass(frozen=True)
class Step:
    """One step of a plan: its verb, the names it works with."""

    verb: str
    names: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.verb}({', '.join(self.names)})"


@dataclass
class Plan:
    """Draws steps for one tenant and remembers which names live; ``marker`` stands in each of its texts."""

    marker: str
    companies: list[str] = field(default_factory=list)
    deals: list[str] = field(default_factory=list)
    drawn: int = 0

    def draw(self, dice: random.Random) -> Step:
        self.drawn += 1
        name = f"{self.marker} {self.drawn}"
        verb = dice.choice(_VERBS) if self.companies else "company"
        if verb in ("move", "lose") and not self.deals:
            verb = "deal"
        if verb == "company":
            self.companies.append(name)
            return Step(verb, (name,))
        if verb == "deal":
            self.deals.append(name)
            return Step(verb, (name, dice.choice(self.companies)))
        if verb == "move":
            return Step(verb, (dice.choice(self.deals), str(dice.randrange(4))))
        if verb == "trash":
            gone = self.companies.pop(dice.randrange(len(self.companies)))
            # Deals of a trashed company go with it; they are left alone from then on.
            return Step(verb, (gone,)) if not self.deals else self._spare(gone, name, dice)
        if verb in ("note", "tag", "savepoint"):
            return Step(verb, (name, dice.choice(self.companies)))
        return Step(verb, (name,))

    def _spare(self, gone: str, name: str, dice: random.Random) -> Step:
        self.companies.append(gone)
        return Step("note", (name, gone))


_VERBS = (
    *("company", "deal", "move", "note", "tag", "trash"),
    *("savepoint", "broken", "crossing", "search", "export", "board", "home"),
)


class Foreign(AssertionError):
    """Something of another tenant was seen."""


@dataclass
class Doer:
    """Carries out steps for one company, inside its context (which the caller has entered)."""

    company: Company
    marker: str
    other: Company
    key: str

    def do(self, step: Step) -> None:
        """Carry the step out; a first look may fail and is swallowed, as careless code would."""
        with contextlib.suppress(DatabaseError, RuntimeError):
            self._own_rows()
        getattr(self, f"_{step.verb}")(*step.names)

    def done(self, step: Step) -> bool:
        check: Callable[..., bool] | None = getattr(self, f"_is_{step.verb}", None)
        return check is not None and check(*step.names)

    # Writing

    def _company(self, name: str) -> None:
        from crm_core.clients import actions

        actions.create_company(by=self.company.owner, values={"name": name})

    def _is_company(self, name: str) -> bool:
        from crm_core.records.models import Card

        return Card.objects.filter(kind="company", label=name).exists()

    def _deal(self, name: str, company: str) -> None:
        from crm_core.sales import actions

        actions.open_deal(by=self.company.owner, name=name, client_id=_card(company).id, confirmed=True)

    def _is_deal(self, name: str, _company: str) -> bool:
        from crm_core.records.models import Card

        return Card.objects.filter(kind="deal", label=name).exists()

    def _move(self, name: str, number: str) -> None:
        from crm_core.sales import actions

        stage = _stage(int(number))
        if not self._is_move(name, number):
            actions.move(by=self.company.owner, id=_card(name).id, stage_id=stage.id)

    def _is_move(self, name: str, number: str) -> bool:
        from crm_core.sales.models import Deal

        return Deal.objects.filter(card__label=name, stage_id=_stage(int(number)).id).exists()

    def _note(self, text: str, company: str) -> None:
        from crm_core.notes.actions import add_note

        add_note(by=self.company.owner, card_id=_card(company).id, text=text)

    def _is_note(self, text: str, _company: str) -> bool:
        from crm_core.notes.models import Note

        return Note.objects.filter(text=text).exists()

    def _tag(self, name: str, company: str) -> None:
        from crm_core.records.actions import add_tag

        add_tag(by=self.company.owner, card_id=_card(company).id, name=name)

    def _is_tag(self, name: str, company: str) -> bool:
        from crm_core.records.models import Tagging

        return Tagging.objects.filter(tag__name=name, card__label=company).exists()

    def _trash(self, name: str) -> None:
        from crm_core.records.actions import trash

        trash(by=self.company.owner, ids=[_card(name).id])

    def _is_trash(self, name: str) -> bool:
        from crm_core.records.models import Card

        return Card.objects.filter(label=name, state=Card.State.TRASHED).exists()

    def _savepoint(self, text: str, company: str) -> None:
        """An outer transaction goes on after its inner one was rolled back by the server's error."""
        with transaction.atomic(using="tenant"):
            try:
                with transaction.atomic(using="tenant"):
                    self._company(f"{text} never")
                    with connections["tenant"].cursor() as cursor:
                        cursor.execute("SELECT 1/0")
            except DatabaseError:
                pass
            self._note(text, company)

    _is_savepoint = _is_note

    def _broken(self, name: str) -> None:
        """An exception leaves an action's transaction: nothing of it stays."""
        try:
            with transaction.atomic(using="tenant"):
                self._company(f"{name} never")
                raise _OnPurpose
        except _OnPurpose:
            pass

    def _crossing(self, name: str) -> None:
        """Another tenant is asked for in the middle of a transaction: refused, and the own work goes on."""
        from crm_core.team.models import Member
        from tenants import api

        with transaction.atomic(using="tenant"):
            assert Member.objects.count() >= 1
            with api.inside(self.other.tenant):
                try:
                    Member.objects.count()
                except DatabaseError:
                    pass
                else:
                    raise Foreign(f"{name}: a transaction went on in another tenant")
        self._own_rows()

    # Reading

    def _search(self, _name: str) -> None:
        self._look(f"/search/palette/?q={self.marker}")

    def _export(self, _name: str) -> None:
        self._look("/lists/companies/export/", post=True)

    def _board(self, _name: str) -> None:
        self._look("/deals/")

    def _home(self, _name: str) -> None:
        self._look("/companies/")

    def _look(self, path: str, *, post: bool = False) -> None:
        """A page by the front door, as a browser asks for it; every text on it must be this plan's."""
        from django.conf import settings

        browser = Browser(self.company.host, raise_request_exception=False)
        browser.cookies[settings.WORKSPACE_COOKIE] = self.key
        answer = browser.post(path) if post else browser.get(path)
        body = (
            b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
        ).decode("utf-8", "replace")
        if answer.status_code >= 500:
            raise Refused(f"{path}: {answer.status_code}")
        if answer.status_code != 200:
            raise Foreign(f"{path} answered {answer.status_code}: the session of this company was not found")
        self._judge(body, path)

    def _own_rows(self) -> None:
        from crm_core.records.models import Card

        self._judge(" ".join(Card.objects.values_list("label", flat=True)), "cards")

    def _judge(self, text: str, where: str) -> None:
        strange = {word for word in _markers(text) if word != self.marker}
        if strange:
            raise Foreign(f"{where} of {self.marker} shows {strange}")


class _OnPurpose(Exception):
    pass


class Refused(Exception):
    """The product answered that it could not (5xx) because of a failure that was put in its way."""


def _markers(text: str) -> set[str]:
    return set(re.findall(r"PLAN[0-9A-Z]+", text))


def _card(name: str) -> Any:
    from crm_core.records.models import Card

    return Card.objects.get(label=name)


def _stage(number: int) -> Any:
    from crm_core.sales.models import Stage

    stages = list(Stage.objects.filter(kind="open").order_by("pipeline_id", "position", "id"))
    return stages[number % len(stages)]


def content() -> dict[str, Any]:
    """All that the present tenant's plan has made, without keys and times: what two runs must agree on."""
    from crm_core.events.models import Event
    from crm_core.notes.models import Note
    from crm_core.records.models import Card, Tagging
    from crm_core.sales.models import Deal

    events = Event.objects.exclude(verb="lists.exported").values_list("verb", "record_label")
    return {
        "cards": sorted(Card.objects.values_list("kind", "label", "state")),
        "deals": sorted(Deal.objects.values_list("card__label", "stage__name")),
        "notes": sorted(Note.objects.values_list("card__label", "text")),
        "tags": sorted(Tagging.objects.values_list("card__label", "tag__name")),
        "events": sorted(Counter(events).items()),
    }
