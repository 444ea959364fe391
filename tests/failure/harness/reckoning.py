"""The reckoning after a blow: is everything there that people were told was done, once, and did every job end well?"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import psycopg

from tests.failure.harness.load import BROKEN, IMPORTED, OK, REFUSED, WRONG, Book, Person, Seen
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
    work_good: float = 0.0
    written: int = 0
    imports: int = 0
    jobs: int = 0
    lost: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def reckon(standing: Standing, name: str, book: Book, struck: float, gone: float, began: str) -> Reckoned:
    """Judge one blow that struck at ``struck`` and whose cause was gone at ``gone`` (monotonic seconds).

    ``began`` is the database's time before the load began.
    """
    found = Reckoned(name, asked=len(book.seen), counts=dict(book.counts()))
    found.slowest = round(max((seen.took for seen in book.seen), default=0.0), 1)
    after = [seen for seen in book.seen if seen.at >= gone]
    good = [seen.at + seen.took - gone for seen in after if seen.kind == OK]
    found.first_good = round(min(good), 1) if good else None
    bad = [seen.at + seen.took - gone for seen in after if seen.kind != OK]
    found.all_good = round(max(bad, default=0.0), 1)
    found.work_good = round(_wait_for_jobs(standing, found, began) - gone, 1)
    found.faults += [_words(seen, struck) for seen in book.seen if seen.kind == WRONG]
    for company in standing.companies:
        _compare(standing, company, book, found, began)
    _sessions(standing, found)
    return found


def _words(seen: Seen, struck: float) -> str:
    return f"{seen.at - struck:+.1f} s {seen.what} {seen.took:.1f} s: {seen.words[:900]}"


def _wait_for_jobs(standing: Standing, found: Reckoned, began: str) -> float:
    """Wait until no company has an open job; the moment when that was so."""
    deadline = time.monotonic() + JOBS_WITHIN
    while True:
        try:
            open_jobs = sum(
                len(_jobs(standing, company, began, open_only=True)) for company in standing.companies
            )
        except psycopg.Error:
            open_jobs = -1
        if open_jobs == 0:
            return time.monotonic()
        if time.monotonic() > deadline:
            found.faults.append(f"{open_jobs} jobs still wait after {JOBS_WITHIN} s")
            return time.monotonic()
        time.sleep(0.5)


def connect(standing: Standing) -> psycopg.Connection[tuple[object, ...]]:
    """The administrator's own line to the database."""
    return psycopg.connect(standing.servers.postgres.superuser_dsn, dbname=DATABASE, autocommit=True)


def _jobs(
    standing: Standing, company: Company, began: str, *, open_only: bool = False
) -> list[tuple[object, ...]]:
    states = "state NOT IN ('done', 'stopped', 'failed') AND" if open_only else ""
    with connect(standing) as line:
        return line.execute(
            f"SELECT name, state, error FROM {company.schema}.jobs_job WHERE {states} created_at >= %s",  # type: ignore[arg-type]
            [began],
        ).fetchall()


def _compare(standing: Standing, company: Company, book: Book, found: Reckoned, began: str) -> None:
    written = book.written.get(company.slug, [])
    imports = book.imports.get(company.slug, [])
    with connect(standing) as line:
        rows = line.execute(
            f"SELECT label FROM {company.schema}.records_card WHERE kind = 'company' AND created_at >= %s",  # type: ignore[arg-type]
            [began],
        ).fetchall()
    labels = [str(label) for (label,) in rows]
    there: dict[str, int] = {}
    for label in labels:
        there[label] = there.get(label, 0) + 1
    found.lost += [f"{company.slug}: {name} is not there" for name in written if name not in there]
    found.faults += [f"{company.slug}: {name} is there {n} times" for name, n in there.items() if n > 1]
    for mark in imports:
        count = sum(label.startswith(f"Import {mark} ") for label in there)
        if count != IMPORTED:
            found.lost.append(f"{company.slug}: import {mark} has {count} of {IMPORTED} rows")
    jobs = _jobs(standing, company, began)
    found.written += len(written)
    found.imports += len(imports)
    found.jobs += len(jobs)
    found.faults += [f"{company.slug}: job {job}" for job in jobs if job[1] != "done"]


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
            ("clear page", "clear pages"),
            (REFUSED, "refused"),
            (BROKEN, "broken off"),
            (WRONG, "WRONG"),
        )
        if found.counts.get(kind)
    ]
    return ", ".join(said)
