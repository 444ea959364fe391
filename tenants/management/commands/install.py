"""Bring an installation to this release: control plane, template, blueprint, reserve. Safe to repeat.

Companies stay at their release until ``upgrade start``; ``--companies`` upgrades them too, for
machines where nobody works meanwhile.
"""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from kernel import context
from kernel.errors import TeremError
from tenants import actions, schemas
from tenants.models import Blueprint
from tenants.upgrades.rehearsal import rehearse_all
from tenants.upgrades.running import upgrade_now


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--reserve", type=int, default=settings.TEREM_RESERVE)
        parser.add_argument("--companies", action="store_true", help="upgrade every company as well")

    def handle(self, *args: Any, **options: Any) -> None:
        with context.enter(context.Context(cause="command")):
            with schemas.alone():
                ran = schemas.migrate_control()
                self.stdout.write(f"Control plane: {ran} migrations.")
                changed = schemas.refresh_template()
                if changed or not Blueprint.objects.filter(release=schemas.current_release()).exists():
                    blueprint = schemas.compile_blueprint()
                    self.stdout.write(
                        f"Blueprint {blueprint.release}: {len(blueprint.statements)} statements."
                    )
            for plan in rehearse_all():
                self.stdout.write(f"Plan from {plan.from_release}: {len(plan.statements)} statements.")
            if options["companies"]:
                self._companies()
            made = actions.fill_reserve(options["reserve"])
            self.stdout.write(f"Reserve: {made} made.")

    def _companies(self) -> None:
        """A company that fails keeps its release; the rest of the installation is not held up."""
        try:
            run = upgrade_now()
        except TeremError as error:
            self.stdout.write(f"Companies: not upgraded. {error}")
            return
        if run is not None:
            self.stdout.write(f"Companies: {run.done} upgraded, {run.failed} failed. {run.why}")
            if run.failed:
                self.stdout.write("What they failed on: ./terem manage upgrade status")
        dropped = actions.drop_stale_reserve()
        self.stdout.write(f"Blanks of earlier releases: {dropped} removed.")
