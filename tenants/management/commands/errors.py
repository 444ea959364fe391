"""The feed of unhandled errors: list them, look at one, resolve or ignore it."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from kernel import context
from kernel.errors import TeremError
from tenants.console import faults
from tenants.models import Fault

STATES = {"resolve": Fault.State.RESOLVED, "ignore": Fault.State.IGNORED, "reopen": Fault.State.OPEN}


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("verb", choices=("list", "show", *STATES), nargs="?", default="list")
        parser.add_argument("id", type=UUID, nargs="?")
        parser.add_argument("--note", default="", help="what was done, or why it does not matter")
        parser.add_argument("--all", action="store_true", help="also those resolved and ignored")

    def handle(self, *args: Any, **options: Any) -> None:
        with context.enter(context.Context(cause="command")):
            try:
                self._do(options)
            except TeremError as error:
                raise CommandError(str(error) or type(error).__name__) from error

    def _do(self, options: dict[str, Any]) -> None:
        verb = options["verb"]
        if verb == "list":
            for found in faults.feed("" if options["all"] else Fault.State.OPEN)[:100]:
                self._line(found)
        elif options["id"] is None:
            raise CommandError("Which error? Give its id.")
        elif verb == "show":
            self._show(faults.fault(options["id"]))
        else:
            faults.settle(id=options["id"], state=STATES[verb], note=options["note"], by=None)
            self.stdout.write("Done.")

    def _line(self, found: Fault) -> None:
        self.stdout.write(
            f"{found.id} {found.state:8} {found.count:>6}× {found.error} {found.place} ({found.task})"
        )

    def _show(self, found: Fault) -> None:
        self._line(found)
        self.stdout.write(
            f"first {found.first_at:%Y-%m-%d %H:%M}, last {found.last_at:%Y-%m-%d %H:%M} UTC, request {found.request_id}"
        )
        for touched in faults.tenants_of(found, 20):
            self.stdout.write(f"  {touched.tenant.slug}: {touched.count}×")
        for place in found.trace:
            self.stdout.write(f"  {place}")
