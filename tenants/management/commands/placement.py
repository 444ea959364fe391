"""Where companies' schemas live, and how large they are; move one to another node, settle those without a place."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kernel import context
from kernel.errors import TeremError
from tenants import placement, queries, schemas


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        listing = verbs.add_parser("list")
        listing.add_argument("--place", default="", help="only what lies there")
        listing.add_argument("--largest", type=int, default=0, help="only so many, the largest first")
        move = verbs.add_parser("move", help="bring a company to another node while it works (Citus only)")
        move.add_argument("company", help="the first part of its address")
        move.add_argument("place", help="host:port, one of those that list names")
        move.add_argument("--reason", required=True)
        verbs.add_parser("settle", help="give schemas that were there before Citus a place on a node")

    def handle(self, *args: Any, **options: Any) -> None:
        with context.enter(context.Context(cause="command")):
            try:
                getattr(self, f"_{options['verb']}")(options)
            except TeremError as error:
                raise CommandError(str(error) or "There is no such company.") from error

    def _list(self, options: dict[str, Any]) -> None:
        with schemas.owner() as connection:
            engine = placement.engine(connection)
            self.stdout.write(f"{engine.name}: {', '.join(engine.places())}")
            found = [one for one in engine.placed() if options["place"] in ("", one.place)]
        known = queries.by_schema()
        if options["largest"]:
            found = sorted(found, key=lambda one: -one.size)[: options["largest"]]
        for one in found:
            company = known.get(one.schema)
            self.stdout.write(
                f"{one.schema} {one.place} {one.size / 1e6:.1f} MB {company.slug if company else '-'}"
            )
        self.stdout.write(f"{len(found)} schemas, {sum(one.size for one in found) / 1e6:.1f} MB")

    def _move(self, options: dict[str, Any]) -> None:
        tenant = queries.by_slug(options["company"])
        with schemas.owner() as connection:
            placement.move(connection, tenant, options["place"], by=None, reason=options["reason"])
        self.stdout.write(f"{tenant.slug} lives at {options['place']}")

    def _settle(self, options: dict[str, Any]) -> None:
        with schemas.owner() as connection:
            self.stdout.write(f"{placement.settle_all(connection)} schemas have their place")
