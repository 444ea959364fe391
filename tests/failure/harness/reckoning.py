"""The reckoning after a blow: is everything there that people were told was done, once, and did every job end well?"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import psycopg

from tests.failure.harness.load import (
    BROKEN,
    CHECKING,
    CLEAR,
    FIELD,
    IMPORTED,
    OK,
    REFUSED,
    WRONG,
    Book,
    Person,
    Seen,
)
from tests.failure.harness.standing import DATABASE, Company, Standing

JOBS_WITHIN = 150  # seconds in which everything that was asked for must have run


@dataclass
class Reckoned:
    """One line of the table. Times are in seconds from the moment when the cause was gone."""

    name: str
    asked: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    slowest: float = 0.0
    first_good: float | None = None
    all_good: float = 0.0
    longest_job: float = 0.0
    written: int = 0
    imports: int = 0
    jobs: int = 0
    lost: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Times:
    """When a blow struck and when its cause was gone (monotonic seconds), and the jobs that were there before."""

    struck: float
    gone: float
    jobs: frozenset[str]


def reckon(
    standing: Standing, name: str, book: Book, times: Times, *, bearable: tuple[str, ...], reading: bool
) -> Reckoned:
    """Judge one blow: only what is in ``bearable`` may have been seen, and with ``reading`` every page was read."""
    struck, gone = times.struck, times.gone
    found = Reckoned(name, asked=len(book.seen), counts=dict(book.counts()))
    found.slowest = round(max((seen.took for seen in book.seen), default=0.0), 1)
    after = [seen for seen in book.seen if seen.at >= gone]
    good = [seen.at + seen.took - gone for seen in after if seen.kind == OK]
    found.first_good = round(min(good), 1) if good else None
    bad = [seen.at + seen.took - gone for seen in after if seen.kind != OK]
    found.all_good = round(max(bad, default=0.0), 1)
    _judge_jobs(found, _jobs_when_done(standing, times.jobs))
    found.faults += [_words(seen, struck) for seen in book.seen if seen.kind not in bearable]
    if reading:
        missed = [
            seen
            for seen in book.seen
            if seen.kind != OK and seen.what.startswith("GET") and CHECKING not in seen.what
        ]
        found.faults += [f"not read: {_words(seen, struck)}" for seen in missed]
    for company in standing.companies:
        _compare(standing, company, book, found)
    _sessions(standing, found)
    return found


def _words(seen: Seen, struck: float) -> str:
    return f"{seen.at - struck:+.1f} s {seen.what} {seen.took:.1f} s: {seen.words[:900]}"


def _jobs_when_done(standing: Standing, before: frozenset[str]) -> list[tuple[object, ...]]:
    """The new jobs, once none of them is open any more."""
    deadline = time.monotonic() + JOBS_WITHIN
    while True:
        jobs = [job for key, job in jobs_of(standing).items() if key not in before]
        waiting = sum(job[1] not in ("done", "stopped", "failed") for job in jobs)
        if not waiting or time.monotonic() > deadline:
            return jobs
        time.sleep(0.5)


def connect(standing: Standing) -> psycopg.Connection[tuple[object, ...]]:
    """The administrator's own line to the database."""
    return psycopg.connect(standing.servers.postgres.superuser_dsn, dbname=DATABASE, autocommit=True)


def jobs_of(standing: Standing) -> dict[str, tuple[object, ...]]:
    """Every job of every company by its id: name, state, error, seconds from the asking to the end."""
    found: dict[str, tuple[object, ...]] = {}
    with connect(standing) as line:
        for company in standing.companies:
            rows = line.execute(
                "SELECT id::text, name, state, error, EXTRACT(epoch FROM finished_at - created_at)"  # type: ignore[arg-type]
                f" FROM {company.schema}.jobs_job"
            )
            found |= {str(row[0]): row[1:] for row in rows}
    return found


def _compare(standing: Standing, company: Company, book: Book, found: Reckoned) -> None:
    """What people were told is written, against what is there. Every name was used once, ever."""
    written = book.written.get(company.slug, [])
    imports = book.imports.get(company.slug, [])
    with connect(standing) as line:
        rows = line.execute(
            f"SELECT label, count(*) FROM {company.schema}.records_card WHERE kind = 'company' GROUP BY label"  # type: ignore[arg-type]
        ).fetchall()
    there = {str(label): int(str(count)) for label, count in rows}
    found.lost += [f"{company.slug}: {name} is not there" for name in written if name not in there]
    found.faults += [f"{company.slug}: {name} is there {n} times" for name, n in there.items() if n > 1]
    for mark in imports:
        count = sum(label.startswith(f"Import {mark} ") for label in there)
        if count != IMPORTED:
            found.lost.append(f"{company.slug}: import {mark} has {count} of {IMPORTED} rows")
    found.written += len(written)
    found.imports += len(imports)


def _judge_jobs(found: Reckoned, jobs: list[tuple[object, ...]]) -> None:
    """All of them ended well; one for each import that was begun."""
    found.jobs = len(jobs)
    found.faults += [f"job {job}" for job in jobs if job[1] != "done"]
    taken = [float(str(seconds)) for _name, state, _error, seconds in jobs if state == "done"]
    # A job that began by one clock and ended by another took nobody knows how long.
    known = [seconds for seconds in taken if 0 <= seconds <= 2 * JOBS_WITHIN]
    found.longest_job = round(max(known, default=0.0), 1)


def _sessions(standing: Standing, found: Reckoned) -> None:
    """Everybody is still signed in."""
    for company in standing.companies:
        for key in company.keys:
            person = Person(standing, company, key, "reads", Book())
            answer = person.ask("GET", "/companies/")
            person.close()
            if answer.kind != OK:
                found.faults.append(
                    f"{company.slug}: the session does not hold: {answer.status} {answer.error}"
                )


def summary(found: Reckoned) -> str:
    """What a user saw, in a few words."""
    said = [f"{found.counts.get(OK, 0)} answered"]
    said += [
        f"{found.counts[kind]} {words}"
        for kind, words in (
            (CLEAR, "clear pages"),
            (FIELD, "told at the field"),
            (REFUSED, "refused"),
            (BROKEN, "broken off"),
            (WRONG, "WRONG"),
        )
        if found.counts.get(kind)
    ]
    return ", ".join(said)
