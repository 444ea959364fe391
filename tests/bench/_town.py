"""A town of companies to work in: each with the demo company's data and people, some of them with many clients.

One company is filled by the product's own actions; the others come from the stock of blank schemas and get
its rows. What differs is what must: addresses, accounts, sessions.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

PASSWORD = "four plain words here"
_LANGUAGE, _ZONE = "en", "Europe/London"
# So many clients of a big company are known to the crowd, spread over all of them.
_KNOWN = 400


def build(tenants: int, members: int, big: int, clients: int, path: Path) -> None:
    """Open the companies and write down who works where, for the crowd: ``path`` becomes a JSON file."""
    first = _original()
    people = _people(first)[:members]
    companies = [first, *_copies(first, tenants - 1)]
    accounts = _accounts(companies, people)
    found = [_enter(company, people, accounts) for company in companies]
    known = _known(first, people)
    for place in range(min(big, tenants)):
        _grow(companies[place], clients)
        found[place]["more"] = _more(companies[place])
    told = {"password": PASSWORD, "companies": found, **known}
    path.write_text(json.dumps(told, default=str), "utf-8")


def _as_command() -> Any:
    from kernel import context

    return context.enter(context.Context(cause="command"))


def _open(number: int) -> Any:
    from tenants import api

    return api.open_tenant(
        slug=f"load-{number}", name=f"Load {number}", language=_LANGUAGE, zone=_ZONE, currency="EUR"
    )


def _original() -> Any:
    """The company that the others are like, told by the real actions."""
    from crm_core.setup.actions import demo_members, load_demo, seed
    from tenants import api

    with _as_command():
        found = _open(0)
        owner = demo_members(_LANGUAGE)[0]
        with api.inside(found, cause="page"):
            told: Any = {"account_id": None, "name": owner.name, "email": owner.email}
            load_demo(by=seed(language=_LANGUAGE, owner=told), language=_LANGUAGE, accounts={})
    return found


def _people(first: Any) -> list[Any]:
    from crm_core.team.models import Member
    from tenants import api

    with api.inside(first):
        return list(Member.objects.select_related("role", "team").order_by("role__position", "id"))


def _copies(first: Any, count: int) -> list[Any]:
    """Companies from the stock with the first one's rows."""
    import psycopg
    from django.conf import settings

    from tenants.actions import fill_reserve

    with _as_command():
        fill_reserve(count)
    made = []
    database = str(settings.DATABASES["tenant"]["NAME"])
    with psycopg.connect(os.environ["TEREM_BENCH_SUPERUSER_DB"], dbname=database) as line:
        # The rows come with all that they point at: nothing to check again, and no order to keep.
        line.execute("SET session_replication_role = replica")
        tables = _rows(line, first.schema_name)
        for number in range(1, count + 1):
            with _as_command():
                made.append(_open(number))
            _pour(line, made[-1].schema_name, tables)
            line.commit()
            print(f"\rcompanies {number + 1}/{count + 1}", end="", file=sys.stderr)
    print(file=sys.stderr)
    return made


def _rows(line: Any, schema: str) -> dict[str, tuple[str, bytes, list[tuple[str, int]]]]:
    """Of each table with rows: its columns, its rows as COPY writes them, the counters of its identity columns."""
    listed = line.execute(
        "SELECT table_name, string_agg(quote_ident(column_name), ', ' ORDER BY ordinal_position),"
        " array_remove(array_agg(CASE WHEN is_identity = 'YES' THEN column_name END), NULL)"
        " FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)"
        " WHERE table_schema = %s AND table_type = 'BASE TABLE' AND is_generated = 'NEVER' GROUP BY table_name",
        [schema],
    ).fetchall()
    found = {}
    for table, columns, counters in listed:
        with line.cursor().copy(f"COPY {schema}.{table} ({columns}) TO STDOUT") as source:
            rows = b"".join(source)
        tops = [
            (name, line.execute(f"SELECT coalesce(max({name}), 0) FROM {schema}.{table}").fetchone()[0])
            for name in counters
        ]
        found[table] = columns, rows, tops
    return found


