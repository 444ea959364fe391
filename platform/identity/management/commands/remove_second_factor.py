"""The last way back in for an owner who lost device and recovery codes."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from django.core.management.base import BaseCommand, CommandError, CommandParser

from identity import actions, factors, queries
from kernel import context


class Command(BaseCommand):
    """``remove_second_factor anna@example.com``: run it only after checking who asks; the owner gets a letter."""

    help = "Switch off the second factor of an account whose owner lost device and recovery codes."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")

    def handle(self, *args: Any, email: str, **options: Any) -> None:
        with context.enter(context.Context(cause="command")):
            account = queries.by_email(email)
            if account is None or not factors.is_on(account):
                raise CommandError(f"There is no account {email} with a second factor.")
            factors.remove_all(account=account)
            actions.end_sessions(account=account)
            get_adapter().send_mail("identity/mail/second_factor_removed", account.email, {})
            self.stdout.write(
                f"The second factor of {email} is off; its sessions have ended and its owner has a letter."
            )
