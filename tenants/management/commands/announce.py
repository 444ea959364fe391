"""Say something to the people of workspaces, list what was said, or withdraw it."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from kernel import context
from kernel.errors import TeremError
from kernel.when import now
from tenants import queries
from tenants.console import announcing
from tenants.models import Announcement


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--en", help="the sentence in English")
        parser.add_argument("--ru", help="the sentence in Russian")
        parser.add_argument("--level", choices=Announcement.Level.values, default="info")
        parser.add_argument("--hours", type=float, default=24, help="how long it is shown")
        parser.add_argument("--plan", action="append", default=[], help="only this plan; may be repeated")
        parser.add_argument("--language", action="append", default=[], help="only workspaces in it")
        parser.add_argument("--tenant", action="append", default=[], help="only this address's first word")
        parser.add_argument("--withdraw", type=UUID, metavar="ID")

    def handle(self, *args: Any, **options: Any) -> None:
        with context.enter(context.Context(cause="command")):
            try:
                self._do(options)
            except TeremError as error:
                raise CommandError(str(error) or type(error).__name__) from error

    def _do(self, options: dict[str, Any]) -> None:
        if options["withdraw"]:
            announcing.withdraw(by=None, id=options["withdraw"])
            self.stdout.write("The announcement is withdrawn.")
        elif options["en"] or options["ru"]:
            self._publish(options)
        else:
            for found in announcing.latest(20):
                over = found.withdrawn_at or found.ends_at <= now()
                self.stdout.write(
                    f"{found.id} {'over ' if over else 'shown'} {found.level:8} {found.text_en}"
                )

    def _publish(self, options: dict[str, Any]) -> None:
        found = announcing.publish(
            by=None,
            level=options["level"],
            text_en=options["en"] or "",
            text_ru=options["ru"] or "",
            ends_at=now() + timedelta(hours=options["hours"]),
            plans=options["plan"],
            languages=options["language"],
            tenants=queries.ids_of(options["tenant"]),
        )
        self.stdout.write(f"{found.id} is shown to {announcing.audience_of(found).count()} companies.")
