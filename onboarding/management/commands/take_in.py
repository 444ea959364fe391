"""Open a new workspace from an archive of "Take everything out", with nothing lost."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kernel import context
from kernel.errors import TeremError
from onboarding.taking_in import administrators, open_from


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("archive", type=Path, help="the zip file")
        parser.add_argument("--slug", required=True, help="the new address's first label")
        parser.add_argument("--name", default="", help="the workspace's name; else the archive's")

    def handle(self, *args: Any, **options: Any) -> None:
        with context.enter(context.Context(cause="command")):
            try:
                tenant, told = open_from(
                    options["archive"], slug=options["slug"], name=options["name"], reached=self._say
                )
            except TeremError as error:
                raise CommandError(str(error)) from error
            people = administrators(tenant)
        self.stdout.write(f"{tenant.name}: {told.rows} rows and {told.files} files are taken in.")
        if not people:
            self.stdout.write("Nobody of its administrators has an account here: none can enter yet.")

    def _say(self, table: str, rows: int) -> None:
        if self._verbose():
            self.stdout.write(f"{table}: {rows}")

    def _verbose(self) -> bool:
        return bool(getattr(self, "verbosity", 1) > 1)
