"""Compare every schema with the blueprint of its release and name those that differ."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kernel import context
from tenants import drift


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        with context.enter(context.Context(cause="command")):
            report = drift.check()
        for name, said in report.different.items():
            self.stdout.write(name)
            for line in said:
                self.stdout.write(f"  {line}")
        if report.different:
            raise CommandError(f"{len(report.different)} of {report.schemas} schemas differ.")
        self.stdout.write(f"{report.schemas} schemas are as their releases say.")
