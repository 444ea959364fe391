"""Make the platform or one company read-only or closed for a while, and end it."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kernel import context
from kernel.errors import NotFound, TeremError
from kernel.when import now
from tenants import queries
from tenants.console import maintenance
from tenants.models import Maintenance


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "verb", choices=("status", "readonly", "closed", "end"), nargs="?", default="status"
        )
        parser.add_argument("--tenant", default="", help="the first word of its address; else the platform")
        parser.add_argument("--minutes", type=float, default=60, help="until the end that people are told")
        parser.add_argument("--reason", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        with context.enter(context.Context(cause="command")):
            try:
                self._do(options)
            except TeremError as error:
                raise CommandError(str(error) or type(error).__name__) from error

    def _do(self, options: dict[str, Any]) -> None:
        tenant = queries.by_slug(options["tenant"]) if options["tenant"] else None
        if options["verb"] == "status":
            for found in maintenance.present():
                self.stdout.write(
                    f"{found.tenant or 'platform'}: {found.mode} until {found.until:%Y-%m-%d %H:%M} UTC. {found.reason}"
                )
            self.stdout.write(f"{len(maintenance.present())} in maintenance.")
        elif options["verb"] == "end":
            maintenance.end(id=self._present(tenant).id)
            self.stdout.write("Maintenance is over.")
        else:
            until = now() + timedelta(minutes=options["minutes"])
            maintenance.begin(
                mode=options["verb"],
                reason=options["reason"],
                until=until,
                tenant_id=tenant.id if tenant else None,
            )
            self.stdout.write(f"{tenant or 'The platform'} is {options['verb']} until you end it.")

    def _present(self, tenant: Any) -> Maintenance:
        wanted = tenant.id if tenant else None
        for found in maintenance.present():
            if found.tenant_id == wanted:
                return found
        raise NotFound
