"""Move a company to another installation or back: take it out here, bring it in there, send visitors on, or stay."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kernel import context
from kernel.errors import TeremError
from onboarding import moving
from onboarding.taking_in import open_from
from tenants import api as tenants


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        out = verbs.add_parser("out", help="hold the workspace still and write its archive")
        out.add_argument("company", help="the first part of its address")
        out.add_argument("archive", type=Path)
        out.add_argument("--minutes", type=float, default=120, help="until the end that people are told")
        out.add_argument("--reason", default="The workspace moves to another installation.")
        into = verbs.add_parser("in", help="open the workspace from its archive and invite its people")
        into.add_argument("archive", type=Path)
        into.add_argument("--slug", required=True, help="the first part of its address here")
        into.add_argument("--name", default="", help="the workspace's name; else the archive's")
        into.add_argument(
            "--returns", action="store_true", help="it had this address here before, and gets it again"
        )
        gone = verbs.add_parser("gone", help="close it here and send visitors to its new address")
        gone.add_argument("company")
        gone.add_argument("--to", required=True, help="its new address, https://…")
        stay = verbs.add_parser("stay", help="it does not move: serve it as before")
        stay.add_argument("company")

    def handle(self, *args: Any, **options: Any) -> None:
        with context.enter(context.Context(cause="command")):
            try:
                getattr(self, f"_{options['verb']}")(options)
            except TeremError as error:
                raise CommandError(str(error) or "There is no such company.") from error

    def _out(self, options: dict[str, Any]) -> None:
        tenant = tenants.by_slug(options["company"])
        made = moving.take_out(
            tenant, options["archive"], reason=options["reason"], minutes=options["minutes"]
        )
        self.stdout.write(f"{made.rows} rows and {made.files} files, {made.size} bytes.")
        self.stdout.write(f"Digest of all tables: {made.digest}")
        self.stdout.write(
            "The workspace only shows now. After “move in” there: “move gone”; to give it up: “move stay”."
        )

    def _in(self, options: dict[str, Any]) -> None:
        if options["returns"]:
            moving.returned(options["slug"])
        tenant, told = open_from(options["archive"], slug=options["slug"], name=options["name"])
        self.stdout.write(f"{tenant.name}: {told.rows} rows and {told.files} files are taken in.")
        people = moving.invite_all(tenant)
        self.stdout.write(f"{len(told.people)} have an account here; {len(people.sent)} were invited.")
        for email, reason in people.left.items():
            self.stdout.write(f"Not invited: {email}. {reason}")

    def _gone(self, options: dict[str, Any]) -> None:
        tenant = tenants.by_slug(options["company"])
        found = tenants.send_on(tenant, to=options["to"], reason=f"Moved to {options['to']}")
        self.stdout.write(f"closed; to be erased on {found.erase_at:%Y-%m-%d %H:%M} UTC")

    def _stay(self, options: dict[str, Any]) -> None:
        tenants.go_on(tenants.by_slug(options["company"]))
        self.stdout.write("served as before")
