"""Workspaces that leave: start, list, cancel, erase before the day, verify a certificate."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kernel import context
from kernel.errors import NotFound, TeremError
from tenants import leaving, queries
from tenants.backups.models import Departure


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        for verb in ("start", "cancel", "erase"):
            own = verbs.add_parser(verb)
            own.add_argument("company", help="the first part of its address")
        verbs.choices["start"].add_argument("--reason", required=True)
        verbs.choices["erase"].add_argument("--name", required=True, help="the workspace's name, to be sure")
        verbs.add_parser("list")
        verbs.add_parser("verify").add_argument("file", type=Path, help="the certificate's JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        with context.enter(context.Context(cause="command")):
            try:
                getattr(self, f"_{options['verb']}")(options)
            except TeremError as error:
                raise CommandError(str(error) or "There is no such company, or it is not leaving.") from error

    def _start(self, options: dict[str, Any]) -> None:
        tenant = queries.by_slug(options["company"])
        found = leaving.start(tenant_id=tenant.id, by="platform", reason=options["reason"])
        self.stdout.write(f"closed; to be erased on {found.erase_at:%Y-%m-%d %H:%M} UTC")

    def _cancel(self, options: dict[str, Any]) -> None:
        leaving.cancel(tenant_id=queries.by_slug(options["company"]).id, by="platform")
        self.stdout.write("served again")

    def _erase(self, options: dict[str, Any]) -> None:
        tenant = queries.by_slug(options["company"])
        found = leaving.open_departure(tenant.id)
        if found is None:
            raise NotFound
        if options["name"] != tenant.name:
            raise CommandError("That is not the name of this workspace; nothing was erased.")
        self.stdout.write(json.dumps(leaving.erase(found).certificate, indent=1, ensure_ascii=False))

    def _list(self, options: dict[str, Any]) -> None:
        for found in (
            Departure.objects.filter(cancelled_at=None).select_related("tenant").order_by("erase_at")
        ):
            state = (
                f"erased {found.erased_at:%Y-%m-%d}"
                if found.erased_at
                else f"until {found.erase_at:%Y-%m-%d}"
            )
            self.stdout.write(f"{found.tenant.slug} {state}")

    def _verify(self, options: dict[str, Any]) -> None:
        if not leaving.verify(json.loads(options["file"].read_text("utf-8"))):
            raise CommandError("This platform did not write this certificate.")
        self.stdout.write("genuine")
