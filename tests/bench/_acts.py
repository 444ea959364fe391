"""What members do, one act at a time, with the requests that the pages' own markup makes beside them.

``MIX`` says how often: shares of all acts of a working day, an assumption of this bench and no survey. People
who work with clients mostly look things up and open records; every fourth act writes something.
"""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html import unescape
from typing import Any
from urllib.parse import urlencode, urljoin
from uuid import uuid4
from zoneinfo import ZoneInfo

from tests.bench._browser import CONFLICT, Answer, Browser, Fault, Tally

_ZONE = ZoneInfo("Europe/London")
_VERSION = re.compile(r'name="version" value="(\d+)"')
_COUNTS = re.compile(r'hx-get="(/lists/[a-z]+/counts/[^"]+)"')
_DONE = re.compile(r'hx-post="(/activities/[0-9a-f-]{36}/completion/[^"]*)"')
_AGAIN = re.compile(r'http-equiv="refresh" content="(\d+);\s*url=([^"]+)"')
_HELD = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
_WORDS = ("har", "light", "noble", "orion", "ltd", "anna", "mar", "brook", "office", "school")
_CITIES = ("Bath", "Leeds", "York", "Bristol", "Exeter", "Derby")
# Between opening an editor and saving what was typed: long enough to be two requests, short enough for a phase.
_TYPING = (0.3, 0.9)