def _pour(line: Any, schema: str, tables: dict[str, tuple[str, bytes, list[tuple[str, int]]]]) -> None:
    for table, (columns, rows, tops) in tables.items():
        line.execute(f"DELETE FROM {schema}.{table}")
        with line.cursor().copy(f"COPY {schema}.{table} ({columns}) FROM STDIN") as sink:
            sink.write(rows)
        for name, top in tops:
            if top:
                line.execute(
                    "SELECT setval(pg_get_serial_sequence(%s, %s), %s)", [f"{schema}.{table}", name, top]
                )
    for table in tables:
        line.execute(f"ANALYZE {schema}.{table}")


def _accounts(companies: list[Any], people: list[Any]) -> dict[str, int]:
    """A confirmed account for everybody; one password, so that it is hashed once. Ids by address."""
    from allauth.account.models import EmailAddress
    from django.contrib.auth import get_user_model
    from django.contrib.auth.hashers import make_password

    model, digest = get_user_model(), make_password(PASSWORD)
    mails = [mail_of(company.slug, person.email) for company in companies for person in people]
    made = model.objects.bulk_create(model(username=mail, email=mail, password=digest) for mail in mails)
    EmailAddress.objects.bulk_create(
        EmailAddress(user=account, email=account.email, verified=True, primary=True) for account in made
    )
    return {account.email: account.pk for account in made}


def mail_of(slug: str, mail: str) -> str:
    """The address of somebody in one of the companies."""
    return f"{mail.partition('@')[0]}@{slug}.example"


def _enter(company: Any, people: list[Any], accounts: dict[str, int]) -> dict[str, Any]:
    """Join the people to their company, serve it, and sign everybody in."""
    from billing import api as billing
    from crm_core.team.actions import open_session
    from crm_core.team.models import Member
    from tenants import api

    keys = []
    with _as_command():
        billing.start(company.id)
        api.activate(tenant_id=company.id)
        for person in people:
            mail = mail_of(company.slug, person.email)
            api.join(tenant_id=company.id, account_id=accounts[mail], member_id=person.id)
    with api.inside(company):
        for person in people:
            mail = mail_of(company.slug, person.email)
            Member.objects.filter(id=person.id).update(email=mail, account_id=accounts[mail])
            member = Member.objects.select_related("role", "team").get(id=person.id)
            keys.append(open_session(member=member, agent="bench", network="127.0.0.1")[1])
    return {"slug": company.slug, "schema": company.schema_name, "keys": keys}


def _known(first: Any, people: list[Any]) -> dict[str, Any]:
    """Of each member: rights, and the records that are seen; and the stages a deal can be moved to."""
    from crm_core.records.queries import visible_to
    from crm_core.sales import queries
    from crm_core.sales.models import Deal
    from kernel.rights import RIGHTS
    from tenants import api

    told = []
    with api.inside(first):
        stages = queries.open_stages(queries.pipelines()[0])
        for person in people:
            seen = {kind: _ids(visible_to(person, kind)) for kind in ("company", "person", "deal")}
            seen["open"] = _ids(Deal.objects.filter(pk__in=seen["deal"], stage__in=stages))
            may = sorted(right for right in RIGHTS if person.may(right))
            sees_all = person.visibility == "all"
            told.append({"id": person.id, "mail": person.email, "all": sees_all, "may": may, **seen})
    return {"people": told, "stages": [stage.id for stage in stages]}


def _ids(found: Any) -> list[Any]:
    return list(found.order_by("pk").values_list("pk", flat=True)[:_KNOWN])


def _grow(company: Any, clients: int) -> None:
    """Many clients more, as a company has that has worked for years."""
    from tenants import schemas
    from tests.bench._planting import plant

    with schemas.owner() as connection:
        owner = connection.execute(
            f"SELECT owner_id FROM {company.schema_name}.records_card WHERE owner_id IS NOT NULL LIMIT 1"
        ).fetchone()[0]
        plant(connection, company.schema_name, owner, clients)


def _more(company: Any) -> dict[str, list[Any]]:
    """Some of the many clients, for those who see all."""
    from crm_core.records.models import Card
    from tenants import api

    with api.inside(company):
        return {
            kind: list(
                Card.objects.live().filter(kind=kind).order_by("?").values_list("id", flat=True)[:_KNOWN]
            )
            for kind in ("company", "person")
        }
