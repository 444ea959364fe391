"""Companies' own domains: list, add one, ask the DNS about one company's now, take one away with a reason."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kernel import context
from kernel.errors import TeremError
from tenants import queries
from tenants.domains import naming, nightly, owning
from tenants.domains.queries import Shown, domains_of


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        for verb in ("list", "add", "check", "remove"):
            own = verbs.add_parser(verb)
            own.add_argument("company", help="the first part of its address")
            if verb in ("add", "remove"):
                own.add_argument("domain")
            if verb == "remove":
                own.add_argument("--reason", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        with context.enter(context.Context(cause="command")):
            try:
                getattr(self, f"_{options['verb']}")(options)
            except TeremError as error:
                raise CommandError(str(error) or "There is no such company or domain.") from error

    def _list(self, options: dict[str, Any]) -> None:
        for found in domains_of(queries.by_slug(options["company"]).id):
            self._say(found)

    def _add(self, options: dict[str, Any]) -> None:
        """The records to set are printed in the form of a zone file."""
        company = queries.by_slug(options["company"])
        made = owning.add(tenant_id=company.id, name=options["domain"], by="")
        shown = Shown(made, primary=False)
        self.stdout.write(f'{shown.proof_name}. IN TXT "{shown.proof_value}"')
        self.stdout.write(f"{made.host}. IN CNAME {shown.edge}.")

    def _check(self, options: dict[str, Any]) -> None:
        company = queries.by_slug(options["company"])
        asked = nightly.recheck(company)
        self.stdout.write(f"{asked} asked about")
        self._list(options)

    def _remove(self, options: dict[str, Any]) -> None:
        company = queries.by_slug(options["company"])
        host = naming.read(options["domain"])
        found = [shown for shown in domains_of(company.id) if shown.domain.host == host]
        if not found:
            raise CommandError("There is no such company or domain.")
        owning.withdraw(tenant_id=company.id, domain_id=found[0].domain.id, reason=options["reason"])
        self.stdout.write(f"{host} is taken away")

    def _say(self, found: Shown) -> None:
        domain = found.domain
        self.stdout.write(f"{domain.host}: {found.state}, proof {domain.proof}, way here {domain.pointing}")
