"""Let an account into the operators' console, making the account if there is none."""

from __future__ import annotations

import getpass
import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from identity import actions, queries
from kernel import context
from kernel.errors import Invalid


class Command(BaseCommand):
    """``make_operator anna@example.com``; the password of a new account is asked for, or read from a variable."""

    help = "Let an account into the operators' console; it sets up its second factor at the first visit."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--remove", action="store_true", help="take the right away again")
        parser.add_argument(
            "--password-from",
            metavar="VARIABLE",
            default="",
            help="environment variable with a new account's password",
        )

    def handle(self, *args: Any, email: str, remove: bool, password_from: str, **options: Any) -> None:
        with context.enter(context.Context(cause="command")):
            account = queries.by_email(email)
            if remove:
                if account is None:
                    raise CommandError(f"There is no account {email}.")
                actions.unmake_operator(account=account)
                self.stdout.write(f"{email} may no longer enter the console.")
                return
            if account is None:
                account = self._make(email, password_from)
            actions.make_operator(account=account)
            self.stdout.write(f"{email} may enter the console.")

    def _make(self, email: str, password_from: str) -> Any:
        password = os.environ.get(password_from, "") if password_from else getpass.getpass("Password: ")
        try:
            return actions.create_account(email=email, password=password)
        except Invalid as error:
            raise CommandError(str(error)) from error
