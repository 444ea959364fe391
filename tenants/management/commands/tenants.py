"""Companies from the command line: find them, look at one, suspend it, serve it again."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kernel import context
from kernel.errors import TeremError
from tenants import actions, queries
from tenants.console import acts, listing
from tenants.console.listing import Wanted
from tenants.models import Tenant


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        listed = verbs.add_parser("list", help="all companies, or those found")
        listed.add_argument("words", nargs="?", default="", help="name, address, schema or a member's e-mail")
        listed.add_argument("--status", choices=Tenant.Status.values, default="")
        listed.add_argument("--plan", default="")
        listed.add_argument("--release", choices=("current", "behind"), default="")
        listed.add_argument("--faults", action="store_true", help="only with open errors this week")
        listed.add_argument("--sort", choices=sorted(listing.SORTS), default="opened")
        listed.add_argument("--most", type=int, default=50)
        for verb, words in (
            ("show", "one company"),
            ("suspend", "stop serving it; its data stays"),
            ("resume", "serve it again"),
        ):
            one = verbs.add_parser(verb, help=words)
            one.add_argument("slug", help="the first word of its address")
            if verb != "show":
                one.add_argument("--reason", required=True, help="the company's people see it")

    def handle(self, *args: Any, **options: Any) -> None:
        with context.enter(context.Context(cause="command")):
            try:
                getattr(self, f"_{options['verb']}")(options)
            except TeremError as error:
                raise CommandError(str(error) or type(error).__name__) from error

    def _list(self, options: dict[str, Any]) -> None:
        wanted = Wanted(
            words=options["words"],
            status=options["status"],
            plan=options["plan"],
            release=options["release"],
            faults="yes" if options["faults"] else "",
            sort=options["sort"],
        )
        for row in listing.page(wanted, size=options["most"]).rows:
            found = row.tenant
            self.stdout.write(
                f"{found.slug:30} {found.status:10} {found.lease.get('plan', '–'):10}"
                f" {'behind' if row.behind else 'current':8} {row.meters['records'] or 0:>10} records"
                f" {row.faults:>4} errors  {found.name}"
            )
        sums = listing.sums(wanted)
        self.stdout.write(f"{sums.companies} companies, {sums.members} members, {sums.records} records.")

    def _show(self, options: dict[str, Any]) -> None:
        found = queries.by_slug(options["slug"])
        self.stdout.write(f"{found.name}\n{found.status} {found.reason}".strip())
        self.stdout.write(f"schema {found.schema_name}  release {found.release}")
        lease = queries.lease_of(found)
        self.stdout.write(
            f"lease {lease['plan'] or '–'} {lease['status']}, until {lease['valid_until'] or 'without end'}"
        )
        for use in queries.usage(found):
            allowed = f" of {use.allowed}" if use.allowed else ""
            self.stdout.write(f"  {use.name:10} {'–' if use.used is None else use.used}{allowed}")
        for act in queries.acts(found, 20):
            self.stdout.write(
                f"  {act.at:%Y-%m-%d %H:%M} {act.account_label}: {acts.words_of(act.verb)}. {act.reason}"
            )

    def _suspend(self, options: dict[str, Any]) -> None:
        found = queries.by_slug(options["slug"])
        actions.suspend(tenant_id=found.id, reason=options["reason"])
        self.stdout.write(f"{found.name} is suspended.")

    def _resume(self, options: dict[str, Any]) -> None:
        found = queries.by_slug(options["slug"])
        actions.resume(tenant_id=found.id, reason=options["reason"])
        self.stdout.write(f"{found.name} is served again.")