@dataclass
class Member:
    """Somebody of a company at their browser, with the records that their lists show."""

    browser: Browser
    tally: Tally
    site: str
    public: str
    id: str
    mail: str
    password: str
    may: frozenset[str]
    stages: list[str]
    company: list[str]
    person: list[str]
    deal: list[str]
    open: list[str]
    token: str
    dice: random.Random = field(default_factory=random.Random)

    async def ask(
        self,
        kind: str,
        method: str,
        path: str,
        data: dict[str, Any] | bytes = b"",
        *,
        target: str = "",
        expected: tuple[int, ...] = (200,),
        content: str = "application/x-www-form-urlencoded",
    ) -> Answer:
        """One request, judged and noted; ``target`` is the region that htmx would fill. Raises ``Fault``."""
        more = {}
        if target:
            more = {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Target": target}
        if method == "POST":
            more |= {"Content-Type": content, "X-CSRFToken": self.token}
        body = data if isinstance(data, bytes) else urlencode(data, doseq=True).encode()
        url = path if path.startswith("https:") else self.site + path
        began = time.perf_counter()
        try:
            answer = await self.browser.ask(method, url, body, more)
        except (OSError, EOFError, TimeoutError) as error:
            self.tally.note(kind, 0, (time.perf_counter() - began) * 1000)
            self.tally.fault(kind, type(error).__name__, f"{url} {error}")
            raise Fault from error
        self.tally.note(kind, answer.status, (time.perf_counter() - began) * 1000)
        if answer.status == CONFLICT and method == "POST":
            self.tally.conflicts += 1
        elif answer.status not in expected:
            self.tally.fault(kind, str(answer.status), f"{method} {url} {answer.text[-2000:]}")
            raise Fault
        return answer

    async def page(self, kind: str, path: str) -> Answer:
        """A whole page, by a link."""
        return await self.ask(kind, "GET", path)

    async def part(self, kind: str, path: str, target: str = "div#part") -> Answer:
        """A region that htmx asks for."""
        return await self.ask(kind, "GET", path, target=target)

    async def send(self, kind: str, path: str, target: str = "div#part", /, **fields: Any) -> Answer:
        """A form that htmx sends."""
        return await self.ask(kind, "POST", path, fields, target=target)

    async def type(self) -> None:
        await asyncio.sleep(self.dice.uniform(*_TYPING))

    def one(self, kind: str) -> str:
        """Some record of a kind that this member sees."""
        return self.dice.choice(getattr(self, kind))


async def _list(me: Member, kind: str, path: str) -> Answer:
    """A list with its tabs' counts, which the page asks for once it is there."""
    answer = await me.page(kind, path)
    counts = _COUNTS.search(answer.text)
    if counts is not None:
        await me.part("list counts", unescape(counts.group(1)), "span")
    return answer


async def today(me: Member) -> None:
    await me.page("today", "/")


async def companies(me: Member) -> None:
    await _list(me, "list", "/companies/")


async def people(me: Member) -> None:
    await _list(me, "list", "/people/")


async def filtered(me: Member) -> None:
    """A list by conditions and order."""
    query = me.dice.choice(
        (
            "companies/?draw=table&next.is=no&sort=-created",
            f"companies/?draw=table&city.has={me.dice.choice(_CITIES)}&sort=name",
            "people/?draw=table&owner.is=me&sort=-changed",
            "deals/?draw=table&state.is=open&sort=-amount",
            "deals/?draw=table&state.is=open&next.is=no&sort=days",
        )
    )
    await me.page("list filtered", f"/{query}")


async def found_in_list(me: Member) -> None:
    """Words typed into a list's own field."""
    place = me.dice.choice(("companies", "people"))
    await me.part("list search", f"/{place}/?draw=table&q={me.dice.choice(_WORDS)}", "div#list")


async def searched(me: Member) -> None:
    """The palette: opened, and asked twice while one types."""
    await me.part("search", "/search/palette/", "div#dialog-body")
    word = me.dice.choice(_WORDS)
    for length in (2, len(word)):
        await me.part("search", f"/search/palette/?q={word[:length]}", "div#palette-results")


async def company(me: Member) -> None:
    path = f"/companies/{me.one('company')}/"
    await me.page("company", path)
    await me.part("related", f"{path}related/", "div#related")


async def person(me: Member) -> None:
    path = f"/people/{me.one('person')}/"
    await me.page("person", path)
    await me.part("related", f"{path}related/", "div#related")


async def deal(me: Member) -> None:
    await me.page("deal", f"/deals/{me.one('deal')}/")


async def board(me: Member) -> None:
    await _list(me, "board", "/deals/")


async def moved(me: Member) -> None:
    """A deal into another stage, at the end of its lane."""
    path, lane = f"/deals/{me.one('open')}/moving/", me.dice.choice(me.stages)
    # Put where it was already it needs no answer: 204.
    await me.ask(
        "deal moved", "POST", path, {"lane": lane, "before": ""}, target="ul#lane", expected=(200, 204)
    )


async def tasks(me: Member) -> None:
    await me.page("tasks", "/tasks/")


async def planned(me: Member) -> None:
    """One line of words becomes a task; another one is done."""
    answer = await me.page("tasks", "/tasks/")
    await me.type()
    await me.send(
        "task planned", "/tasks/quick/", "form#quick", text=f"Call {uuid4().hex[:6]} tomorrow 10:00"
    )
    done = _DONE.findall(answer.text)
    if done:
        await me.send("task done", unescape(me.dice.choice(done)), done="on")


async def reminded(me: Member) -> None:
    """A task with a reminder: a job that waits for its minute."""
    path = f"/activities/new/?card={me.one('company')}"
    await me.part("dialog", path, "div#dialog-body")
    await me.type()
    due = datetime.now(_ZONE) + timedelta(minutes=2)
    fields = {"title": "Look after it", "kind": "task", "day": due.date().isoformat(), "hour": f"{due:%H:%M}"}
    await me.send("task planned", path, "div#dialog-body", owner=me.id, remind="0", text="", **fields)


async def noted(me: Member) -> None:
    text = f"They asked for an offer. {uuid4().hex}"
    await me.send("note", f"/records/{me.one('company')}/notes/", "form#composer", text=text)


async def called(me: Member) -> None:
    path = f"/records/{me.one('person')}/talks/"
    await me.part("dialog", path, "form#composer")
    await me.type()
    await me.send("talk", path, "form#composer", kind="call", result="reached", minutes="5", text="Agreed.")


async def new_company(me: Member) -> None:
    """The dialog, the question for doubles while one types, the new company's page."""
    name = f"Firm {uuid4().hex[:10]}"
    await me.part("dialog", "/companies/new/", "div#dialog-body")
    await me.type()
    await me.part("doubles", f"/clients/company/doubles/?name={name.replace(' ', '+')}")
    fields = {"name": name, "city": me.dice.choice(_CITIES), "email": f"{uuid4().hex[:10]}@firm.example"}
    await me.send("client added", "/companies/new/", "div#dialog-body", owner=me.id, **fields)


async def new_person(me: Member) -> None:
    path = f"/people/new/?company={me.one('company')}"
    await me.part("dialog", path, "div#dialog-body")
    await me.type()
    fields = {"first_name": "Ada", "last_name": f"Keller {uuid4().hex[:8]}", "phone": "+44 20 7946 0958"}
    await me.send("client added", path, "div#dialog-body", owner=me.id, **fields)


async def new_deal(me: Member) -> None:
    path = f"/deals/new/?client={me.one('company')}"
    form = await me.part("dialog", path, "div#dialog-body")
    await me.type()
    held = {
        name: unescape(value) for name, value in _HELD.findall(form.text) if name != "csrfmiddlewaretoken"
    }
    fields = {"name": "Lights for the hall", "stage": me.stages[0], "owner": me.id, "amount_0": "1200"}
    await me.send("deal added", path, "div#dialog-body", **(held | fields))


async def edited(me: Member) -> None:
    """A fact changed where it is read."""
    path = f"/companies/{me.one('company')}/fields/address/"
    form = await me.part("editor", path, "div#fact-address")
    await me.type()
    version = _VERSION.search(form.text)
    fields = {"city": me.dice.choice(_CITIES), "version": version.group(1) if version else ""}
    await me.send("fact changed", path, "div#fact-address", **fields)


async def edited_deal(me: Member) -> None:
    path = f"/deals/{me.one('open')}/fields/source/"
    form = await me.part("editor", path, "div#fact-source")
    await me.type()
    version = _VERSION.search(form.text)
    fields = {"source": f"Fair {me.dice.randint(1, 99)}", "version": version.group(1) if version else ""}
    await me.send("fact changed", path, "div#fact-source", **fields)


async def filter_dialog(me: Member) -> None:
    await me.part("dialog", "/lists/companies/filter/?asked=sort%3Dname", "div#dialog-body")


async def exported(me: Member) -> None:
    """A list as a file."""
    await me.ask("export", "POST", "/lists/companies/export/?asked=sort%3Dname%26draw%3Dtable")


async def imported(me: Member) -> None:
    """A small file: sent, its columns looked at, begun, watched until its job is done."""
    mark = uuid4().hex[:8]
    rows = "".join(f"Import {mark} {n},Bath,i{n}.{mark}@firm.example\n" for n in range(25))
    limit = uuid4().hex
    body = (
        f'--{limit}\r\nContent-Disposition: form-data; name="kind"\r\n\r\ncompany\r\n--{limit}\r\n'
        f'Content-Disposition: form-data; name="file"; filename="clients-{mark}.csv"\r\n'
        f"Content-Type: text/csv\r\n\r\nCompany,City,E-mail\n{rows}\r\n--{limit}--\r\n"
    ).encode()
    content = f"multipart/form-data; boundary={limit}"
    sent = await me.ask("import", "POST", "/imports/new/", body, expected=(302,), content=content)
    way = sent.headers["location"]
    page = await _watch(me, way, "div#check")
    if "disabled" in page.text.partition("/beginning/")[2][:600]:
        me.tally.fault("import", "not ready", page.text[-2000:])
        return
    started = await me.ask("import", "POST", way.replace("columns/", "beginning/"), expected=(302,))
    page = await _watch(me, started.headers["location"], "div#progress")


async def _watch(me: Member, path: str, target: str) -> Answer:
    """A page that looks again every second while its job works."""
    page = await me.page("import", path)
    for _second in range(60):
        if 'hx-trigger="every 1s"' not in page.text:
            return page
        await asyncio.sleep(1)
        page = await me.part("import", path, target)
    me.tally.fault("import", "not done in a minute")
    raise Fault


async def signed_in(me: Member) -> None:
    """A browser without a cookie: to the account's host, with the password, and back by a ticket."""
    fresh = Browser(me.browser.port, me.browser.trusted, me.browser.network)
    other = Member(**{**vars(me), "browser": fresh})
    try:
        page = await _walk(other, await _step(other, "GET", "/companies/"))
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        other.token = token.group(1) if token else ""
        fields = {"login": me.mail, "password": me.password, "csrfmiddlewaretoken": other.token}
        page = await _walk(other, await _step(other, "POST", page.url, fields))
        if page.url != f"{me.site}/companies/":
            me.tally.fault("sign-in", "ended elsewhere", f"{page.url} {page.text[-1000:]}")
    finally:
        fresh.close()


async def _step(me: Member, method: str, path: str, fields: Any = b"") -> Answer:
    return await me.ask("sign-in", method, path, fields, expected=(200, 302, 303))


async def _walk(me: Member, answer: Answer) -> Answer:
    """Where answers and pages lead by themselves."""
    for _ in range(12):
        onward = _AGAIN.search(answer.text)
        to = answer.headers.get("location") or (unescape(onward.group(2)) if onward else "")
        if not to:
            return answer
        answer = await _step(me, "GET", urljoin(answer.url, to))
    raise Fault


@dataclass(frozen=True)
class Act:
    """Something that members do: how often (share of all acts), and the right it needs, if it needs one."""

    do: Callable[[Member], Awaitable[None]]
    share: float
    right: str = ""


MIX = (
    Act(today, 8),
    Act(companies, 7),
    Act(people, 4),
    Act(filtered, 7),
    Act(found_in_list, 6),
    Act(searched, 6),
    Act(company, 14),
    Act(person, 7),
    Act(deal, 9),
    Act(board, 7),
    Act(tasks, 4),
    Act(filter_dialog, 1),
    Act(moved, 5, "sales.edit"),
    Act(planned, 3, "activities.edit"),
    Act(noted, 4, "notes.write"),
    Act(called, 2, "activities.edit"),
    Act(edited, 3, "clients.edit"),
    Act(edited_deal, 1, "sales.edit"),
    Act(new_company, 1, "clients.edit"),
    Act(new_person, 1, "clients.edit"),
    Act(new_deal, 1, "sales.edit"),
    Act(reminded, 0.5, "activities.edit"),
    Act(exported, 0.3, "lists.export"),
    Act(imported, 0.2, "imports.run"),
    Act(signed_in, 0.5),
)
