"""The crowd, a process of its own: acts arrive at the moments that a rate gives, whatever the answers take.

Started by ``tests.bench.load``; one JSON object a line comes in (a phase), one goes out (what was seen in it).
``rate`` is in acts a second with exponential pauses between them (an open loop); ``at_once`` instead keeps so many
acts going (a closed loop); ``tour`` lets one member of every company look at each page once.
"""

from __future__ import annotations

import asyncio
import json
import random
import secrets
import ssl
import string
import sys
import time
from pathlib import Path
from typing import Any

from tests.bench._acts import MIX, Act, Member
from tests.bench._browser import Browser, Fault, Tally, rounded

# Acts that are still under way at the end of a phase get so long.
_GRACE_SECONDS = 40
_TOURED = (
    "today",
    "companies",
    "people",
    "filtered",
    "searched",
    "company",
    "person",
    "deal",
    "board",
    "tasks",
)


class Crowd:
    """All members of all companies."""

    def __init__(self, town: dict[str, Any], port: int, root: str) -> None:
        self.port = port
        self.trusted = ssl.create_default_context(cafile=root)
        self.tally = Tally()
        self.members: list[list[Member]] = [
            [self._member(town, number, company, place) for place in range(len(company["keys"]))]
            for number, company in enumerate(town["companies"])
        ]
        self.under_way: set[asyncio.Task[None]] = set()
        self.acts = 0

    def _member(self, town: dict[str, Any], number: int, company: dict[str, Any], place: int) -> Member:
        known = town["people"][place]
        host = f"{company['slug']}.localhost"
        browser = Browser(self.port, self.trusted, f"127.{1 + number // 250}.{1 + number % 250}.{1 + place}")
        # Any 32 characters are a token, if cookie and header hold the same.
        token = "".join(secrets.choice(string.ascii_letters) for _ in range(32))
        browser.jars[host] = {"__Host-workspace": company["keys"][place], "__Host-csrf": token}
        more = company.get("more", {}) if known["all"] else {}
        return Member(
            browser=browser,
            tally=self.tally,
            site=f"https://{host}:{self.port}",
            public=f"https://localhost:{self.port}",
            id=known["id"],
            mail=f"{known['mail'].partition('@')[0]}@{company['slug']}.example",
            password=town["password"],
            may=frozenset(known["may"]),
            stages=town["stages"],
            company=known["company"] + more.get("company", []),
            person=known["person"] + more.get("person", []),
            deal=known["deal"],
            open=known["open"],
            token=token,
        )

    async def phase(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Do what was asked; what was seen."""
        self.tally.begin()
        self.acts = 0
        own, dice = time.process_time(), random.Random(asked.get("seed", 1))
        if "tour" in asked:
            await self._tour(dice, asked["tour"])
        elif "rate" in asked:
            await self._arrive(dice, asked["rate"], asked["seconds"])
        else:
            await self._keep_going(dice, asked["at_once"], asked["seconds"])
        lasted, in_time = time.perf_counter() - self.tally.began, self.acts
        late = await self._finish()
        return (
            self._told(lasted, late)
            | {"acts_in_time": in_time}
            | {"own_cpu_s": round(time.process_time() - own, 2)}
        )

    def _told(self, lasted: float, late: int) -> dict[str, Any]:
        tally = self.tally
        everything = [value for values in tally.taken.values() for value in values]
        return {
            "seconds": round(lasted, 2),
            "acts": self.acts,
            "late": late,
            "requests": len(everything),
            "in_time": sum(1 for ended in tally.ended if ended <= lasted),
            "p50_ms": rounded(everything, 0.5),
            "p95_ms": rounded(everything, 0.95),
            "p99_ms": rounded(everything, 0.99),
            "kinds": {
                kind: [len(values), *(rounded(values, share) for share in (0.5, 0.95, 0.99))]
                for kind, values in sorted(tally.taken.items())
            },
            "statuses": dict(sorted(tally.statuses.items())),
            "faults": dict(tally.faults.most_common(30)),
            "examples": tally.examples,
            "conflicts": tally.conflicts,
        }

    async def _arrive(self, dice: random.Random, rate: float, seconds: float) -> None:
        began = time.perf_counter()
        at = 0.0
        while (at := at + dice.expovariate(rate)) < seconds:
            pause = began + at - time.perf_counter()
            if pause > 0:
                await asyncio.sleep(pause)
            self._start(dice)
        await asyncio.sleep(max(0.0, began + seconds - time.perf_counter()))

    async def _keep_going(self, dice: random.Random, at_once: int, seconds: float) -> None:
        ends = time.perf_counter() + seconds
        while time.perf_counter() < ends:
            while len(self.under_way) < at_once:
                self._start(dice)
            left = ends - time.perf_counter()
            await asyncio.wait(self.under_way, timeout=left, return_when=asyncio.FIRST_COMPLETED)

    def _start(self, dice: random.Random) -> None:
        member = dice.choice(dice.choice(self.members))
        while True:
            act = dice.choices(MIX, [one.share for one in MIX])[0]
            if not act.right or act.right in member.may:
                break
        task = asyncio.ensure_future(self._do(act, member))
        self.under_way.add(task)
        task.add_done_callback(self.under_way.discard)

    async def _do(self, act: Act, member: Member) -> None:
        try:
            await act.do(member)
        except Fault:
            pass
        except Exception as error:
            self.tally.fault(act.do.__name__, f"{type(error).__name__} {error}")
        self.acts += 1

    async def _tour(self, dice: random.Random, at_once: int) -> None:
        """Everybody of every company looks at something; the first one at each of the usual pages."""
        looks = [act for act in MIX if act.do.__name__ in _TOURED]
        gate = asyncio.Semaphore(at_once)

        async def one(members: list[Member]) -> None:
            async with gate:
                for act in looks:
                    await self._do(act, dice.choice(members))

        await asyncio.gather(*(one(members) for members in self.members))

    async def _finish(self) -> int:
        """Wait for what is under way; how many did not come to their end."""
        if self.under_way:
            await asyncio.wait(self.under_way, timeout=_GRACE_SECONDS)
        late = list(self.under_way)
        for task in late:
            task.cancel()
        if late:
            self.tally.fault("act", "not ended")
        return len(late)


async def main() -> None:
    path, port, root = sys.argv[1:]
    crowd = Crowd(json.loads(Path(path).read_text("utf-8")), int(port), root)
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        print(json.dumps(await crowd.phase(json.loads(line))), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
