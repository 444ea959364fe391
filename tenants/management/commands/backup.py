"""Snapshots of companies: take, list, check, restore into a copy, swap it in, take that back, drop it, drill, rewrap keys, prove the store."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from kernel import context
from kernel.errors import TeremError
from tenants import queries
from tenants.backups import copies, drills, keys, nightly, restoring, store, taking, trial
from tenants.backups.models import Snapshot
from tenants.models import Tenant


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        for verb in ("take", "list", "check", "restore", "drill"):
            own = verbs.add_parser(verb)
            own.add_argument("company", help="the first part of its address")
            if verb in ("check", "restore", "drill"):
                own.add_argument("--snapshot", type=UUID, help="its id; without it the newest")
            if verb == "restore":
                own.add_argument("--reason", required=True)
        adopt = verbs.add_parser("adopt", help="make known a snapshot taken from a cluster restored beside")
        adopt.add_argument("company")
        adopt.add_argument("snapshot", type=UUID)
        for verb in ("swap", "back", "drop"):
            own = verbs.add_parser(verb)
            own.add_argument("copy", help="the first part of the copy's address")
            own.add_argument("--reason", required=True)
        verbs.add_parser("rewrap", help="wrap every key with the newest master key")
        verbs.add_parser("nightly", help="do now what is due")
        verbs.add_parser("store", help="prove the store: write, read, give up, list, remove")
        verbs.add_parser("tidy", help="remove from the store what interrupted snapshots left behind")

    def handle(self, *args: Any, **options: Any) -> None:
        with context.enter(context.Context(cause="command")):
            try:
                getattr(self, f"_{options['verb']}")(options)
            except TeremError as error:
                raise CommandError(str(error) or "There is no such company, copy or snapshot.") from error

    def _take(self, options: dict[str, Any]) -> None:
        made = taking.take(queries.by_slug(options["company"]), Snapshot.Kind.ASKED)
        self._say(made)

    def _list(self, options: dict[str, Any]) -> None:
        company = queries.by_slug(options["company"])
        for snapshot in company.snapshots.order_by("-taken_at"):
            self._say(snapshot)
        for copy in company.copies.live():
            self.stdout.write(
                f"copy {copy.slug}: {copy.get_copy_kind_display()}, kept until {copy.copy_until:%Y-%m-%d}"
            )

        known = set(company.snapshots.values_list("id", flat=True))
        for lost in [found for found in store.present().whole(company.id) if found not in known]:
            self.stdout.write(
                f"{lost} lies in the store and is not known here: backup adopt {company.slug} {lost}"
            )

    def _store(self, options: dict[str, Any]) -> None:
        kept = store.present()
        self.stdout.write(kept.place)
        for words in trial.prove(kept):
            self.stdout.write(words)

    def _tidy(self, options: dict[str, Any]) -> None:
        self.stdout.write(f"{taking.clear_halves()} unfinished snapshots removed")

    def _adopt(self, options: dict[str, Any]) -> None:
        self._say(restoring.adopt(queries.by_slug(options["company"]), options["snapshot"]))

    def _check(self, options: dict[str, Any]) -> None:
        made = restoring.check(self._snapshot(options))
        self.stdout.write(f"whole: {len(made.tables)} tables, {made.rows} rows, {made.files} files")

    def _restore(self, options: dict[str, Any]) -> None:
        copy = copies.beside(self._snapshot(options), by=None, reason=options["reason"])
        self.stdout.write(f"copy {copy.slug}, kept until {copy.copy_until:%Y-%m-%d}")

    def _drill(self, options: dict[str, Any]) -> None:
        drill = drills.prove(self._snapshot(options))
        if drill.differences:
            raise CommandError("\n".join(drill.differences))
        self.stdout.write(f"equal: {drill.tables} tables, {drill.rows} rows, {drill.seconds:.1f} s")

    def _swap(self, options: dict[str, Any]) -> None:
        live = copies.swap(self._copy(options).id, by=None, reason=options["reason"])
        self.stdout.write(f"{live.slug} is now what the copy was; {options['copy']} holds what it was before")

    def _back(self, options: dict[str, Any]) -> None:
        live = copies.back(self._copy(options).id, by=None, reason=options["reason"])
        self.stdout.write(f"{live.slug} is again what it was before the swap")

    def _drop(self, options: dict[str, Any]) -> None:
        copies.drop(self._copy(options).id, by=None, reason=options["reason"])
        self.stdout.write(f"{options['copy']} is removed")

    def _rewrap(self, options: dict[str, Any]) -> None:
        self.stdout.write(f"{keys.rewrap()} keys wrapped anew")

    def _nightly(self, options: dict[str, Any]) -> None:
        nightly.run()

    def _snapshot(self, options: dict[str, Any]) -> Snapshot:
        return restoring.snapshot_of(queries.by_slug(options["company"]).id, options["snapshot"])

    def _copy(self, options: dict[str, Any]) -> Tenant:
        return queries.by_slug(options["copy"])

    def _say(self, snapshot: Snapshot) -> None:
        self.stdout.write(
            f"{snapshot.id} {snapshot.taken_at:%Y-%m-%d %H:%M} {snapshot.get_kind_display()}"
            f" {snapshot.get_state_display()} {snapshot.rows} rows, {snapshot.files} files,"
            f" {snapshot.size / 1e6:.1f} MB, {snapshot.seconds:.1f} s {snapshot.error}".rstrip()
        )
