"""Bring an installation to this release: control plane, template, blueprint, reserve. Safe to repeat."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from kernel import context
from tenants import actions, schemas
from tenants.models import Blueprint


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--reserve", type=int, default=settings.TEREM_RESERVE)

    def handle(self, *args: Any, **options: Any) -> None:
        with schemas.alone(), context.enter(context.Context(cause="command")):
            ran = schemas.migrate_control()
            self.stdout.write(f"Control plane: {ran} migrations.")
            changed = schemas.refresh_template()
            if changed or not Blueprint.objects.filter(release=schemas.current_release()).exists():
                blueprint = schemas.compile_blueprint()
                self.stdout.write(f"Blueprint {blueprint.release}: {len(blueprint.statements)} statements.")
            dropped = actions.drop_stale_reserve()
            made = actions.fill_reserve(options["reserve"])
            self.stdout.write(f"Reserve: {made} made, {dropped} of earlier releases removed.")
