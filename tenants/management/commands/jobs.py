"""Background work of all companies: queues, tickets, trying one again, giving one up."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from kernel import context
from kernel.errors import TeremError
from kernel.jobs import relay, watching
from tenants import queries
from tenants.console import mending


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("verb", choices=("list", "retry", "cancel"), nargs="?", default="list")
        parser.add_argument("id", type=UUID, nargs="?")
        parser.add_argument("--state", choices=("ready", "running", "parked", "failed"), default="")
        parser.add_argument("--reason", default="", help="the company's people see it")
        parser.add_argument("--most", type=int, default=50)

    def handle(self, *args: Any, **options: Any) -> None:
        with context.enter(context.Context(cause="command")):
            try:
                self._do(options)
            except TeremError as error:
                raise CommandError(str(error) or type(error).__name__) from error

    def _do(self, options: dict[str, Any]) -> None:
        if options["verb"] == "list":
            self._list(options)
        elif options["id"] is None:
            raise CommandError("Which job? Give its id.")
        else:
            act = mending.retry if options["verb"] == "retry" else mending.cancel
            act(id=options["id"], reason=options["reason"], by=None)
            self.stdout.write("Done.")

    def _list(self, options: dict[str, Any]) -> None:
        for queue in watching.queues():
            self.stdout.write(
                f"{queue.queue}: {queue.waiting} waiting, {queue.later} later, {queue.running} running,"
                f" {queue.parked} parked, {queue.failed} failed, {queue.lost} of lost workers"
            )
        names = queries.by_schema()
        for row in relay.overview(options["most"], state=options["state"]):
            company = names.get(row["role"])
            self.stdout.write(
                f"{row['id']} {row['state']:8} {row['name'] or '–':24} {company or row['role']}"
            )
